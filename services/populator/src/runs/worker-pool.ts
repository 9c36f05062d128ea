import type { Logger } from "@ofs/platform";
import { Wake } from "./wake.ts";
import type { Worker } from "./worker.ts";

export interface WorkerPoolOptions {
  readonly workers: readonly Worker[];
  /** Between looks for work that others may have left. */
  readonly pollMs: number;
  readonly log: Logger;
}

/** Keeps workers at work. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #closing = new AbortController();
  readonly #wake = new Wake();
  #interrupt = new AbortController();
  #running: Promise<void>[] = [];

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#options.workers.map((worker) => this.#loop(worker));
  }

  /** There is work. */
  kick(): void {
    this.#wake.kick();
  }

  /** All work under way stops where it is: it may be another process's. */
  interrupt(): void {
    this.#interrupt.abort();
    this.#interrupt = new AbortController();
  }

  /** Ends after the batches under way; what is left is others'. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#running);
  }

  async #loop(worker: Worker): Promise<void> {
    const { pollMs, log } = this.#options;
    const { signal } = this.#closing;
    let failureCount = 0;
    while (!signal.aborted) {
      let hasMore = false;
      try {
        hasMore = await worker.work(AbortSignal.any([signal, this.#interrupt.signal]));
        failureCount = 0;
      } catch (err) {
        failureCount += 1;
        log[failureCount === 1 ? "warn" : "debug"]({ err }, "a worker cannot look for work");
      }
      if (!hasMore) await this.#wake.pause(pollMs, signal);
    }
  }
}
