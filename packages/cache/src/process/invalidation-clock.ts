/** Slots that keys share; a shared slot can only drop a fill too many, never let an old one in. */
const SLOT_COUNT = 16_384;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Orders fills against invalidations without remembering each key. Every invalidation takes the next
 * position and leaves it in its key's slot; a fill whose read began at an earlier position is refused.
 */
export class InvalidationClock {
  readonly #slots = new Float64Array(SLOT_COUNT);
  #position = 0;

  /** Take before reading what will be filled. */
  position(): number {
    return this.#position;
  }

  invalidate(key: string): void {
    this.#position += 1;
    this.#slots[slotOf(key)] = this.#position;
  }

  /** Invalidates every key. */
  invalidateAll(): void {
    this.#position += 1;
    this.#slots.fill(this.#position);
  }

  /** Whether what was read since `position` is still the newest that this process knows of. */
  isCurrent(key: string, position: number): boolean {
    return (this.#slots[slotOf(key)] as number) <= position;
  }
}

/** FNV-1a over the key's UTF-16 units. */
function slotOf(key: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < key.length; i++) {
    hash = Math.imul(hash ^ key.charCodeAt(i), FNV_PRIME);
  }
  return (hash >>> 0) % SLOT_COUNT;
}
