const WORD_BYTES = 4;
const INITIAL_CAPACITY_BYTES = 256;
/** A longer key's room is given back before the next one. */
const KEPT_CAPACITY_BYTES = 64 * 1024;
/** UTF-8 of one UTF-16 unit, at most. */
const BYTES_PER_UNIT_MAX = 3;

/**
 * Name of one key (`<entity>:<k1>|<k2>`) in UTF-8: one after another is put together in the same memory, so that looking
 * a key up makes no string. Read as words, with zeros behind the last byte.
 */
export class KeyName {
  /** A multiple of four bytes; valid until the name changes. */
  words: Int32Array = new Int32Array(0);
  bytes: Buffer = Buffer.alloc(0);
  sizeBytes = 0;
  #entityLabel: string | undefined = undefined;
  #prefixSize = 0;

  constructor() {
    this.#allocate(INITIAL_CAPACITY_BYTES);
  }

  setText(text: string): void {
    this.#entityLabel = undefined;
    this.#shrink();
    this.sizeBytes = 0;
    this.#appendText(text);
  }

  /** Begins a name with `<entity>:`; the key's values follow. */
  startEntity(label: string): void {
    this.#shrink();
    if (this.#entityLabel !== label) {
      this.sizeBytes = 0;
      this.#appendText(`${label}:`);
      this.#entityLabel = label;
      this.#prefixSize = this.sizeBytes;
    }
    this.sizeBytes = this.#prefixSize;
  }

  append(source: Uint8Array, start: number, end: number): void {
    let at = this.sizeBytes;
    if (at + end - start > this.bytes.length) this.#grow(at + end - start);
    const { bytes } = this;
    for (let i = start; i < end; i++) bytes[at++] = source[i] as number;
    this.sizeBytes = at;
  }

  appendByte(byte: number): void {
    if (this.sizeBytes === this.bytes.length) this.#grow(this.sizeBytes + 1);
    this.bytes[this.sizeBytes++] = byte;
  }

  /** Makes `words` fit to be read. @returns how many there are */
  finish(): number {
    const { bytes, sizeBytes } = this;
    const end = (sizeBytes + WORD_BYTES - 1) & -WORD_BYTES;
    for (let i = sizeBytes; i < end; i++) bytes[i] = 0;
    return end / WORD_BYTES;
  }

  #appendText(text: string): void {
    const most = this.sizeBytes + text.length * BYTES_PER_UNIT_MAX;
    if (most > this.bytes.length) this.#grow(most);
    const { bytes } = this;
    const start = this.sizeBytes;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) {
        this.sizeBytes = start + bytes.write(text, start, "utf8");
        return;
      }
      bytes[start + i] = unit;
    }
    this.sizeBytes = start + text.length;
  }

  #grow(neededBytes: number): void {
    const held = this.bytes.subarray(0, this.sizeBytes);
    this.#allocate(Math.max(neededBytes, held.length * 2));
    this.bytes.set(held);
  }

  #shrink(): void {
    if (this.bytes.length <= KEPT_CAPACITY_BYTES) return;
    this.#allocate(INITIAL_CAPACITY_BYTES);
    this.#entityLabel = undefined;
  }

  #allocate(capacityBytes: number): void {
    this.words = new Int32Array(Math.ceil(capacityBytes / WORD_BYTES));
    this.bytes = Buffer.from(this.words.buffer);
  }
}

/** Of a name's words. @returns 32 bits, of either sign */
export type NameHash = (
  words: Int32Array,
  wordCount: number,
  sizeBytes: number,
  seed: number,
) => number;

const MIX_1 = 0xcc9e2d51 | 0;
const MIX_2 = 0x1b873593 | 0;
const STEP = 0xe6546b64 | 0;
const FINISH_1 = 0x85ebca6b | 0;
const FINISH_2 = 0xc2b2ae35 | 0;

/**
 * MurmurHash3 (32 bits; Austin Appleby, public domain) from a secret seed. It spreads keys; that nobody gains by keys that
 * meet in spite of the seed is the index's doing, which looks at a few places only.
 */
export function hashName(
  words: Int32Array,
  wordCount: number,
  sizeBytes: number,
  seed: number,
): number {
  let hash = seed;
  for (let i = 0; i < wordCount; i++) {
    let word = Math.imul(words[i] as number, MIX_1);
    word = Math.imul((word << 15) | (word >>> 17), MIX_2);
    hash ^= word;
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + STEP) | 0;
  }
  hash ^= sizeBytes;
  hash = Math.imul(hash ^ (hash >>> 16), FINISH_1);
  hash = Math.imul(hash ^ (hash >>> 13), FINISH_2);
  return hash ^ (hash >>> 16);
}
