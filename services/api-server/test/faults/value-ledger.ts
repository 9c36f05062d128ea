/** Why an answer is wrong: an older value than may be seen, or one that was never written. */
export type Wrong = "stale" | "unknown";

/**
 * What may be read of each key: the last write that was acknowledged, and any write since that failed or is under
 * way. Writes of one key must follow each other; they carry their time, so that one that failed cannot come out on
 * top of one that was acknowledged later.
 */
export class ValueLedger {
  /** By key: each value written, and the tick at which a later write's acknowledgement ruled it out. */
  readonly #written = new Map<string, Map<number, number>>();
  readonly #newest = new Map<string, number>();
  #lastValue = 0;
  #tick = 0;

  /** A value that no write had before, now under way. */
  begin(key: string): number {
    this.#lastValue += 1;
    const values = this.#written.get(key) ?? new Map<number, number>();
    values.set(this.#lastValue, Number.POSITIVE_INFINITY);
    this.#written.set(key, values);
    return this.#lastValue;
  }

  acknowledge(key: string, value: number): void {
    this.#tick += 1;
    for (const [other, ruledOutAt] of this.#written.get(key) ?? []) {
      const isOlder = other < value && ruledOutAt === Number.POSITIVE_INFINITY;
      if (isOlder) this.#written.get(key)?.set(other, this.#tick);
    }
    this.#newest.set(key, value);
  }

  /** Take it before a read, and give it to `check`. */
  get tick(): number {
    return this.#tick;
  }

  /** @returns what is wrong with a value read since `startTick`, if anything */
  check(key: string, value: number, startTick: number): Wrong | undefined {
    const ruledOutAt = this.#written.get(key)?.get(value);
    if (ruledOutAt === undefined) return "unknown";
    return ruledOutAt > startTick ? undefined : "stale";
  }

  /** The last acknowledged value. */
  newest(key: string): number | undefined {
    return this.#newest.get(key);
  }
}
