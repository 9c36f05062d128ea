/** Shortest pause between two forced reads, in milliseconds; and the longest, while they find nothing. */
export const REFRESH_INTERVAL_MS_MIN = 1_000;
export const REFRESH_INTERVAL_MS_MAX = 30_000;

/**
 * Lets one forced read through at a time. A block with a schema version that will never exist asks
 * for one on every request: the pause grows while reads bring nothing new.
 */
export class RefreshGate {
  readonly #read: () => Promise<boolean>;
  #running: Promise<void> | undefined;
  #intervalMs = REFRESH_INTERVAL_MS_MIN;
  #openAtMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** @param read never rejects; tells whether it brought anything new */
  constructor(read: () => Promise<boolean>) {
    this.#read = read;
  }

  /** Reads carried out. */
  get count(): number {
    return this.#count;
  }

  /** Joins the read that is under way, or begins one if the pause is over. */
  run(): Promise<void> {
    if (this.#running === undefined && performance.now() < this.#openAtMs) return Promise.resolve();
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Something new came another way: the pause is the shortest again. */
  reset(): void {
    this.#openAtMs -= this.#intervalMs - REFRESH_INTERVAL_MS_MIN;
    this.#intervalMs = REFRESH_INTERVAL_MS_MIN;
  }

  async #run(): Promise<void> {
    this.#count += 1;
    const isNew = await this.#read();
    this.#openAtMs = performance.now() + this.#intervalMs;
    this.#intervalMs = isNew
      ? REFRESH_INTERVAL_MS_MIN
      : Math.min(this.#intervalMs * 2, REFRESH_INTERVAL_MS_MAX);
  }
}
