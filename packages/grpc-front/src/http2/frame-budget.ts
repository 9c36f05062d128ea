/** How many frames of a kind a peer may send: a burst, and so many a second after it. */
export class FrameBudget {
  readonly #burst: number;
  readonly #perMs: number;
  #left: number;
  #atMs: number;

  constructor(burst: number, perSecond: number, nowMs: number) {
    this.#burst = burst;
    this.#perMs = perSecond / 1_000;
    this.#left = burst;
    this.#atMs = nowMs;
  }

  /** @returns whether there was one left */
  take(nowMs: number): boolean {
    if (this.#left < 1) {
      this.#left = Math.min(this.#burst, this.#left + (nowMs - this.#atMs) * this.#perMs);
      this.#atMs = nowMs;
      if (this.#left < 1) return false;
    } else if (this.#left === this.#burst) {
      this.#atMs = nowMs;
    }
    this.#left -= 1;
    return true;
  }

  /** Earned by the peer: frames that it must be expected to send. */
  add(count: number): void {
    this.#left = Math.min(this.#burst, this.#left + count);
  }
}
