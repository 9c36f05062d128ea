import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { hasCode, type Log, stopRecordedProcess, withFileLock } from "@ofs/testkit";
import { chooseServices, type Project, type ServicePlan } from "../project.ts";
import { isReady, kindOf, launch, runOnce } from "./launch.ts";
import { assertPortsFree, portsOf } from "./ports.ts";
import { Records } from "./records.ts";
import type { Settings } from "./settings.ts";

/** Services have 25 s to end in order; servers of others are as patient as they are. */
const STOP_GRACE_MS = 30_000;

/** The services of the quick start as processes of this machine. They outlive this process. */
export class NativeFleet {
  readonly #project: Project;
  readonly #settings: Settings;
  readonly #records: Records;
  readonly #log: Log;

  constructor(project: Project, settings: Settings, log: Log) {
    this.#project = project;
    this.#settings = settings;
    this.#records = new Records(settings.stateFolder);
    this.#log = log;
  }

  /**
   * Starts what is wanted and does not run, and what that depends on, each as soon as what it depends on serves.
   *
   * @throws {AggregateError} of what could not be started; what could be goes on
   */
  async start(wanted: readonly string[]): Promise<void> {
    const plans = chooseServices(this.#project, wanted);
    await this.#locked(async () => {
      const missing = await this.#missing(plans);
      await assertPortsFree(missing, this.#settings);
      const started = new Map<string, Promise<void>>();
      for (const plan of plans) {
        const dependencies = plan.dependsOn.flatMap((name) => {
          const dependency = started.get(name);
          return dependency === undefined ? [] : [dependency];
        });
        started.set(
          plan.name,
          Promise.all(dependencies).then(() => this.#startOne(plan, missing.includes(plan))),
        );
      }
      const outcomes = await Promise.allSettled(started.values());
      const errors = new Set(
        outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason] : [])),
      );
      if (errors.size > 0) throw new AggregateError([...errors], "not everything was started");
    });
  }

  /** Stops all that runs: services, then servers. Data stay. @returns how many there were */
  async stop(): Promise<number> {
    return this.#locked(async () => {
      const names = await this.#records.names();
      const running = await Promise.all(names.map((name) => this.#records.running(name)));
      const isService = (name: string) => kindOf(name) === "service" || name === "prometheus";
      await Promise.all(names.filter(isService).map((name) => this.#stopOne(name)));
      await Promise.all(
        names.filter((name) => !isService(name)).map((name) => this.#stopOne(name)),
      );
      return running.filter((record) => record !== undefined).length;
    });
  }

  /** Stops one process if it runs, and starts it. @throws {Error} for a name that no process has */
  async restart(name: string): Promise<void> {
    if (!this.processes().some((plan) => plan.name === name)) {
      const known = this.processes().map((plan) => plan.name);
      throw new Error(`no process is called ${name}; there are ${known.join(", ")}`);
    }
    const plan = this.#project.get(name) as ServicePlan;
    await this.#locked(async () => {
      await this.#stopOne(name);
      await assertPortsFree([plan], this.#settings);
      await this.#startOne(plan, true);
    });
  }

  /** What is a process here. */
  processes(): ServicePlan[] {
    const isProcess = ({ name, isTool }: ServicePlan): boolean =>
      !isTool && (kindOf(name) === "server" || kindOf(name) === "service");
    return [...this.#project.values()].filter(isProcess);
  }

  /** One line a process: whether it runs and serves, and where. */
  async status(): Promise<string[]> {
    const lines = await Promise.all(
      this.processes().map(async (plan) => {
        const record = await this.#records.running(plan.name);
        const ports = [...portsOf(plan, this.#settings).values()].join(",");
        const state = record === undefined ? "down" : await this.#health(plan);
        const pid = record === undefined ? "-" : String(record.pid);
        return `${plan.name.padEnd(12)} ${state.padEnd(9)} ${pid.padEnd(8)} ${ports}`;
      }),
    );
    return [`${"SERVICE".padEnd(12)} ${"STATE".padEnd(9)} ${"PID".padEnd(8)} PORTS`, ...lines];
  }

  /** Removes the state folder, which `start.sh` has made. @throws {Error} while something runs, or if it is another's */
  async purge(): Promise<void> {
    const { stateFolder } = this.#settings;
    const names = await this.#records.names();
    if (names.length > 0) throw new Error(`${names.join(", ")} still run`);
    try {
      await readFile(join(stateFolder, "quick-start"));
    } catch (cause) {
      if (!hasCode(cause, "ENOENT")) throw cause;
      throw new Error(`${stateFolder} is not of the quick start: nothing is removed`, { cause });
    }
    await rm(stateFolder, { recursive: true, force: true });
  }

  async #health({ name, portVariables }: ServicePlan): Promise<string> {
    if (kindOf(name) !== "service") return "up";
    const [variable] = portVariables;
    const port = variable === undefined ? 0 : Number(this.#settings.variables[variable]);
    return (await isReady(port)) ? "ready" : "not ready";
  }

  async #missing(plans: readonly ServicePlan[]): Promise<ServicePlan[]> {
    const processes = this.processes();
    const isMissing = await Promise.all(
      plans.map(async (plan) => {
        return processes.includes(plan) && (await this.#records.running(plan.name)) === undefined;
      }),
    );
    return plans.filter((_, index) => isMissing[index]);
  }

  async #startOne(plan: ServicePlan, isMissing: boolean): Promise<void> {
    const kind = kindOf(plan.name);
    if (kind === "image-only") {
      this.#log(`${plan.name}: not here, it is to be had as a container image only`);
    } else if (kind === "one-shot") {
      const said = await runOnce(plan);
      for (const line of said.trim().split("\n")) this.#log(`${plan.name}: ${line}`);
    } else if (isMissing) {
      const startedAt = performance.now();
      const node = await launch(plan, this.#settings, this.#log);
      await this.#records.save(plan.name, { pid: node.pid, logFile: node.logFile });
      node.detach();
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      this.#log(`${plan.name} is up (${seconds} s)`);
    } else {
      this.#log(`${plan.name} is up already`);
    }
  }

  async #stopOne(name: string): Promise<void> {
    const record = await this.#records.load(name);
    if (record !== undefined) await stopRecordedProcess(record, STOP_GRACE_MS);
    await this.#records.remove(name);
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    return withFileLock(join(this.#settings.stateFolder, "lock"), work);
  }
}
