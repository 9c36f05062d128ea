import { alignedSize, Segment } from "./segment.ts";
import type { SlotIndex } from "./slot-index.ts";

const UNIT_BYTES = 8;
/** What is larger than this share of a segment gets one of its own. */
const LARGE_SHARE = 1 / 4;
/** Places are 32 bits, of units of 8 bytes; a large record takes a whole segment's places. */
export const MAX_ADDRESSABLE_BYTES: number = 2 ** 32 * UNIT_BYTES * LARGE_SHARE;

const SEGMENT_BYTES_MAX = 256 * 1024;
const SEGMENT_BYTES_MIN = 256;
/** A small memory is divided into so many segments, at least. */
const SEGMENT_COUNT_MIN = 8;
/** Of a segment that is evicted, so much may be kept: so each eviction makes room, and few of them make enough. */
const SURVIVING_SHARE = 7 / 8;
/** A segment with so much dead is emptied before anything that lives is evicted. */
const SPARSE_SHARE = 1 / 2;

export interface SegmentLogOptions {
  /** For segments, in bytes: never passed. */
  readonly maxSizeBytes: number;
  readonly index: SlotIndex;
  /** Which records have ended by themselves. */
  readonly monotonicNow: () => number;
  readonly onEvict: () => void;
}

/**
 * Memory for records, written one behind the other. When it is full the oldest segment goes, and of its records
 * those survive that were read since they came there (CLOCK, a segment at a time).
 */
export class SegmentLog {
  readonly #options: SegmentLogOptions;
  readonly #segmentBytes: number;
  readonly #unitShift: number;
  readonly #unitMask: number;
  /** By id. */
  readonly #segments: (Segment | undefined)[] = [];
  readonly #freeIds: number[] = [];
  /** From the oldest to the newest. */
  readonly #queue = new Set<Segment>();
  readonly #sparse = new Set<Segment>();
  #open: Segment | undefined = undefined;
  /** Of all segments. */
  sizeBytes = 0;

  constructor(options: SegmentLogOptions) {
    const wanted = Math.min(SEGMENT_BYTES_MAX, options.maxSizeBytes / (SEGMENT_COUNT_MIN + 1));
    this.#options = options;
    this.#segmentBytes = 2 ** Math.floor(Math.log2(Math.max(SEGMENT_BYTES_MIN, wanted)));
    this.#unitShift = Math.log2(this.#segmentBytes / UNIT_BYTES);
    this.#unitMask = 2 ** this.#unitShift - 1;
  }

  segmentAt(place: number): Segment {
    return this.#segments[place >>> this.#unitShift] as Segment;
  }

  /** Index of the first word of the record there, in its segment's `words`. */
  wordAt(place: number): number {
    return (place & this.#unitMask) * (UNIT_BYTES / 4);
  }

  /** Whether a record of that size can be kept at all. */
  canHold(sizeBytes: number): boolean {
    return sizeBytes <= this.#maxBytes;
  }

  /** One segment's worth is left free for the survivors of an eviction. */
  get #maxBytes(): number {
    return this.#options.maxSizeBytes - this.#segmentBytes;
  }

