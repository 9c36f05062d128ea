import { type CancelSignal, FeatureStoreError } from "@ofs/platform";
import { listenForAbort } from "../request-limits.ts";

/**
 * Runs a bounded number of tasks at once. The others wait, in order, and of those there is a bound, too. A task whose
 * signal aborts while it waits gives up its place in the line.
 */
export class ConcurrencyLimit {
  readonly #maxRunning: number;
  readonly #maxWaiting: number;
  readonly #subject: string;
  #running = 0;
  /** Tasks that wait, by their number in line; those that have given up are gone. */
  readonly #line = new Map<number, () => void>();
  /** No number in line is lower. */
  #head = 0;
  /** The next number. */
  #tail = 0;

  /** @param subject names what is limited, for the message */
  constructor(maxRunning: number, maxWaiting: number, subject: string) {
    this.#maxRunning = maxRunning;
    this.#maxWaiting = maxWaiting;
    this.#subject = subject;
  }

  get waitingCount(): number {
    return this.#line.size;
  }

  /** @throws {FeatureStoreError} RESOURCE_EXHAUSTED if too many wait; CANCELLED if the signal aborts meanwhile */
  async run<T>(task: () => Promise<T>, signal?: CancelSignal): Promise<T> {
    if (this.#running >= this.#maxRunning) await this.#wait(signal);
    else this.#running++;
    try {
      return await task();
    } finally {
      this.#release();
    }
  }

  #wait(signal: CancelSignal | undefined): Promise<void> {
    if (this.#line.size >= this.#maxWaiting) {
      throw new FeatureStoreError(
        "RESOURCE_EXHAUSTED",
        `${this.#subject}: ${this.#maxRunning} statements are under way and ${this.#maxWaiting} wait`,
      );
    }
    return new Promise((resolve, reject) => {
      const place = this.#tail++;
      const onAbort = (): void => {
        this.#line.delete(place);
        const text = `${this.#subject}: the request was cancelled`;
        reject(new FeatureStoreError("CANCELLED", text, { cause: signal?.reason }));
      };
      if (signal?.aborted) {
        onAbort();
        return;
      }
      if (signal !== undefined) listenForAbort(signal, onAbort);
      this.#line.set(place, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
    });
  }

  /** Hands the place to the next in line, or frees it. */
  #release(): void {
    if (this.#line.size === 0) {
      this.#running--;
      return;
    }
    while (!this.#line.has(this.#head)) this.#head++;
    const start = this.#line.get(this.#head);
    this.#line.delete(this.#head);
    start?.();
  }
}
