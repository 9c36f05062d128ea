/** Longer content is not looked at: a look at each byte is no longer much cheaper than zstd. */
const MAX_GUESSED_BYTES = 1024;

/** Headers of frame, block, literals and sequences. */
const FRAME_BYTES = 13;

/** Shortest match at level 3, and what telling of one takes at least. */
const MATCH_BYTES = 4;
const MATCH_COST_BYTES = 1;

/** What telling of one byte value's code takes at least; of many values less, because their codes are as long. */
const CODE_BYTES = 0.5;
const CODE_BYTES_OF_MANY = 0.3;
const MANY_FROM_BYTES = 256;

/** Places for words that were seen, a power of two. */
const PLACE_COUNT = 1024;
const PLACE_SHIFT = 32 - Math.log2(PLACE_COUNT);
const HASH_FACTOR = 0x9e3779b1;

/**
 * Guesses whether zstd would make content short enough, at a tenth of what finding out costs: most blocks of floats have
 * little to gain. It counts bytes and repeated words and takes every cost at its least, so that it errs towards trying. What it
 * passes over would have been shorter than asked for by a few bytes at most.
 */
export class Compressibility {
  readonly #counts = new Uint16Array(256);
  /** Those that occur. */
  readonly #values = new Uint8Array(256);
  /** `n log2 n` */
  readonly #logs = new Float64Array(MAX_GUESSED_BYTES + 1);
  readonly #words = new Int32Array(PLACE_COUNT);
  /** In which call a place was filled. */
  readonly #calls = new Uint32Array(PLACE_COUNT);
  #call = 0;

  constructor() {
    for (let n = 1; n <= MAX_GUESSED_BYTES; n++) this.#logs[n] = n * Math.log2(n);
  }

  /**
   * @param maxSizeBytes of the frame
   * @returns false only if compressing is not worth a try
   */
  isPossible(content: Uint8Array, maxSizeBytes: number): boolean {
    const size = content.length;
    if (size > MAX_GUESSED_BYTES) return true;
    const literalBytes = Math.min(size, this.#codedBytes(content));
    return literalBytes - this.#matchedBytes(content) + FRAME_BYTES <= maxSizeBytes;
  }

  /**
   * What the bytes take at least if each value gets a code of its own length, with the codes. Looks at the values that occur
   * only, for blocks are short; leaves all counts zero.
   */
  #codedBytes(content: Uint8Array): number {
    const counts = this.#counts;
    const values = this.#values;
    let valueCount = 0;
    for (let i = 0; i < content.length; i++) {
      const value = content[i] as number;
      const count = counts[value] as number;
      if (count === 0) values[valueCount++] = value;
      counts[value] = count + 1;
    }
    let bits = this.#logs[content.length] as number;
    for (let i = 0; i < valueCount; i++) {
      const value = values[i] as number;
      bits -= this.#logs[counts[value] as number] as number;
      counts[value] = 0;
    }
    const codeBytes = content.length < MANY_FROM_BYTES ? CODE_BYTES : CODE_BYTES_OF_MANY;
    return bits / 8 + valueCount * codeBytes;
  }

  /** What matches with earlier bytes save at most. */
  #matchedBytes(content: Uint8Array): number {
    this.#call = (this.#call + 1) >>> 0;
    let saved = 0;
    let isInMatch = false;
    let word = 0;
    for (let i = 0; i < content.length; i++) {
      word = (word >>> 8) | ((content[i] as number) << 24);
      if (i < MATCH_BYTES - 1) continue;
      const isSeen = this.#meet(word);
      if (isSeen) saved += isInMatch ? 1 : MATCH_BYTES - MATCH_COST_BYTES;
      isInMatch = isSeen;
    }
    return saved;
  }

  /** @returns whether the word was met before in this call, as far as there was a place to remember it */
  #meet(word: number): boolean {
    const place = Math.imul(word, HASH_FACTOR) >>> PLACE_SHIFT;
    const isSeen = this.#calls[place] === this.#call && this.#words[place] === word;
    this.#calls[place] = this.#call;
    this.#words[place] = word;
    return isSeen;
  }
}
