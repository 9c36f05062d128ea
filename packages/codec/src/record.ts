import { type Block, NEGATIVE_BLOCK } from "./block.ts";
import { decodeBlock, decompressBlock } from "./block-codec.ts";
import { blockExpiry, decodeBlockHeader } from "./block-header.ts";
import { CodecError, ValueError } from "./errors.ts";
import { isExpired } from "./expiry.ts";
import { readUint16 } from "./float-bits.ts";

/*
 * Record (CSDB, version 1): several groups' blocks of one entity key; little endian.
 *
 *   0         1              3          5
 *   version   group id u16   size u16   block    group id ...
 *
 * Size 0 = negative. Entries end exactly where the record ends.
 */
const RECORD_VERSION = 1;
const VERSION_SIZE_BYTES = 1;
const ENTRY_HEADER_SIZE_BYTES = 4;
const MAX_GROUP_ID = 65_535;

/** Largest block that a record's 16-bit size can hold. */
export const MAX_RECORD_BLOCK_BYTES = 65_535;

export interface RecordEntry {
  /** 0-65535. */
  readonly groupId: number;
  /** Stored block; empty = negative. */
  readonly block: Uint8Array;
}

/** Where one entry's block lies in a record. */
export interface RecordRange {
  readonly groupId: number;
  readonly start: number;
  /** Exclusive; equal to `start` for a negative entry. */
  readonly end: number;
}

/**
 * Encodes a record with the blocks as they are stored: for the distributed cache and the Redis store.
 *
 * @param entries in any order; written by ascending id
 * @throws {ValueError} for no entries, an id outside 0-65535 or given twice, or a block of more than 65535 bytes
 */
export function encodeRecord(entries: readonly RecordEntry[]): Buffer {
  if (entries.length === 0) throw new ValueError("record without entries");
  const sorted = sortEntries(entries);
  let sizeBytes = VERSION_SIZE_BYTES;
  let lastId = -1;
  for (const { groupId, block } of sorted) {
    if (!Number.isInteger(groupId) || groupId < 0 || groupId > MAX_GROUP_ID) {
      throw new ValueError(`feature group id ${groupId} is not in 0-${MAX_GROUP_ID}`);
    }
    if (groupId === lastId) throw new ValueError(`feature group id ${groupId} twice in one record`);
    if (block.length > MAX_RECORD_BLOCK_BYTES) {
      throw new ValueError(
        `block of ${block.length} bytes of feature group ${groupId} exceeds ${MAX_RECORD_BLOCK_BYTES}`,
      );
    }
    lastId = groupId;
    sizeBytes += ENTRY_HEADER_SIZE_BYTES + block.length;
  }
  const record = Buffer.allocUnsafe(sizeBytes);
  record[0] = RECORD_VERSION;
  let offset = VERSION_SIZE_BYTES;
  for (const { groupId, block } of sorted) {
    record[offset] = groupId & 0xff;
    record[offset + 1] = groupId >>> 8;
    record[offset + 2] = block.length & 0xff;
    record[offset + 3] = block.length >>> 8;
    record.set(block, offset + ENTRY_HEADER_SIZE_BYTES);
    offset += ENTRY_HEADER_SIZE_BYTES + block.length;
  }
  return record;
}

/**
 * Encodes a record with the payloads decompressed: for caches in memory. A block whose plain form is too large for a
 * record stays compressed.
 *
 * @param entries stored blocks, of either form
 * @throws {ValueError} as `encodeRecord`: such a record must not be cached
 * @throws {CodecError} if a block does not decompress
 */
export function encodeInMemoryRecord(entries: readonly RecordEntry[]): Buffer {
  return encodeRecord(
    entries.map(({ groupId, block }) => {
      const plain = decompressBlock(block);
      return { groupId, block: plain.length > MAX_RECORD_BLOCK_BYTES ? block : plain };
    }),
  );
}

function sortEntries(entries: readonly RecordEntry[]): readonly RecordEntry[] {
  for (let i = 1; i < entries.length; i++) {
    if ((entries[i] as RecordEntry).groupId < (entries[i - 1] as RecordEntry).groupId) {
      return [...entries].sort((left, right) => left.groupId - right.groupId);
    }
  }
  return entries;
}

/**
 * Lists the entries of a record without opening the blocks.
 *
 * @throws {CodecError} for an empty record, another version, a cut entry or trailing bytes
 */
export function listRecord(record: Uint8Array): RecordRange[] {
  assertVersion(record);
  const ranges: RecordRange[] = [];
  for (let offset = VERSION_SIZE_BYTES; offset < record.length; ) {
    const start = offset + ENTRY_HEADER_SIZE_BYTES;
    const end = entryEnd(record, offset);
    ranges.push({ groupId: readUint16(record, offset), start, end });
    offset = end;
  }
  return ranges;
}

