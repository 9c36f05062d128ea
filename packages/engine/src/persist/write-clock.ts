const MICROS_PER_MS = 1_000;

/** The last microsecond of a millisecond. */
const MAX_FRACTION_MS = 0.999;

/**
 * Write times of one process: the wall clock in microseconds, and rising whatever the clock does.
 *
 * The wall clock tells whole milliseconds, in which two processes would often write at the same time; on equal
 * times Cassandra keeps the larger bytes of each column, so that two blocks could mix. A monotonic clock fills in the
 * microseconds: it is kept within the millisecond that the wall clock says, and so follows it.
 */
export class WriteClock {
  readonly #nowMs: () => number;
  readonly #monotonicMs: () => number;
  /** Wall clock at the monotonic clock's zero, as well as it is known. */
  #originMs: number;
  #last = 0;

  /**
   * @param nowMs Unix milliseconds, whole
   * @param monotonicMs milliseconds with a fraction, from any zero
   */
  constructor(nowMs: () => number, monotonicMs: () => number) {
    this.#nowMs = nowMs;
    this.#monotonicMs = monotonicMs;
    this.#originMs = nowMs() - monotonicMs();
  }

  /** @returns Unix microseconds, greater than any returned before */
  next(): number {
    const wallMs = Math.floor(this.#nowMs());
    const estimateMs = this.#originMs + this.#monotonicMs();
    const preciseMs = Math.min(Math.max(estimateMs, wallMs), wallMs + MAX_FRACTION_MS);
    this.#originMs += preciseMs - estimateMs;
    this.#last = Math.max(this.#last + 1, Math.floor(preciseMs * MICROS_PER_MS));
    return this.#last;
  }
}
