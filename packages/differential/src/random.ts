/** A stream of random choices that its seed decides: equal seeds ask equal requests. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    const state = this.#state;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws {RangeError} for an empty list */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("nothing to pick from: the list is empty");
    return list[this.integer(0, list.length - 1)] as T;
  }

  /** Between `min` and all of them, each once, in random order. */
  some<T>(list: readonly T[], min: number, max: number): T[] {
    const left = [...list];
    const count = Math.min(this.integer(min, max), left.length);
    return Array.from({ length: count }, () => {
      return left.splice(this.integer(0, left.length - 1), 1)[0] as T;
    });
  }

  shuffled<T>(list: readonly T[]): T[] {
    return this.some(list, list.length, list.length);
  }
}