  /**
   * Finds room for a record, evicting others if need be. It begins at the segment's `usedBytes`; what is written must be
   * told by `commit`, before anything else is asked for.
   */
  reserve(sizeBytes: number): Segment {
    if (sizeBytes > this.#segmentBytes * LARGE_SHARE) {
      while (this.sizeBytes + sizeBytes > this.#maxBytes) this.#evict();
      return this.#create(sizeBytes);
    }
    for (;;) {
      if (this.#open !== undefined && this.#open.freeBytes >= sizeBytes) return this.#open;
      if (this.sizeBytes + this.#segmentBytes <= this.#maxBytes) this.#openNext();
      else this.#evict();
    }
  }

  /** @returns the record's place */
  commit(segment: Segment, sizeBytes: number): number {
    const place = (segment.id << this.#unitShift) + segment.usedBytes / UNIT_BYTES;
    segment.usedBytes += sizeBytes;
    return place >>> 0;
  }

  /** Gives up the record there: it is no longer in the index. */
  drop(place: number): void {
    const segment = this.segmentAt(place);
    segment.kill(this.wordAt(place));
    if (segment !== this.#open) this.#judge(segment);
  }

  /** What to do with a segment that is full, by how much of it is dead. */
  #judge(segment: Segment): void {
    if (segment.deadBytes === segment.usedBytes) this.#release(segment);
    else if (segment.deadBytes >= segment.bytes.length * SPARSE_SHARE) this.#sparse.add(segment);
  }

  #openNext(): Segment {
    const full = this.#open;
    this.#open = this.#create(this.#segmentBytes);
    if (full !== undefined) this.#judge(full);
    return this.#open;
  }

  clear(): void {
    this.#segments.length = 0;
    this.#freeIds.length = 0;
    this.#queue.clear();
    this.#sparse.clear();
    this.#open = undefined;
    this.sizeBytes = 0;
  }

  #create(sizeBytes: number): Segment {
    const id = this.#freeIds.pop() ?? this.#segments.length;
    const segment = new Segment(id, alignedSize(sizeBytes));
    this.#segments[id] = segment;
    this.#queue.add(segment);
    this.sizeBytes += segment.bytes.length;
    return segment;
  }

  #release(segment: Segment): void {
    this.#queue.delete(segment);
    this.#sparse.delete(segment);
    this.#segments[segment.id] = undefined;
    this.#freeIds.push(segment.id);
    this.sizeBytes -= segment.bytes.length;
  }

  /** Takes one segment away: one that is mostly dead, else the oldest. */
  #evict(): void {
    const [sparse] = this.#sparse;
    if (sparse !== undefined) {
      this.#empty(sparse, true);
      return;
    }
    // Those that move to the end come up a second time, and then they go.
    for (const segment of this.#queue) {
      if (this.#staysWhole(segment)) continue;
      this.#empty(segment, false);
      return;
    }
  }

  /** A large record is not copied: it moves to the end, once for each time that it was read. */
  #staysWhole(segment: Segment): boolean {
    if (segment.bytes.length === this.#segmentBytes || !segment.isReferenced(0)) return false;
    if (segment.hasEnded(0, this.#options.monotonicNow())) return false;
    segment.unreference(0);
    this.#queue.delete(segment);
    this.#queue.add(segment);
    return true;
  }

  #empty(segment: Segment, keepsAll: boolean): void {
    const { index, monotonicNow, onEvict } = this.#options;
    const nowMs = monotonicNow();
    const end = segment.usedBytes / 4;
    const first = segment.id << this.#unitShift;
    // Its memory no longer counts, so that there is room for what survives; its id stays taken till the end.
    this.#queue.delete(segment);
    this.#sparse.delete(segment);
    if (segment === this.#open) this.#open = undefined;
    this.sizeBytes -= segment.bytes.length;
    let left = segment.bytes.length * SURVIVING_SHARE;
    for (let word = 0; word < end; word += segment.sizeAt(word) / 4) {
      if (segment.isDead(word)) continue;
      const hash = segment.hashAt(word);
      const slot = index.slotOf(hash, (first + word / 2) >>> 0);
      const sizeBytes = segment.sizeAt(word);
      const survives =
        (keepsAll || segment.isReferenced(word)) &&
        sizeBytes <= left &&
        !segment.hasEnded(word, nowMs);
      if (survives) {
        left -= sizeBytes;
        index.move(slot, this.#copy(segment, word, sizeBytes, keepsAll));
      } else {
        index.remove(slot);
        onEvict();
      }
    }
    this.#segments[segment.id] = undefined;
    this.#freeIds.push(segment.id);
  }

  #copy(from: Segment, word: number, sizeBytes: number, keepsReference: boolean): number {
    const open = this.#open;
    const to = open !== undefined && open.freeBytes >= sizeBytes ? open : this.#openNext();
    const start = word * 4;
    to.bytes.set(from.bytes.subarray(start, start + sizeBytes), to.usedBytes);
    if (!keepsReference) to.unreference(to.usedBytes >>> 2);
    return this.commit(to, sizeBytes);
  }
}
