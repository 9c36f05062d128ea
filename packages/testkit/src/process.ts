import type { Readable } from "node:stream";
import { TestClock } from "./faults/test-clock.ts";
import { acceptsConnections } from "./free-ports.ts";
import { type ProcessExit, type ProcessHandle, spawnProcess } from "./process-handle.ts";
import { waitUntil } from "./wait-until.ts";

/** Output kept per process; older text is dropped. */
const OUTPUT_CHARS_MAX = 1_000_000;
const TAIL_CHARS = 4000;
const READY_TIMEOUT_MS = 30_000;
const HTTP_TIMEOUT_MS = 2000;

/** When a started process counts as ready. */
export type Readiness =
  | { readonly line: RegExp }
  | { readonly port: number; readonly host?: string }
  /** Any 2xx answer. */
  | { readonly http: string };

export interface ProcessOptions {
  /** A script for Node, with `nodeOptions` before it; or any other `command`. */
  readonly script?: string;
  readonly command?: string;
  readonly nodeOptions?: readonly string[];
  readonly args?: readonly string[];
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Without it the process counts as ready once started. */
  readonly ready?: Readiness;
  /** Default 30 000. */
  readonly readyTimeoutMs?: number;
  /** Puts the script's `Date` under the test's control: see `TestProcess.clock`. */
  readonly clock?: boolean;
}

/**
 * Starts a process for a test and waits until it is ready. It is killed, with its children, when
 * the test run ends in whatever way.
 *
 * @throws {Error} with the end of its output when it ends early or is not ready in time
 */
export async function startProcess(options: ProcessOptions): Promise<TestProcess> {
  const clock = options.clock === true ? await TestClock.create() : undefined;
  const started = await spawnTestProcess(options, clock);
  if (options.ready === undefined) return started;
  try {
    await started.waitUntilReady(options.ready, options.readyTimeoutMs);
  } catch (error) {
    await started.kill();
    throw error;
  }
  return started;
}

async function spawnTestProcess(
  options: ProcessOptions,
  clock: TestClock | undefined,
): Promise<TestProcess> {
  try {
    const { command, args } = commandLine(options, clock);
    const handle = await spawnProcess({
      command,
      args,
      env: { ...process.env, ...options.env, ...clock?.env },
      cwd: options.cwd,
      stdio: ["ignore", "pipe", "pipe"],
      folder: clock?.folder,
    });
    return new TestProcess(handle, clock);
  } catch (error) {
    clock?.close();
    throw error;
  }
}

function commandLine(
  options: ProcessOptions,
  clock: TestClock | undefined,
): { command: string; args: string[] } {
  const { script, command, nodeOptions = [], args = [] } = options;
  if (script !== undefined) {
    const preload = clock?.nodeOptions ?? [];
    return { command: process.execPath, args: [...preload, ...nodeOptions, script, ...args] };
  }
  if (clock !== undefined) throw new Error("startProcess: only a script has a clock to control");
  if (command === undefined) throw new Error("startProcess needs a script or a command");
  return { command, args: [...args] };
}

/** A process under test: its output so far, signals, and its end. */
export class TestProcess {
  readonly #handle: ProcessHandle;
  readonly #clock: TestClock | undefined;
  #output = "";

  constructor(handle: ProcessHandle, clock?: TestClock) {
    this.#handle = handle;
    this.#clock = clock;
    if (clock !== undefined) handle.child.once("exit", () => clock.close());
    for (const stream of [handle.child.stdout, handle.child.stderr]) {
      if (stream !== null) this.#collect(stream);
    }
  }

  get pid(): number {
    return this.#handle.pid;
  }

  get isRunning(): boolean {
    return this.#handle.isRunning;
  }

  /** @throws {Error} unless the process was started with `clock: true` */
  get clock(): TestClock {
    if (this.#clock === undefined) throw new Error("start the process with `clock: true`");
    return this.#clock;
  }

  /** Settles with code and signal when the process has ended; never rejects. */
  get exited(): Promise<ProcessExit> {
    return this.#handle.exited;
  }

  /** What it wrote to stdout and stderr, in the order of arrival: the last million characters. */
  get output(): string {
    return this.#output;
  }

  /**
   * Waits for a line of output, in what is already written too.
   *
   * @returns the match
   * @throws {Error} when the process ends or `timeoutMs` passes first
   */
  waitForLine(line: RegExp, timeoutMs: number = READY_TIMEOUT_MS): Promise<RegExpMatchArray> {
    return this.#waitWhileRunning(`a line like ${line}`, timeoutMs, () => {
      return this.#output.match(line) ?? undefined;
    });
  }

  /** @throws {Error} when the process ends or `timeoutMs` passes first */
  async waitUntilReady(ready: Readiness, timeoutMs: number = READY_TIMEOUT_MS): Promise<void> {
    if ("line" in ready) {
      await this.waitForLine(ready.line, timeoutMs);
    } else if ("port" in ready) {
      const { port, host } = ready;
      const what = `connections on port ${port}`;
      await this.#waitWhileRunning(what, timeoutMs, () => acceptsConnections(port, host));
    } else {
      await this.#waitWhileRunning(ready.http, timeoutMs, () => answersHttp(ready.http));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#handle.signal(signal);
  }

  /** SIGSTOP: the process keeps its connections and answers nothing. */
  pause(): void {
    this.signal("SIGSTOP");
  }

  resume(): void {
    this.signal("SIGCONT");
  }

  /** SIGTERM, then SIGKILL after `graceMs` (10 000). Answers how it ended. */
  stop(graceMs?: number): Promise<ProcessExit> {
    return this.#handle.stop(graceMs);
  }

  /** SIGKILL: a crash. */
  kill(): Promise<ProcessExit> {
    return this.#handle.kill();
  }

  #collect(stream: Readable): void {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      this.#output = (this.#output + text).slice(-OUTPUT_CHARS_MAX);
    });
    if ("unref" in stream && typeof stream.unref === "function") stream.unref();
  }

  async #waitWhileRunning<T>(
    what: string,
    timeoutMs: number,
    check: () => T | undefined | false | Promise<T | undefined | false>,
  ): Promise<T> {
    try {
      return await waitUntil(
        async () => {
          const answer = await check();
          if (!(answer || this.isRunning)) throw new Error(`it ended before ${what}`);
          return answer;
        },
        { what, timeoutMs },
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const tail = this.#output.slice(-TAIL_CHARS);
      throw new Error(`process ${this.pid}: ${reason}; its output ends:\n${tail}`, {
        cause: error,
      });
    }
  }
}

async function answersHttp(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(HTTP_TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false; // not listening yet: the caller's deadline tells if it stays so
  }
}
