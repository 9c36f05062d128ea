import { isAscii, isUtf8 } from "node:buffer";
import { ProtoError } from "./errors.ts";

/** Buffer's own decoders: several times cheaper than `toString` for short texts. Not in its types. */
interface NativeText {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
  utf8Write(text: string, offset: number, size: number): number;
}

const native = Buffer.prototype as unknown as NativeText;

/** From this size on, native validation of the whole text is cheaper than a look at each byte. */
const LONG_TEXT_SIZE = 128;

/** @returns the same memory as a Buffer: the input itself if it is one */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether no byte of the range has its high bit set. */
export function isAsciiRange(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start >= LONG_TEXT_SIZE) return isAscii(bytes.subarray(start, end));
  let bits = 0;
  for (let i = start; i < end; i++) bits |= bytes[i] as number;
  return bits < 0x80;
}

/**
 * Reads one string field's text. The text holds no reference to the message.
 *
 * @throws {ProtoError} if the range is not valid UTF-8
 */
export function readText(bytes: Buffer, start: number, end: number): string {
  if (end - start < LONG_TEXT_SIZE && isAsciiRange(bytes, start, end)) {
    return readLatin1(bytes, start, end);
  }
  return readUtf8(bytes, start, end);
}

/** @throws {ProtoError} if the range is not valid UTF-8 */
function readUtf8(bytes: Buffer, start: number, end: number): string {
  if (!isUtf8(bytes.subarray(start, end))) throw new ProtoError("invalid UTF-8 in a string", start);
  return native.utf8Slice.call(bytes, start, end);
}

/** One character for each byte. */
export function readLatin1(bytes: Buffer, start: number, end: number): string {
  return native.latin1Slice.call(bytes, start, end);
}

/** Writes UTF-8; lone surrogates become U+FFFD. @returns bytes written */
export function writeUtf8(bytes: Uint8Array, offset: number, text: string): number {
  return native.utf8Write.call(bytes, text, offset, bytes.length - offset);
}
