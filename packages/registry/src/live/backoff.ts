/** Growing pauses between attempts, spread so that many processes do not come back at once. */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  #ceilingMs: number;

  /** @param minMs ceiling of the first pause; each further one doubles it, up to `maxMs` */
  constructor(minMs: number, maxMs: number) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.#ceilingMs = minMs;
  }

  /** @returns the next pause in milliseconds: between half of the ceiling and all of it */
  next(): number {
    const ceilingMs = this.#ceilingMs;
    this.#ceilingMs = Math.min(ceilingMs * 2, this.#maxMs);
    return ceilingMs * (0.5 + Math.random() / 2);
  }

  reset(): void {
    this.#ceilingMs = this.#minMs;
  }
}

/** Resolves after the time, or at once when the signal aborts. Never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
