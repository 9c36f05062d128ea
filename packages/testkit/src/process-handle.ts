import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { hasCode } from "./install/file-lock.ts";
import { killWithThisProcess } from "./watchdog.ts";

/** How long `stop` waits after SIGTERM before it sends SIGKILL. */
export const STOP_GRACE_MS = 10_000;

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SpawnOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string | undefined;
  readonly stdio: ["ignore", "pipe" | number, "pipe" | number];
  /** Removed when the process is killed because this one died. */
  readonly folder?: string | undefined;
}

/**
 * Starts a process that is killed when this one ends, however it ends, unless `detach` is called.
 * It leads its own group: a terminal's Ctrl-C reaches only this process, which then stops it in
 * order.
 *
 * @throws {Error} when the command cannot be started
 */
export async function spawnProcess(options: SpawnOptions): Promise<ProcessHandle> {
  const { command, args, env, cwd, stdio } = options;
  const child = spawn(command, args, { env, cwd, stdio, detached: true });
  const handle = new ProcessHandle(child);
  try {
    await once(child, "spawn");
  } catch (error) {
    throw new Error(`${command} cannot be started: ${String(error)}`, { cause: error });
  }
  handle.guard(options.folder);
  child.unref();
  return handle;
}

/** A running child process: signals, and its end as a promise. */
export class ProcessHandle {
  /** Settles when the process has ended; never rejects. */
  readonly exited: Promise<ProcessExit>;
  readonly child: ChildProcess;
  #releaseGuard: (() => void) | undefined;

  constructor(child: ChildProcess) {
    this.child = child;
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error(`${this.child.spawnfile} was not started`);
    return pid;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** From now on the process dies with this one, and `folder` goes then. */
  guard(folder: string | undefined): void {
    const release = killWithThisProcess(this.pid, folder);
    this.#releaseGuard = release;
    this.child.once("exit", release);
  }

  /** From now on the process outlives this one. */
  detach(): void {
    this.#releaseGuard?.();
  }

  /** Sends a signal to the process itself, not to its group. No effect once it has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) this.child.kill(signal);
  }

  /** SIGTERM, then SIGKILL after `graceMs`. Also wakes a paused process, which could not react. */
  async stop(graceMs: number = STOP_GRACE_MS): Promise<ProcessExit> {
    if (!this.isRunning) return this.exited;
    this.child.ref();
    this.signal("SIGTERM");
    this.signal("SIGCONT");
    const timer = setTimeout(() => this.signal("SIGKILL"), graceMs);
    const exit = await this.exited;
    clearTimeout(timer);
    killGroup(this.pid);
    return exit;
  }

  /** SIGKILL, to children of the process too. */
  async kill(): Promise<ProcessExit> {
    if (!this.isRunning) return this.exited;
    this.child.ref();
    this.signal("SIGKILL");
    const exit = await this.exited;
    killGroup(this.pid);
    return exit;
  }
}

/** Sweeps up what a process that has ended may have left in its group. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error;
  }
}
