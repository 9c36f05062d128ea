import { crc32 } from "node:zlib";
import type { RecordHeader } from "../record.ts";

/*
 * A segment is a header and frames without gaps between them. Little-endian throughout.
 *
 *   segment header    0  u32  magic "OFSL"
 *                     4  u32  format version, 1
 *                     8  u32  seed: a random number, where the checksums of this segment's frames start
 *                    12  u32  CRC-32 of the bytes before
 *
 *   frame             0  u32  CRC-32, started at the seed, of everything after it
 *                     4  u32  size of what follows (from byte 8)
 *                     8  u8   kind: 1 record, 2 footer
 *
 *   record            9  u8   bit 0: has a key, bit 1: has a value
 *                    10  u16  number of headers
 *                    12  u64  offset
 *                    20  u32  offset - offset of the first record of its batch (what was synced at once)
 *                    24  u64  time, Unix milliseconds
 *                    32  u32  size of the key
 *                    36  u32  size of the value
 *                    40       key, value, headers: u16 size of the name, u32 size of the value, name (UTF-8), value
 *
 * CRC-32 and not CRC-32C: Node computes it with the processor's own instructions (3 GB/s), CRC-32C would be
 * JavaScript or a native add-on, and against the errors of disks they are equally good. The seed is what makes a
 * frame this segment's: bytes inside a value cannot pass for one.
 */

export const SEGMENT_HEADER_BYTES = 16;
const MAGIC = 0x4c53464f;
const VERSION = 1;

const CHECKED_FROM = 4;
/** Of checksum and size. */
export const FRAME_PREFIX_BYTES = 8;
const KIND_AT = 8;
export const KIND_RECORD = 1;
export const KIND_FOOTER = 2;
const FLAGS_AT = 9;
const HAS_KEY = 1;
const HAS_VALUE = 2;
const HEADER_COUNT_AT = 10;
const OFFSET_AT = 12;
const BATCH_INDEX_AT = 20;
const TIME_AT = 24;
const KEY_SIZE_AT = 32;
const VALUE_SIZE_AT = 36;
/** Of a record without key, value and headers. */
export const RECORD_HEAD_BYTES = 40;
const HEADER_HEAD_BYTES = 6;
/** The largest that is believed; records are limited to much less. */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;
export const MAX_HEADERS = 0xffff;
export const MAX_HEADER_NAME_BYTES = 0xffff;

const WORD = 2 ** 32;
const NONE = new Uint8Array(0);

/** What a partition keeps of a record. */
export interface LogRecord {
  readonly key: Uint8Array | undefined;
  readonly value: Uint8Array | undefined;
  readonly headers: readonly RecordHeader[];
  /** Unix milliseconds. */
  readonly timestampMs: number;
}

export interface OffsetRecord extends LogRecord {
  readonly offset: number;
}

export function encodeSegmentHeader(seed: number): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt32LE(VERSION, 4);
  bytes.writeUInt32LE(seed, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 12)), 12);
  return bytes;
}

/** @returns the seed; undefined if the bytes are no header of a version that is understood */
export function decodeSegmentHeader(bytes: Buffer): number | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES) return undefined;
  if (bytes.readUInt32LE(0) !== MAGIC || bytes.readUInt32LE(4) !== VERSION) return undefined;
  if (bytes.readUInt32LE(12) !== crc32(bytes.subarray(0, 12))) return undefined;
  return bytes.readUInt32LE(8);
}

/** Bytes of key, value and headers, as limits count them. */
export function contentBytes({
  key,
  value,
  headers,
}: Pick<LogRecord, "key" | "value" | "headers">): number {
  let sizeBytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, content] of headers) sizeBytes += Buffer.byteLength(name) + content.length;
  return sizeBytes;
}

/** @returns the size of its frame */
export function frameBytes(record: LogRecord): number {
  return RECORD_HEAD_BYTES + record.headers.length * HEADER_HEAD_BYTES + contentBytes(record);
}

/**
 * Writes a record's frame.
 *
 * @param batchIndex place of the record in its batch, from 0
 * @returns one past its last byte
 */
