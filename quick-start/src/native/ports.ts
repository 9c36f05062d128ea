import { execFile } from "node:child_process";
import { join } from "node:path";
import { QUICK_START, type ServicePlan } from "../project.ts";
import { portOf, type Settings } from "./settings.ts";

/** Of MinIO, which only containers have. */
const NOT_HERE = new Set(["S3_CONSOLE_PORT"]);
const FURTHER: Readonly<Record<string, readonly string[]>> = {
  scylla: ["CASSANDRA_STORAGE_PORT"],
};

/** The ports of a service on this machine, by variable. */
export function portsOf(plan: ServicePlan, { variables }: Settings): Map<string, number> {
  const names = [...plan.portVariables, ...(FURTHER[plan.name] ?? [])];
  return new Map(
    names.filter((name) => !NOT_HERE.has(name)).map((name) => [name, portOf(variables, name)]),
  );
}

/** @throws {Error} naming each port that is taken, its variable and who holds it; or two services of one port */
export async function assertPortsFree(
  plans: readonly ServicePlan[],
  settings: Settings,
): Promise<void> {
  const owners = new Map<number, string>();
  const faults: string[] = [];
  for (const plan of plans) {
    for (const [variable, port] of portsOf(plan, settings)) {
      const other = owners.get(port);
      if (other !== undefined) faults.push(`${variable}=${port} is also ${other}`);
      owners.set(port, variable);
      const holder = await findHolder(port);
      if (holder !== undefined)
        faults.push(`${variable}=${port} (${plan.name}) is held by ${holder}`);
    }
  }
  if (faults.length === 0) return;
  throw new Error(
    `ports are taken:\n  ${faults.join("\n  ")}\nend what holds them, or set the variables, here or in quick-start/.env`,
  );
}

/** @returns who listens on a port of this machine, if somebody does */
export function findHolder(port: number): Promise<string | undefined> {
  const script = join(QUICK_START, "lib", "port-holder.sh");
  return new Promise((resolve, reject) => {
    execFile("bash", [script, String(port)], (error, stdout) => {
      if (error === null) resolve(stdout.trim());
      else if (error.code === 1) resolve(undefined);
      else reject(new Error(`${script} ${port} failed (${error.code})`, { cause: error }));
    });
  });
}
