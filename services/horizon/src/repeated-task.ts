import type { Logger } from "@ofs/platform";

export interface RepeatedTaskOptions {
  /** For the log. */
  readonly name: string;
  readonly intervalMs: number;
  /** After a failure. */
  readonly retryMs: number;
  readonly run: () => Promise<void>;
  readonly log: Logger;
}

/** Does one thing again and again, never twice at once. Failures are logged, the first of a row as a warning. */
export class RepeatedTask {
  readonly #options: RepeatedTaskOptions;
  #failureCount = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: RepeatedTaskOptions) {
    this.#options = options;
  }

  /** Resolves after the first time, whatever its outcome. */
  async start(): Promise<void> {
    this.#running ??= this.#round();
    await this.#running;
  }

  /** Waits for a round that is under way. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #round(): Promise<void> {
    const { name, run, log, intervalMs, retryMs } = this.#options;
    let pauseMs = intervalMs;
    try {
      await run();
      this.#failureCount = 0;
    } catch (err) {
      pauseMs = retryMs;
      this.#failureCount += 1;
      const level = this.#failureCount === 1 ? "warn" : "debug";
      log[level]({ err, task: name }, "a task failed; it is tried again");
    }
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#round();
    }, pauseMs);
  }
}
