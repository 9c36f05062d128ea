import { DeltaError } from "../errors.ts";
import { DecodeThread } from "./decode-thread.ts";
import type { WorkerSettings } from "./worker/messages.ts";

/** Reads that wait for a thread. */
const WAITING_MAX = 1024;

/** Threads, each lent to one read at a time. */
export class ThreadPool {
  readonly #settings: WorkerSettings;
  readonly #idle: DecodeThread[] = [];
  readonly #lent = new Set<DecodeThread>();
  readonly #waiting: (() => void)[] = [];
  /** Places of threads that have died; the next borrower starts another. */
  #vacantCount = 0;
  #isClosed = false;

  private constructor(settings: WorkerSettings) {
    this.#settings = settings;
  }

  static async open(count: number, settings: WorkerSettings): Promise<ThreadPool> {
    const pool = new ThreadPool(settings);
    try {
      for (let index = 0; index < count; index++) {
        pool.#idle.push(await DecodeThread.start(settings));
      }
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  /** @throws {DeltaError} if it is closed, too many wait, or a thread cannot be started; the signal's reason */
  async borrow(signal: AbortSignal | undefined): Promise<DecodeThread> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#isClosed) throw new DeltaError("UNAVAILABLE", "the reader is closed");
      const thread = this.#idle.pop() ?? (await this.#startVacant());
      if (thread !== undefined) {
        this.#lent.add(thread);
        return thread;
      }
      await this.#wait(signal);
    }
  }

  /** Takes a thread back; the place of one that has died is free for another. */
  giveBack(thread: DecodeThread): void {
    this.#lent.delete(thread);
    if (this.#isClosed) return;
    if (thread.isAlive) this.#idle.push(thread);
    else this.#vacantCount++;
    this.#waiting.shift()?.();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#idle, ...this.#lent].map((thread) => thread.close()));
  }

  async #startVacant(): Promise<DecodeThread | undefined> {
    if (this.#vacantCount === 0) return undefined;
    this.#vacantCount--;
    try {
      const thread = await DecodeThread.start(this.#settings);
      if (!this.#isClosed) return thread;
      await thread.close();
      throw new DeltaError("UNAVAILABLE", "the reader is closed");
    } catch (error) {
      this.#vacantCount++;
      this.#waiting.shift()?.();
      throw error;
    }
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.length >= WAITING_MAX) {
      throw new DeltaError("RESOURCE_EXHAUSTED", `${WAITING_MAX} reads wait for a thread already`);
    }
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = (): void => {
        const index = this.#waiting.indexOf(wake);
        if (index >= 0) this.#waiting.splice(index, 1);
        resolve();
      };
      this.#waiting.push(wake);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }
}