/**
 * Reads a record of a cache. Groups that are not asked for are not opened.
 *
 * @param groupIds may repeat
 * @returns blocks in the order asked, `NEGATIVE_BLOCK` for negative entries; undefined = miss: the record or a group
 *   asked for is corrupt, or the group is not there, or expired
 */
export function readCacheRecord(
  record: Uint8Array,
  groupIds: readonly number[],
  nowMs: number,
): Block[] | undefined {
  try {
    const ranges = findGroups(record, groupIds);
    const blocks = new Array<Block>(groupIds.length);
    for (let i = 0; i < groupIds.length; i++) {
      const start = ranges[i * 2] as number;
      if (start < 0) return undefined;
      const end = ranges[i * 2 + 1] as number;
      const block = decodeBlock(viewOf(record, start, end - start));
      if (block !== NEGATIVE_BLOCK && isExpired(block.expiryAtSeconds, nowMs)) return undefined;
      blocks[i] = block;
    }
    return blocks;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/**
 * Reads a record that is a store's value. The blocks are not opened: they may be expired or corrupt.
 *
 * @returns views of the record, in the order asked; undefined for groups that are negative or not there
 * @throws {CodecError} as `listRecord`
 */
export function readStoreRecord(
  record: Uint8Array,
  groupIds: readonly number[],
): (Uint8Array | undefined)[] {
  const cells = new Array<Uint8Array | undefined>(groupIds.length).fill(undefined);
  placeStoreRecord(record, groupIds, cells, 0);
  return cells;
}

/**
 * As `readStoreRecord`, into cells that are there already: those from `start` on, one for each group. Cells of groups that are
 * negative or not there are set to undefined.
 *
 * @throws {CodecError} as `listRecord`; some of the cells are set then
 */
export function placeStoreRecord(
  record: Uint8Array,
  groupIds: readonly number[],
  cells: unknown[],
  start: number,
): void {
  assertVersion(record);
  cells.fill(undefined, start, start + groupIds.length);
  for (let offset = VERSION_SIZE_BYTES; offset < record.length; ) {
    const end = entryEnd(record, offset);
    const groupId = readUint16(record, offset);
    const blockStart = offset + ENTRY_HEADER_SIZE_BYTES;
    const size = end - blockStart;
    for (let i = 0; i < groupIds.length; i++) {
      if (groupIds[i] !== groupId) continue;
      cells[start + i] = size === 0 ? undefined : viewOf(record, blockStart, size);
    }
    offset = end;
  }
}

/**
 * Reads every group of a store's record, for a write of some of them that must keep the others. Expired blocks are left
 * out; negative entries come as empty blocks. Of each block only the header is read.
 *
 * @returns copies; the last entry of a group that occurs twice
 * @throws {CodecError} as `listRecord`, and for a block without a valid header
 */
export function readLiveStoreEntries(record: Uint8Array, nowMs: number): RecordEntry[] {
  const entries = new Map<number, RecordEntry>();
  for (const { groupId, start, end } of listRecord(record)) {
    const block = copyOf(record, start, end);
    entries.delete(groupId);
    if (block.length > 0) {
      decodeBlockHeader(block);
      if (isExpired(blockExpiry(block), nowMs)) continue;
    }
    entries.set(groupId, { groupId, block });
  }
  return [...entries.values()];
}

/** @returns start and end of each group's last entry, flat; -1 for groups that are not there */
function findGroups(record: Uint8Array, groupIds: readonly number[]): number[] {
  assertVersion(record);
  const ranges = new Array<number>(groupIds.length * 2).fill(-1);
  for (let offset = VERSION_SIZE_BYTES; offset < record.length; ) {
    const end = entryEnd(record, offset);
    const groupId = readUint16(record, offset);
    for (let i = 0; i < groupIds.length; i++) {
      if (groupIds[i] !== groupId) continue;
      ranges[i * 2] = offset + ENTRY_HEADER_SIZE_BYTES;
      ranges[i * 2 + 1] = end;
    }
    offset = end;
  }
  return ranges;
}

function assertVersion(record: Uint8Array): void {
  if (record.length === 0) throw new CodecError("TRUNCATED", "empty record", 0);
  if (record[0] !== RECORD_VERSION) {
    throw new CodecError("UNSUPPORTED", `record of version ${record[0]}`, 0);
  }
}

/** @returns offset after the entry at `offset` */
function entryEnd(record: Uint8Array, offset: number): number {
  const start = offset + ENTRY_HEADER_SIZE_BYTES;
  const end = start <= record.length ? start + readUint16(record, offset + 2) : start;
  if (end > record.length) throw new CodecError("TRUNCATED", "record entry is cut", offset);
  return end;
}

/** As `subarray`, which for a Buffer costs three times as much. */
function viewOf(record: Uint8Array, start: number, sizeBytes: number): Uint8Array {
  return new Uint8Array(record.buffer, record.byteOffset + start, sizeBytes);
}

function copyOf(record: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  copy.set(record.subarray(start, end));
  return copy;
}
