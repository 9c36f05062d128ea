/** The quick start without containers: `start NAME... | stop | purge | restart NAME | list | status | tour`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stderrLog } from "@ofs/testkit";
import { NativeFleet } from "./native/fleet.ts";
import { runOnce } from "./native/launch.ts";
import { loadSettings } from "./native/settings.ts";
import { loadProject, type Project, type ServicePlan } from "./project.ts";

const log = stderrLog("quick-start");

async function main([command, ...args]: readonly string[]): Promise<void> {
  const settings = await loadSettings(process.env);
  const project = await loadProject(settings.variables);
  const fleet = new NativeFleet(project, settings, log);
  const commands: Readonly<Record<string, () => Promise<unknown>>> = {
    start: async () => {
      await writeOfsEnv(tool(project, "ofs"), settings.stateFolder);
      await fleet.start(args);
    },
    stop: async () => log(`stopped ${await fleet.stop()} processes`),
    purge: () => fleet.purge(),
    restart: () => fleet.restart(args[0] ?? ""),
    list: async () => print(fleet.processes().map(({ name }) => name)),
    status: async () => print(await fleet.status()),
    tour: async () => process.stdout.write(await runOnce(tool(project, "tour"))),
  };
  const chosen = commands[command ?? ""];
  if (chosen === undefined) throw new Error(`no command is called ${command}`);
  await chosen();
}

function tool(project: Project, name: string): ServicePlan {
  const plan = project.get(name);
  if (plan === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return plan;
}

/** What `ofs.sh` reads: where this stack is, for the command line. */
async function writeOfsEnv(plan: ServicePlan, stateFolder: string): Promise<void> {
  const lines = Object.entries(plan.environment).map(([name, value]) => `${name}='${value}'\n`);
  await writeFile(join(stateFolder, "ofs.env"), lines.join(""), { mode: 0o600 });
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  for (const each of errors) log(each instanceof Error ? each.message : String(each));
  process.exitCode = 1;
}
