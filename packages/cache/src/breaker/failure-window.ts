/** Slices of a window: what is counted lasts between nine tenths of the window and all of it. */
const SLICE_COUNT = 10;

/** Counts executions and failures of the last stretch of time. */
export class FailureWindow {
  readonly #sliceMs: number;
  readonly #executions = new Float64Array(SLICE_COUNT);
  readonly #failures = new Float64Array(SLICE_COUNT);
  /** Slice number, from the clock's zero, of the newest slice. */
  #newest = Number.NEGATIVE_INFINITY;
  #executionCount = 0;
  #failureCount = 0;

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICE_COUNT;
  }

  record(isSuccess: boolean, nowMs: number): void {
    this.#advance(nowMs);
    const index = indexOf(this.#newest);
    this.#executions[index] = (this.#executions[index] as number) + 1;
    this.#executionCount += 1;
    if (isSuccess) return;
    this.#failures[index] = (this.#failures[index] as number) + 1;
    this.#failureCount += 1;
  }

  executionCount(nowMs: number): number {
    this.#advance(nowMs);
    return this.#executionCount;
  }

  /** Per cent of the executions; 0 where there are none. */
  failureRate(nowMs: number): number {
    this.#advance(nowMs);
    return this.#executionCount === 0 ? 0 : (this.#failureCount / this.#executionCount) * 100;
  }

  /** Empties the slices that have passed since the newest one. A clock that steps back changes nothing. */
  #advance(nowMs: number): void {
    const current = Math.floor(nowMs / this.#sliceMs);
    if (current <= this.#newest) return;
    const first = Math.max(this.#newest + 1, current - SLICE_COUNT + 1);
    for (let slice = first; slice <= current; slice++) {
      const index = indexOf(slice);
      this.#executionCount -= this.#executions[index] as number;
      this.#failureCount -= this.#failures[index] as number;
      this.#executions[index] = 0;
      this.#failures[index] = 0;
    }
    this.#newest = current;
  }
}

function indexOf(slice: number): number {
  return ((slice % SLICE_COUNT) + SLICE_COUNT) % SLICE_COUNT;
}
