import { KafkaDataError } from "../byte-reader.ts";
import { copyWithin } from "./copy-within.ts";

const MAGIC = 0x184d2204;
/** The blocks of a frame are at most this large, by three bits of its header; below 4 there are none. */
const BLOCK_SIZES = [0, 0, 0, 0, 64 << 10, 256 << 10, 1 << 20, 4 << 20];
const HAS_CONTENT_SIZE = 0x08;
const HAS_CONTENT_CHECKSUM = 0x04;
const HAS_BLOCK_CHECKSUM = 0x10;
const HAS_DICTIONARY = 0x01;
const IS_STORED = 0x8000_0000;
const MIN_MATCH = 4;

/**
 * Decompresses one LZ4 frame. Its own checksums are not looked at: the record batch has one over all of it.
 *
 * @throws {KafkaDataError} if the bytes are corrupt or hold more than `maxBytes`
 */
export function decompressLz4(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { flags, blockSize } = frameHeader(bytes, view);
  const checksumSize = (flags & HAS_BLOCK_CHECKSUM) === 0 ? 0 : 4;
  let at = 7 + ((flags & HAS_CONTENT_SIZE) === 0 ? 0 : 8);
  let out: Uint8Array = new Uint8Array(Math.min(maxBytes, blockSize));
  let outAt = 0;
  for (let head = blockHead(view, at); head !== 0; head = blockHead(view, at)) {
    at += 4;
    const size = head % IS_STORED;
    if (size > bytes.length - at) throw corrupt(at);
    out = withRoomFor(out, outAt, Math.min(blockSize, maxBytes - outAt));
    const end = Math.min(out.length, outAt + blockSize);
    outAt =
      head >= IS_STORED
        ? copyBlock(bytes, at, at + size, out, outAt, end)
        : decompressBlock(bytes, at, at + size, out, outAt, end);
    at += size + checksumSize;
  }
  at += (flags & HAS_CONTENT_CHECKSUM) === 0 ? 4 : 8;
  if (at !== bytes.length) throw corrupt(at);
  return out.subarray(0, outAt);
}

function frameHeader(bytes: Uint8Array, view: DataView): { flags: number; blockSize: number } {
  if (bytes.length < 7 || view.getUint32(0, true) !== MAGIC) throw corrupt(0);
  const flags = bytes[4] as number;
  const blockSize = BLOCK_SIZES[((bytes[5] as number) >>> 4) & 7] as number;
  if (flags >>> 6 !== 1 || blockSize === 0 || (flags & HAS_DICTIONARY) !== 0) throw corrupt(4);
  return { flags, blockSize };
}

/** The size of the next block, with a bit for one that is stored as it is; 0 behind the last. */
function blockHead(view: DataView, at: number): number {
  if (at + 4 > view.byteLength) throw corrupt(at);
  return view.getUint32(at, true);
}

function copyBlock(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  outStart: number,
  outEnd: number,
): number {
  if (end - start > outEnd - outStart) throw corrupt(start);
  out.set(bytes.subarray(start, end), outStart);
  return outStart + end - start;
}

/** A block is literals and matches in turn, each pair behind a token with their lengths. @returns where `out` ends now */
function decompressBlock(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  outStart: number,
  outEnd: number,
): number {
  let at = start;
  let outAt = outStart;
  while (at < end) {
    const token = bytes[at++] as number;
    let literals = token >>> 4;
    if (literals === 15) {
      const long = longLength(bytes, at, end);
      literals += long.length;
      at = long.at;
    }
    if (literals > end - at || literals > outEnd - outAt) throw corrupt(at);
    out.set(bytes.subarray(at, at + literals), outAt);
    at += literals;
    outAt += literals;
    if (at === end) return outAt;
    if (at + 2 > end) throw corrupt(at);
    const offset = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    at += 2;
    let count = (token & 15) + MIN_MATCH;
    if ((token & 15) === 15) {
      const long = longLength(bytes, at, end);
      count += long.length;
      at = long.at;
    }
    if (offset === 0 || offset > outAt || count > outEnd - outAt) throw corrupt(at);
    copyWithin(out, outAt, offset, count);
    outAt += count;
  }
  throw corrupt(at);
}

function longLength(bytes: Uint8Array, start: number, end: number): { length: number; at: number } {
  let length = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    length += byte;
    if (byte !== 255) return { length, at: at + 1 };
  }
  throw corrupt(end);
}

function withRoomFor(out: Uint8Array, used: number, more: number): Uint8Array {
  if (used + more <= out.length) return out;
  const larger = new Uint8Array(Math.max(used + more, 2 * used));
  larger.set(out.subarray(0, used));
  return larger;
}

function corrupt(at: number): KafkaDataError {
  return new KafkaDataError(`LZ4 frame is corrupt, or larger than allowed, at byte ${at}`);
}