export function encodeFrame(
  bytes: Buffer,
  at: number,
  record: LogRecord,
  offset: number,
  batchIndex: number,
  seed: number,
): number {
  const key = record.key ?? NONE;
  const value = record.value ?? NONE;
  const flags =
    (record.key === undefined ? 0 : HAS_KEY) | (record.value === undefined ? 0 : HAS_VALUE);
  bytes[at + KIND_AT] = KIND_RECORD;
  bytes[at + FLAGS_AT] = flags;
  bytes.writeUInt16LE(record.headers.length, at + HEADER_COUNT_AT);
  writeUint64(bytes, offset, at + OFFSET_AT);
  bytes.writeUInt32LE(batchIndex, at + BATCH_INDEX_AT);
  writeUint64(bytes, record.timestampMs, at + TIME_AT);
  bytes.writeUInt32LE(key.length, at + KEY_SIZE_AT);
  bytes.writeUInt32LE(value.length, at + VALUE_SIZE_AT);
  let end = at + RECORD_HEAD_BYTES;
  bytes.set(key, end);
  end += key.length;
  bytes.set(value, end);
  end += value.length;
  for (const [name, content] of record.headers) {
    const nameSize = bytes.write(name, end + HEADER_HEAD_BYTES);
    bytes.writeUInt16LE(nameSize, end);
    bytes.writeUInt32LE(content.length, end + 2);
    end += HEADER_HEAD_BYTES + nameSize;
    bytes.set(content, end);
    end += content.length;
  }
  sealFrame(bytes, at, end, seed);
  return end;
}

/** Writes size and checksum of a frame whose content is there. */
export function sealFrame(bytes: Buffer, at: number, end: number, seed: number): void {
  bytes.writeUInt32LE(end - at - FRAME_PREFIX_BYTES, at + CHECKED_FROM);
  bytes.writeUInt32LE(crc32(bytes.subarray(at + CHECKED_FROM, end), seed), at);
}

/**
 * @param at with at least `FRAME_PREFIX_BYTES` behind it
 * @returns size of the frame with its prefix, as it says itself; undefined if no frame has that size
 */
export function frameSizeAt(bytes: Buffer, at: number): number | undefined {
  const sizeBytes = bytes.readUInt32LE(at + CHECKED_FROM) + FRAME_PREFIX_BYTES;
  return sizeBytes > FRAME_PREFIX_BYTES && sizeBytes <= MAX_FRAME_BYTES ? sizeBytes : undefined;
}

/** @param end one past the frame, which is in `bytes` in full */
export function isIntact(bytes: Buffer, at: number, end: number, seed: number): boolean {
  return bytes.readUInt32LE(at) === crc32(bytes.subarray(at + CHECKED_FROM, end), seed);
}

export function frameKind(bytes: Buffer, at: number): number {
  return bytes[at + KIND_AT] as number;
}

/** @returns offset of a record's frame; undefined if it is none, or holds none that is possible */
export function frameOffset(bytes: Buffer, at: number, end: number): number | undefined {
  if (end - at < RECORD_HEAD_BYTES || frameKind(bytes, at) !== KIND_RECORD) return undefined;
  const offset = readUint64(bytes, at + OFFSET_AT);
  return Number.isSafeInteger(offset) ? offset : undefined;
}

/** @returns offset of the first record of the batch of a record's frame */
export function frameBatchOffset(bytes: Buffer, at: number): number {
  return readUint64(bytes, at + OFFSET_AT) - bytes.readUInt32LE(at + BATCH_INDEX_AT);
}

/**
 * Reads a record from an intact frame. Its bytes are a copy.
 *
 * @returns undefined if sizes inside do not add up, which no frame written here does
 */
export function decodeFrame(bytes: Buffer, at: number, end: number): OffsetRecord | undefined {
  const flags = bytes[at + FLAGS_AT] as number;
  const keySize = bytes.readUInt32LE(at + KEY_SIZE_AT);
  const valueSize = bytes.readUInt32LE(at + VALUE_SIZE_AT);
  const headerCount = bytes.readUInt16LE(at + HEADER_COUNT_AT);
  if (at + RECORD_HEAD_BYTES + keySize + valueSize > end) return undefined;
  const content = Buffer.from(bytes.subarray(at + RECORD_HEAD_BYTES, end));
  const headers = decodeHeaders(content, keySize + valueSize, headerCount);
  if (headers === undefined) return undefined;
  return {
    offset: readUint64(bytes, at + OFFSET_AT),
    key: (flags & HAS_KEY) === 0 ? undefined : content.subarray(0, keySize),
    value: (flags & HAS_VALUE) === 0 ? undefined : content.subarray(keySize, keySize + valueSize),
    headers,
    timestampMs: readUint64(bytes, at + TIME_AT),
  };
}

function decodeHeaders(content: Buffer, from: number, count: number): RecordHeader[] | undefined {
  const headers: RecordHeader[] = [];
  let at = from;
  for (let index = 0; index < count; index++) {
    const nameAt = at + HEADER_HEAD_BYTES;
    if (nameAt > content.length) return undefined;
    const valueAt = nameAt + content.readUInt16LE(at);
    const end = valueAt + content.readUInt32LE(at + 2);
    if (end > content.length) return undefined;
    headers.push([content.toString("utf8", nameAt, valueAt), content.subarray(valueAt, end)]);
    at = end;
  }
  return at === content.length ? headers : undefined;
}

function writeUint64(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32LE(value % WORD, at);
  bytes.writeUInt32LE(Math.floor(value / WORD), at + 4);
}

function readUint64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * WORD;
}
