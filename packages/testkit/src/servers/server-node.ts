import { mkdir, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProcessExit, type ProcessHandle, spawnProcess } from "../process-handle.ts";
import { waitUntil } from "../wait-until.ts";

/** A JVM on busy cores may need a minute. */
const READY_TIMEOUT_MS = 120_000;
const READY_INTERVAL_MS = 50;
const LOG_TAIL_CHARS = 3000;

/** How one server process is started, and how to tell that it serves. */
export interface NodePlan {
  /** For errors: "redis on port 6379". */
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Holds its data and its `log`. */
  readonly folder: string;
  readonly isReady: () => Promise<boolean>;
}

/** One server process; it can be killed and started again on the same port and data. */
export class ServerNode {
  readonly plan: NodePlan;
  readonly #rootFolder: string | undefined;
  #process: ProcessHandle | undefined;

  private constructor(plan: NodePlan, rootFolder: string | undefined) {
    this.plan = plan;
    this.#rootFolder = rootFolder;
  }

  /**
   * Starts the process and waits until it serves.
   *
   * @param rootFolder goes when this process dies: the node's folder or one around it; none = nothing goes
   * @throws {Error} with the end of its log when it ends early or is not ready within 120 s
   */
  static async start(plan: NodePlan, rootFolder?: string): Promise<ServerNode> {
    const node = new ServerNode(plan, rootFolder);
    await node.#launch();
    return node;
  }

  get pid(): number {
    return this.#running.pid;
  }

  get logFile(): string {
    return join(this.plan.folder, "log");
  }

  /** SIGTERM, then SIGKILL after a grace period. Data stays. */
  stop(graceMs?: number): Promise<ProcessExit> {
    return this.#running.stop(graceMs);
  }

  /** SIGKILL: a crash. Data stays. */
  kill(): Promise<ProcessExit> {
    return this.#running.kill();
  }

  /** SIGSTOP: the server keeps its connections and answers nothing. */
  pause(): void {
    this.#running.signal("SIGSTOP");
  }

  resume(): void {
    this.#running.signal("SIGCONT");
  }

  /** From now on the server outlives this process. */
  detach(): void {
    this.#running.detach();
  }

  /** Stops it if it runs, and starts it on the same port and data. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#launch();
  }

  get #running(): ProcessHandle {
    if (this.#process === undefined) throw new Error(`${this.plan.title} was never started`);
    return this.#process;
  }

  async #launch(): Promise<void> {
    const { title, isReady } = this.plan;
    const child = await this.#spawn();
    this.#process = child;
    try {
      await waitUntil(
        async () => {
          if (!child.isRunning) throw new Error(`${title} ended before it was ready`);
          return isReady();
        },
        { what: title, timeoutMs: READY_TIMEOUT_MS, intervalMs: READY_INTERVAL_MS },
      );
    } catch (error) {
      await child.kill();
      throw new Error(`${title} did not start; its log ends:\n${await this.#logTail()}`, {
        cause: error,
      });
    }
  }

  async #spawn(): Promise<ProcessHandle> {
    const { command, args, env } = this.plan;
    const log = await open(this.logFile, "a");
    try {
      const stdio: ["ignore", number, number] = ["ignore", log.fd, log.fd];
      return await spawnProcess({ command, args, env, stdio, folder: this.#rootFolder });
    } finally {
      await log.close();
    }
  }

  async #logTail(): Promise<string> {
    return (await readFile(this.logFile, "utf8")).slice(-LOG_TAIL_CHARS);
  }
}

/** A new empty folder for the data of one node, in the system's folder for temporary files. */
export function createDataFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `ofs-${name}-`));
}

/** An empty folder at `path`, whatever was there before. */
export async function emptyFolder(path: string): Promise<string> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true, mode: 0o700 });
  return path;
}
