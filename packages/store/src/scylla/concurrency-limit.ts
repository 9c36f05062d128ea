import { FeatureStoreError } from "@ofs/platform";

/**
 * Runs a bounded number of tasks at once. The others wait, in order, and of those there is a bound, too.
 */
export class ConcurrencyLimit {
  readonly #maxRunning: number;
  readonly #maxWaiting: number;
  readonly #subject: string;
  #running = 0;
  #waiting: (() => void)[] = [];
  /** The next of `#waiting`; those before it have been started. */
  #next = 0;

  /** @param subject names what is limited, for the message */
  constructor(maxRunning: number, maxWaiting: number, subject: string) {
    this.#maxRunning = maxRunning;
    this.#maxWaiting = maxWaiting;
    this.#subject = subject;
  }

  get waitingCount(): number {
    return this.#waiting.length - this.#next;
  }

  /** @throws {FeatureStoreError} RESOURCE_EXHAUSTED if too many wait */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#maxRunning) await this.#wait();
    else this.#running++;
    try {
      return await task();
    } finally {
      this.#release();
    }
  }

  #wait(): Promise<void> {
    if (this.waitingCount >= this.#maxWaiting) {
      throw new FeatureStoreError(
        "RESOURCE_EXHAUSTED",
        `${this.#subject}: ${this.#maxRunning} statements are under way and ${this.#maxWaiting} wait`,
      );
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Hands the place to the next in line, or frees it. */
  #release(): void {
    const wake = this.#waiting[this.#next];
    if (wake === undefined) {
      this.#running--;
      this.#waiting = [];
      this.#next = 0;
      return;
    }
    this.#next++;
    wake();
    if (this.#next > this.#maxRunning && this.#next * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#next);
      this.#next = 0;
    }
  }
}
