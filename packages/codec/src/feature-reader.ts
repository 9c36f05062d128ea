import { copyBytes } from "./copy-bytes.ts";
import { CodecError } from "./errors.ts";
import type { FeatureLayout } from "./feature-layout.ts";
import { readUint16 } from "./float-bits.ts";

/** Ways in which features lie in a payload. */
const FIXED = 0;
const BOOL = 1;
const STRING = 2;
const STRING_VECTOR = 3;

/**
 * Reads features of one payload after another, in the bytes that clients get: numbers little endian, one byte 00/01 a
 * bool, strings without a prefix, string vectors as u16 lengths followed by the bytes.
 *
 * Reuse one reader: nothing is allocated per feature (but for a view per copy of more than a few dozen bytes), and the
 * offsets of strings are found once per `open`. It holds the payload until the next `open`.
 */
export class FeatureReader {
  #mode = FIXED;
  #layout: FeatureLayout | undefined;
  /** What the payload lies in, from `#base` on. */
  #bytes: Uint8Array = new Uint8Array(0);
  #base = 0;
  #payloadSize = 0;
  #featureCount = 0;
  /** The layout's `byteStarts` for fixed-width types, else its `elementStarts`. */
  #starts: Int32Array = new Int32Array(1);
  /** Strings only: byte offset of each string in the payload, and the end of the last. */
  #stringStarts: Int32Array = new Int32Array(0);
  /** Strings only: how many of them lie within the payload. */
  #stringCount = 0;

  /**
   * @param bytes where the payload lies: plain, `sizeBytes` bytes from `start` on, perhaps fewer than the layout says
   */
  open(
    layout: FeatureLayout,
    bytes: Uint8Array,
    start = 0,
    sizeBytes: number = bytes.length,
  ): void {
    if (layout !== this.#layout) this.#useLayout(layout);
    this.#bytes = bytes;
    this.#base = start;
    this.#payloadSize = sizeBytes;
    if (this.#mode >= STRING) this.#indexStrings(layout.elementCount);
  }

  #useLayout(layout: FeatureLayout): void {
    const { dataType } = layout;
    if (dataType.kind === "string") this.#mode = dataType.isVector ? STRING_VECTOR : STRING;
    else this.#mode = dataType.kind === "bool" ? BOOL : FIXED;
    this.#starts = this.#mode === FIXED ? layout.byteStarts : layout.elementStarts;
    this.#featureCount = layout.featureCount;
    this.#layout = layout;
    if (this.#mode >= STRING && this.#stringStarts.length <= layout.elementCount) {
      this.#stringStarts = new Int32Array(layout.elementCount + 1);
    }
  }

  #indexStrings(count: number): void {
    const bytes = this.#bytes;
    const base = this.#base;
    const size = this.#payloadSize;
    const starts = this.#stringStarts;
    let offset = count * 2;
    let index = 0;
    starts[0] = offset;
    if (offset <= size) {
      for (; index < count; index++) {
        offset += readUint16(bytes, base + index * 2);
        if (offset > size) break;
        starts[index + 1] = offset;
      }
    }
    this.#stringCount = index;
  }

  /** @returns how many bytes `copy` will write for the feature; -1 if the payload is too short for it */
  size(position: number): number {
    if (!(position >= 0 && position < this.#featureCount)) return -1;
    const start = this.#starts[position] as number;
    const end = this.#starts[position + 1] as number;
    if (start === end) return 0;
    switch (this.#mode) {
      case FIXED:
        return end <= this.#payloadSize ? end - start : -1;
      case BOOL:
        return end <= this.#payloadSize * 8 ? end - start : -1;
      default: {
        if (end > this.#stringCount) return -1;
        const lengths = this.#mode === STRING_VECTOR ? (end - start) * 2 : 0;
        return (
          lengths + (this.#stringStarts[end] as number) - (this.#stringStarts[start] as number)
        );
      }
    }
  }

  /**
   * Writes the feature's bytes. Call `size` first: it must not be -1, and `out` must have room.
   *
   * @returns offset after the last byte written
   */
  copy(position: number, out: Uint8Array, offset: number): number {
    const start = this.#starts[position] as number;
    const end = this.#starts[position + 1] as number;
    switch (this.#mode) {
      case FIXED:
        return this.#copyBytes(start, end, out, offset);
      case BOOL:
        return this.#copyBits(start, end, out, offset);
      case STRING:
        return this.#copyBytes(
          this.#stringStarts[start] as number,
          this.#stringStarts[end] as number,
          out,
          offset,
        );
      default: {
        if (start === end) return offset;
        const next = this.#copyBytes(start * 2, end * 2, out, offset);
        return this.#copyBytes(
          this.#stringStarts[start] as number,
          this.#stringStarts[end] as number,
          out,
          next,
        );
      }
    }
  }

  #copyBytes(start: number, end: number, out: Uint8Array, offset: number): number {
    const size = end - start;
    if (size === 4) {
      // The most common size: without the call it takes two thirds of the time.
      const bytes = this.#bytes;
      const from = this.#base + start;
      out[offset] = bytes[from] as number;
      out[offset + 1] = bytes[from + 1] as number;
      out[offset + 2] = bytes[from + 2] as number;
      out[offset + 3] = bytes[from + 3] as number;
    } else {
      copyBytes(this.#bytes, this.#base + start, size, out, offset);
    }
    return offset + size;
  }

  #copyBits(start: number, end: number, out: Uint8Array, offset: number): number {
    const bytes = this.#bytes;
    const base = this.#base;
    let next = offset;
    for (let bit = start; bit < end; bit++) {
      out[next++] = ((bytes[base + (bit >>> 3)] as number) >>> (7 - (bit & 7))) & 1;
    }
    return next;
  }
}

/**
 * Reads one feature, in the bytes that clients get.
 *
 * @throws {CodecError} TRUNCATED if the payload is too short for it
 */
export function readFeature(
  layout: FeatureLayout,
  payload: Uint8Array,
  position: number,
): Uint8Array {
  const reader = new FeatureReader();
  reader.open(layout, payload);
  const size = reader.size(position);
  if (size < 0) {
    const message = `payload of ${payload.length} bytes ends before feature ${position} of ${layout.dataType.name}`;
    throw new CodecError("TRUNCATED", message, payload.length);
  }
  const bytes = new Uint8Array(size);
  reader.copy(position, bytes, 0);
  return bytes;
}
