/** Slots that keys share; a shared slot can only drop a fill too many, never let an old one in. */
const SLOT_COUNT = 16_384;

/** What an invalidation adds to the position, at least. A power of two, so that sums are exact. */
const STEP = 2 ** -10;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export interface InvalidationClockOptions {
  /** Default 16384. */
  readonly slotCount?: number;
  /** Makes positions times: milliseconds that never go back. Default: positions only count. */
  readonly now?: () => number;
}

/**
 * Orders fills against invalidations without remembering each key. Every invalidation takes the next
 * position and leaves it in its key's slot; a fill whose read began at an earlier position is refused.
 */
export class InvalidationClock {
  readonly #slots: Float64Array;
  readonly #now: () => number;
  #position = 0;
  /** Position of the last invalidation of all keys. */
  #floor = 0;

  constructor({ slotCount = SLOT_COUNT, now = () => 0 }: InvalidationClockOptions = {}) {
    this.#slots = new Float64Array(slotCount);
    this.#now = now;
  }

  /** Take before reading what will be filled. */
  position(): number {
    this.#position = Math.max(this.#position, this.#now());
    return this.#position;
  }

  invalidate(key: string): void {
    this.#slots[this.#slotOf(key)] = this.#advance();
  }

  /** Invalidates every key. */
  invalidateAll(): void {
    this.#floor = this.#advance();
  }

  /** Whether what was read since `position` is still the newest that this process knows of. */
  isCurrent(key: string, position: number): boolean {
    return this.#last(key) <= position;
  }

  /** Whether the key was invalidated within that time. Needs a clock that tells the time. */
  isRecent(key: string, withinMs: number): boolean {
    const last = this.#last(key);
    return last > 0 && this.#now() - last < withinMs;
  }

  #last(key: string): number {
    return Math.max(this.#floor, this.#slots[this.#slotOf(key)] as number);
  }

  #advance(): number {
    this.#position = Math.max(this.#position + STEP, this.#now());
    return this.#position;
  }

  /** FNV-1a over the key's UTF-16 units. */
  #slotOf(key: string): number {
    let hash = FNV_OFFSET;
    for (let i = 0; i < key.length; i++) {
      hash = Math.imul(hash ^ key.charCodeAt(i), FNV_PRIME);
    }
    return (hash >>> 0) % this.#slots.length;
  }
}
