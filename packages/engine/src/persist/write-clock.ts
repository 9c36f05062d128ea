/** Write times of one process: the wall clock in microseconds, and rising whatever the clock does. */
export class WriteClock {
  readonly #nowMs: () => number;
  #last = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @returns Unix microseconds, greater than any returned before */
  next(): number {
    this.#last = Math.max(this.#last + 1, Math.floor(this.#nowMs() * 1000));
    return this.#last;
  }
}
