import { writeUtf8 } from "./text.ts";

/** From this length on, the native size and write functions are cheaper than a look at each character. */
const LONG_TEXT_LENGTH = 24;

/** @param value 0 to 2^32 - 1 @returns 1 to 5 */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

/**
 * Writes a varint. The caller has made room: `varintSize(value)` bytes.
 *
 * @param value 0 to 2^32 - 1
 * @returns the offset after it
 */
export function writeVarint(out: Uint8Array, offset: number, value: number): number {
  let rest = value;
  let at = offset;
  while (rest > 0x7f) {
    out[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  out[at++] = rest;
  return at;
}

/** @returns size of the text in UTF-8 bytes, without a length prefix; a lone surrogate takes three */
export function stringSize(text: string): number {
  const length = text.length;
  if (length > LONG_TEXT_LENGTH) return Buffer.byteLength(text);
  for (let i = 0; i < length; i++) {
    if (text.charCodeAt(i) > 0x7f) return Buffer.byteLength(text);
  }
  return length;
}

/**
 * Writes a text in UTF-8, without a length prefix. The caller has made room: `stringSize(text)` bytes.
 *
 * @returns the offset after it
 */
export function writeString(out: Uint8Array, offset: number, text: string): number {
  const length = text.length;
  if (length > LONG_TEXT_LENGTH) return offset + writeUtf8(out, offset, text);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return offset + writeUtf8(out, offset, text);
    out[offset + i] = code;
  }
  return offset + length;
}

/** @returns size of a whole field with a one-byte tag: tag, length prefix, `size` bytes */
export function fieldSize(size: number): number {
  return 1 + varintSize(size) + size;
}

/**
 * Writes a string field: tag, length prefix, text.
 *
 * @param tag of one byte
 * @param size `stringSize(text)`
 * @returns the offset after it
 */
export function writeStringField(
  out: Uint8Array,
  offset: number,
  tag: number,
  text: string,
  size: number,
): number {
  out[offset] = tag;
  return writeString(out, writeVarint(out, offset + 1, size), text);
}

/** Writes the tag and the length prefix of a field. @returns the offset after it, where its bytes go */
export function writeFieldHead(out: Uint8Array, offset: number, tag: number, size: number): number {
  out[offset] = tag;
  return writeVarint(out, offset + 1, size);
}
