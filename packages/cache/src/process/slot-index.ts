/** Slots of a bucket: with two words a slot, one line of the processor's cache. */
const BUCKET_SLOTS = 8;
const SLOT_WORDS = 2;
const BUCKET_WORDS = BUCKET_SLOTS * SLOT_WORDS;

const SPREAD = 0x9e3779b1 | 0;

/** Whether the record at a place is the one that is looked for. */
export interface RecordMatcher {
  matches(place: number): boolean;
}

/**
 * Hash table of fixed size from hashes to places, in one typed array: nothing for the garbage collector to look at,
 * and nothing that ever grows. An entry is in one of two buckets, so a look-up sees 16 slots at most, whatever
 * keys are sent; when both are full an entry of theirs has to go.
 *
 *   word 0   hash
 *   word 1   place + 1; 0 = free
 */
export class SlotIndex {
  readonly #words: Int32Array;
  readonly #bucketMask: number;
  count = 0;

  /** @param slotCount a power of two, 16 or more */
  constructor(slotCount: number) {
    this.#words = new Int32Array(slotCount * SLOT_WORDS);
    this.#bucketMask = slotCount / BUCKET_SLOTS - 1;
  }

  get sizeBytes(): number {
    return this.#words.byteLength;
  }

  /** @returns the slot of the record that matches, or -1 */
  find(hash: number, matcher: RecordMatcher): number {
    const first = (hash & this.#bucketMask) * BUCKET_WORDS;
    const slot = this.#findIn(first, hash, matcher);
    return slot >= 0 ? slot : this.#findIn(this.#otherBucket(hash), hash, matcher);
  }

  #findIn(bucket: number, hash: number, matcher: RecordMatcher): number {
    const words = this.#words;
    for (let slot = bucket; slot < bucket + BUCKET_WORDS; slot += SLOT_WORDS) {
      if (words[slot] !== hash) continue;
      const place = words[slot + 1] as number;
      if (place !== 0 && matcher.matches((place >>> 0) - 1)) return slot;
    }
    return -1;
  }

  /** @returns the slot that holds the place, or -1 */
  slotOf(hash: number, place: number): number {
    const stored = (place + 1) | 0;
    const slot = this.#slotIn((hash & this.#bucketMask) * BUCKET_WORDS, stored);
    return slot >= 0 ? slot : this.#slotIn(this.#otherBucket(hash), stored);
  }

  #slotIn(bucket: number, stored: number): number {
    for (let slot = bucket; slot < bucket + BUCKET_WORDS; slot += SLOT_WORDS) {
      if (this.#words[slot + 1] === stored) return slot;
    }
    return -1;
  }

  placeAt(slot: number): number {
    return ((this.#words[slot + 1] as number) >>> 0) - 1;
  }

  move(slot: number, place: number): void {
    this.#words[slot + 1] = (place + 1) | 0;
  }

  remove(slot: number): void {
    this.#words[slot] = 0;
    this.#words[slot + 1] = 0;
    this.count -= 1;
  }

  /** A free slot for the hash, or -1. */
  freeSlot(hash: number): number {
    const slot = this.#slotIn((hash & this.#bucketMask) * BUCKET_WORDS, 0);
    return slot >= 0 ? slot : this.#slotIn(this.#otherBucket(hash), 0);
  }

  /** The `index`-th of the 16 slots that an entry of the hash may be in. */
  candidate(hash: number, index: number): number {
    const bucket =
      index < BUCKET_SLOTS ? (hash & this.#bucketMask) * BUCKET_WORDS : this.#otherBucket(hash);
    return bucket + (index % BUCKET_SLOTS) * SLOT_WORDS;
  }

  put(slot: number, hash: number, place: number): void {
    this.#words[slot] = hash;
    this.#words[slot + 1] = (place + 1) | 0;
    this.count += 1;
  }

  clear(): void {
    this.#words.fill(0);
    this.count = 0;
  }

  /** Never the first: the distance to it is odd. */
  #otherBucket(hash: number): number {
    const distance = (Math.imul(hash, SPREAD) >>> 7) | 1;
    return (((hash & this.#bucketMask) ^ distance) & this.#bucketMask) * BUCKET_WORDS;
  }
}

/** Slots that an entry may be in. */
export const CANDIDATE_COUNT: number = 2 * BUCKET_SLOTS;
