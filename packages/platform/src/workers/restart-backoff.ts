export interface BackoffTimes {
  /** A worker that was open for so long may be restarted at once when it dies. */
  readonly stableMs: number;
  /** Before the restart after the first early end; doubled for each one that follows. */
  readonly minMs: number;
  readonly maxMs: number;
}

/** How long to wait before a dead worker is started again. */
export class RestartBackoff {
  readonly #times: BackoffTimes;
  #earlyEnds = 0;

  constructor(times: BackoffTimes) {
    this.#times = times;
  }

  /** @param openMs how long the worker that ended was open @returns milliseconds */
  next(openMs: number): number {
    const { stableMs, minMs, maxMs } = this.#times;
    if (openMs >= stableMs) {
      this.#earlyEnds = 0;
      return 0;
    }
    const delayMs = Math.min(minMs * 2 ** Math.min(this.#earlyEnds, 30), maxMs);
    this.#earlyEnds += 1;
    return delayMs;
  }
}
