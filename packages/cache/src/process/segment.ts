import type { KeyName } from "./key-name.ts";

/*
 * Record of one key, at a multiple of 8 bytes:
 *
 *   word 0     hash of the name
 *   word 1     size in bytes, a multiple of 8
 *   word 2     size of the name in bytes
 *   word 3     bits 0-15 number of groups, bit 16 referenced, bit 17 dead
 *   then for each group 8 words:
 *     0        group id
 *     1        schema version << 8 | data type code (0: nothing is stored)
 *     2        start of the payload, in bytes from the record's
 *     3        size of the payload in bytes
 *     4-5      f64: Unix seconds at which the block expires; 0 = never
 *     6-7      f64: monotonic milliseconds at which the entry ends; Infinity = never
 *   then the name, zeros up to a multiple of 8, and the payloads, each at a multiple of 8
 */
export const RECORD_HEAD_BYTES = 16;
export const GROUP_BYTES = 32;
export const GROUP_WORDS: number = GROUP_BYTES / 4;
export const SIZE_WORD = 1;
const NAME_SIZE_WORD = 2;
const STATE_WORD = 3;
export const FIRST_GROUP_WORD = 4;
export const VERSION_AND_TYPE_WORD = 1;
export const PAYLOAD_START_WORD = 2;
export const PAYLOAD_SIZE_WORD = 3;
/** In doubles, from the group's start. */
export const EXPIRY_DOUBLE = 2;
export const ENDS_AT_DOUBLE = 3;

const GROUP_COUNT_MASK = 0xffff;
const REFERENCED = 1 << 16;
const DEAD = 1 << 17;

export function alignedSize(sizeBytes: number): number {
  return (sizeBytes + 7) & -8;
}

/**
 * A piece of memory that records are appended to. What was written of names and payloads never changes, and a segment
 * that is given up is left to the garbage collector and not used again: so whoever still reads one of its
 * payloads goes on seeing what it was.
 */
export class Segment {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  /** Bytes that are taken, from the start. */
  usedBytes = 0;
  /** Bytes of records that were replaced or dropped. */
  deadBytes = 0;

  constructor(id: number, sizeBytes: number) {
    const buffer = new ArrayBuffer(sizeBytes);
    this.id = id;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }

  get freeBytes(): number {
    return this.bytes.length - this.usedBytes;
  }

  /** @param word index of a record's first word, as everywhere below */
  hashAt(word: number): number {
    return this.words[word] as number;
  }

  sizeAt(word: number): number {
    return this.words[word + SIZE_WORD] as number;
  }

  groupCountAt(word: number): number {
    return (this.words[word + STATE_WORD] as number) & GROUP_COUNT_MASK;
  }

  isReferenced(word: number): boolean {
    return ((this.words[word + STATE_WORD] as number) & REFERENCED) !== 0;
  }

  isDead(word: number): boolean {
    return ((this.words[word + STATE_WORD] as number) & DEAD) !== 0;
  }

  /** Notes that the record was of use, which lets it outlive others. Written once: a write costs more than a look. */
  reference(word: number): void {
    const state = this.words[word + STATE_WORD] as number;
    if ((state & REFERENCED) === 0) this.words[word + STATE_WORD] = state | REFERENCED;
  }

  unreference(word: number): void {
    this.words[word + STATE_WORD] = (this.words[word + STATE_WORD] as number) & ~REFERENCED;
  }

  kill(word: number): void {
    this.words[word + STATE_WORD] = (this.words[word + STATE_WORD] as number) | DEAD;
    this.deadBytes += this.sizeAt(word);
  }

  /** Whether the record is of that name. The name is finished. */
  isNamed(word: number, name: KeyName, wordCount: number): boolean {
    const { words } = this;
    if (words[word + NAME_SIZE_WORD] !== name.sizeBytes) return false;
    const at = word + FIRST_GROUP_WORD + this.groupCountAt(word) * GROUP_WORDS;
    const wanted = name.words;
    for (let i = 0; i < wordCount; i++) if (words[at + i] !== wanted[i]) return false;
    return true;
  }

  /** Begins a record at `usedBytes`. The groups follow, by `writeGroup`. */
  writeHead(hash: number, sizeBytes: number, name: KeyName, groupCount: number): void {
    const { words } = this;
    const word = this.usedBytes >>> 2;
    words[word] = hash;
    words[word + SIZE_WORD] = sizeBytes;
    words[word + NAME_SIZE_WORD] = name.sizeBytes;
    words[word + STATE_WORD] = groupCount;
    const at = word + FIRST_GROUP_WORD + groupCount * GROUP_WORDS;
    const wordCount = name.finish();
    for (let i = 0; i < wordCount; i++) words[at + i] = name.words[i] as number;
  }

  /** @returns whether all groups of the record have ended by their own time */
  hasEnded(word: number, monotonicMs: number): boolean {
    let group = word + FIRST_GROUP_WORD;
    for (let i = this.groupCountAt(word); i > 0; i--) {
      if (monotonicMs < (this.doubles[(group >>> 1) + ENDS_AT_DOUBLE] as number)) return false;
      group += GROUP_WORDS;
    }
    return true;
  }
}
