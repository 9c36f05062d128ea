import { KafkaDataError } from "../byte-reader.ts";
import { copyWithin } from "./copy-within.ts";

/** What Java's producers put before their blocks: `82 "SNAPPY" 00`, then two version numbers of four bytes. */
const JAVA_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const JAVA_HEADER_BYTES = 16;

/**
 * Decompresses one snappy block, or the sequence of blocks with lengths that Java's library writes.
 *
 * @throws {KafkaDataError} if the bytes are corrupt or hold more than `maxBytes`
 */
export function decompressSnappy(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const isJava =
    bytes.length >= JAVA_HEADER_BYTES && JAVA_MAGIC.every((byte, index) => bytes[index] === byte);
  if (!isJava) return decompressBlock(bytes, maxBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const blocks: Uint8Array[] = [];
  let sizeBytes = 0;
  let at = JAVA_HEADER_BYTES;
  while (at < bytes.length) {
    const length = at + 4 <= bytes.length ? view.getUint32(at) : bytes.length;
    if (length > bytes.length - at - 4) throw corrupt(at);
    const block = decompressBlock(bytes.subarray(at + 4, at + 4 + length), maxBytes - sizeBytes);
    sizeBytes += block.length;
    blocks.push(block);
    at += 4 + length;
  }
  return blocks.length === 1 ? (blocks[0] as Uint8Array) : Buffer.concat(blocks, sizeBytes);
}

/**
 * A block is its content's length (varint) and then elements: a tag byte whose lowest two bits say literal (0) or copy
 * with an offset of one and a bit (1), two (2) or four (3) bytes.
 */
function decompressBlock(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const { length, size } = contentLength(bytes);
  if (length > maxBytes) {
    throw new KafkaDataError(`snappy content is larger than ${maxBytes} bytes`);
  }
  const block: Block = { bytes, at: size, out: new Uint8Array(length), outAt: 0 };
  while (block.at < bytes.length) {
    const tag = bytes[block.at++] as number;
    if ((tag & 3) === 0) copyLiteral(block, tag >>> 2);
    else copyEarlier(block, tag);
  }
  if (block.outAt !== length) throw corrupt(block.at);
  return block.out;
}

interface Block {
  readonly bytes: Uint8Array;
  at: number;
  readonly out: Uint8Array;
  outAt: number;
}

/** @param size the length less one, or from 60 on how many bytes hold it */
function copyLiteral(block: Block, size: number): void {
  const { bytes, out, outAt } = block;
  const extra = Math.max(0, size - 59);
  const count = (extra === 0 ? size : littleEndian(bytes, block.at, extra)) + 1;
  const start = block.at + extra;
  if (count > bytes.length - start || count > out.length - outAt) throw corrupt(block.at);
  out.set(bytes.subarray(start, start + count), outAt);
  block.at = start + count;
  block.outAt += count;
}

function copyEarlier(block: Block, tag: number): void {
  const { bytes, out, outAt } = block;
  const isShort = (tag & 3) === 1;
  const offsetSize = (tag & 3) === 3 ? 4 : tag & 3;
  const count = isShort ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
  const high = isShort ? (tag >>> 5) << 8 : 0;
  const offset = littleEndian(bytes, block.at, offsetSize) + high;
  if (offset === 0 || offset > outAt || count > out.length - outAt) throw corrupt(block.at);
  copyWithin(out, outAt, offset, count);
  block.at += offsetSize;
  block.outAt += count;
}

function contentLength(bytes: Uint8Array): { length: number; size: number } {
  let length = 0;
  for (let index = 0; index < Math.min(5, bytes.length); index++) {
    const byte = bytes[index] as number;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { length, size: index + 1 };
  }
  throw corrupt(0);
}

function littleEndian(bytes: Uint8Array, at: number, size: number): number {
  if (at + size > bytes.length) throw corrupt(at);
  let value = 0;
  for (let index = size - 1; index >= 0; index--) {
    value = value * 256 + (bytes[at + index] as number);
  }
  return value;
}

function corrupt(at: number): KafkaDataError {
  return new KafkaDataError(`snappy block is corrupt at byte ${at}`);
}
