import { CodecError, copyBytes } from "@ofs/codec";
import type { BlockSlab } from "./block-slab.ts";

/*
 * One row as stored: the blocks of all its groups, each with its write time. Numbers are little endian.
 *
 *   offset  size
 *   0       1     record format: 1
 *   1       1     flags; bit 0: the full key follows
 *   2       2     number of groups, n
 *   4       4 + k with bit 0: length of the full key, k, and the key
 *           18 n  groups by ascending id: id (2), write time in microseconds (8), block offset (4) and
 *                 length (4); the offset counts from the start of the record
 *           ...   blocks
 */
const RECORD_FORMAT = 1;
const FLAG_FULL_KEY = 1;
const HEADER_SIZE = 4;
const LENGTH_SIZE = 4;
const ENTRY_SIZE = 18;

const ENTRY_TIME = 2;
const ENTRY_BLOCK_OFFSET = 10;
const ENTRY_BLOCK_LENGTH = 14;

const TWO_TO_32 = 4_294_967_296;

/** What a record costs beside its blocks, in bytes. */
export function recordOverheadBytes(groupCount: number, keySize: number): number {
  return HEADER_SIZE + LENGTH_SIZE + keySize + groupCount * ENTRY_SIZE;
}

/** Blocks to store for one row: arrays of one length, by group. */
export interface RowChange {
  readonly groupIds: readonly number[];
  readonly blocks: readonly Uint8Array[];
  readonly writeTimeMicros: number;
}

/**
 * Reads one stored row, without copying it.
 *
 * @throws {CodecError} from any method, if the bytes are no record
 */
export class RowRecord {
  readonly #bytes: Uint8Array;
  readonly #size: number;
  readonly #entriesOffset: number;
  readonly groupCount: number;

  /** @param size of the record; `bytes` may be longer */
  constructor(bytes: Uint8Array, size: number) {
    this.#bytes = bytes;
    this.#size = size;
    if (size < HEADER_SIZE) throw new CodecError("TRUNCATED", `record of ${size} bytes`, size);
    if (bytes[0] !== RECORD_FORMAT) {
      throw new CodecError("UNSUPPORTED", `record format ${bytes[0]}, not ${RECORD_FORMAT}`, 0);
    }
    this.groupCount = readUint16(bytes, 2);
    this.#entriesOffset = HEADER_SIZE + this.#keyFieldSize();
    const end = this.#entriesOffset + this.groupCount * ENTRY_SIZE;
    if (end > size) throw new CodecError("TRUNCATED", `record of ${size} bytes, not ${end}`, size);
  }

  /** The key that the record is of, where the database key is only a hash. */
  fullKey(): Uint8Array | undefined {
    if (!this.#hasFullKey()) return undefined;
    return this.#bytes.subarray(HEADER_SIZE + LENGTH_SIZE, this.#entriesOffset);
  }

  /**
   * @param expected what {@link fullKey} must be
   * @throws {CodecError} CORRUPT if the record is of another key
   */
  assertKey(expected: Uint8Array | undefined): void {
    const found = this.fullKey();
    if (found === expected) return;
    if (found !== undefined && expected !== undefined && Buffer.compare(found, expected) === 0)
      return;
    throw new CodecError("CORRUPT", "record of another key", HEADER_SIZE);
  }

  /** @returns -1 if the row has no such group */
  indexOf(groupId: number): number {
    for (let index = 0; index < this.groupCount; index++) {
      if (readUint16(this.#bytes, this.#entryOffset(index)) === groupId) return index;
    }
    return -1;
  }

  groupId(index: number): number {
    return readUint16(this.#bytes, this.#entryOffset(index));
  }

  writeTimeMicros(index: number): number {
    const offset = this.#entryOffset(index) + ENTRY_TIME;
    return readUint32(this.#bytes, offset) + readUint32(this.#bytes, offset + 4) * TWO_TO_32;
  }

  blockSize(index: number): number {
    return readUint32(this.#bytes, this.#entryOffset(index) + ENTRY_BLOCK_LENGTH);
  }

  /** The block's bytes, as a view of the record. */
  block(index: number): Uint8Array {
    const start = this.#blockStart(index);
    return this.#bytes.subarray(start, start + this.blockSize(index));
  }

  /** The block's bytes, to stay. */
  copyBlock(index: number, slab: BlockSlab): Uint8Array {
    const start = this.#blockStart(index);
    const copy = slab.take(this.blockSize(index));
    copyBytes(this.#bytes, start, copy.length, copy, 0);
    return copy;
  }

  #blockStart(index: number): number {
    const start = readUint32(this.#bytes, this.#entryOffset(index) + ENTRY_BLOCK_OFFSET);
    const end = start + this.blockSize(index);
    if (end > this.#size) {
      throw new CodecError("TRUNCATED", `record of ${this.#size} bytes, block to ${end}`, start);
    }
    return start;
  }

  #entryOffset(index: number): number {
    return this.#entriesOffset + index * ENTRY_SIZE;
  }

  #hasFullKey(): boolean {
    return ((this.#bytes[1] as number) & FLAG_FULL_KEY) !== 0;
  }

  #keyFieldSize(): number {
    if (!this.#hasFullKey()) return 0;
    if (this.#size < HEADER_SIZE + LENGTH_SIZE) {
      throw new CodecError("TRUNCATED", `record of ${this.#size} bytes`, this.#size);
    }
    return LENGTH_SIZE + readUint32(this.#bytes, HEADER_SIZE);
  }
}

interface Entry {
  readonly groupId: number;
  readonly writeTimeMicros: number;
  readonly block: Uint8Array;
}

/**
 * Puts a change into a row: a group's block is replaced if the change is as new or newer; other groups stay. Of an empty
 * block, which deletes, and another of the same time the empty one stays.
 *
 * @param fullKey as {@link RowRecord.fullKey}
 * @returns the new record, or undefined if nothing changes
 */
export function mergeRecord(
  existing: RowRecord | undefined,
  change: RowChange,
  fullKey: Uint8Array | undefined,
): Buffer | undefined {
  const entries = new Map<number, Entry>();
  for (let index = 0; index < (existing?.groupCount ?? 0); index++) {
    const entry = entryOf(existing as RowRecord, index);
    entries.set(entry.groupId, entry);
  }
  let isChanged = false;
  for (let index = 0; index < change.groupIds.length; index++) {
    const groupId = change.groupIds[index] as number;
    const { writeTimeMicros } = change;
    const entry = { groupId, writeTimeMicros, block: change.blocks[index] as Uint8Array };
    if (isNewer(entries.get(groupId), entry)) continue;
    entries.set(groupId, entry);
    isChanged = true;
  }
  return isChanged ? encodeRecord(sortedEntries(entries), fullKey) : undefined;
}

function isNewer(known: Entry | undefined, entry: Entry): boolean {
  if (known === undefined) return false;
  const difference = known.writeTimeMicros - entry.writeTimeMicros;
  return difference === 0 ? known.block.length === 0 && entry.block.length > 0 : difference > 0;
}

/**
 * Drops groups from a row.
 *
 * @param isDropped says so for the group at an index
 * @returns the rest of the row; undefined if no group is left
 */
export function withoutGroups(
  record: RowRecord,
  isDropped: (index: number) => boolean,
): Buffer | undefined {
  const entries: Entry[] = [];
  for (let index = 0; index < record.groupCount; index++) {
    if (!isDropped(index)) entries.push(entryOf(record, index));
  }
  return entries.length === 0 ? undefined : encodeRecord(entries, record.fullKey());
}

function entryOf(record: RowRecord, index: number): Entry {
  return {
    groupId: record.groupId(index),
    writeTimeMicros: record.writeTimeMicros(index),
    block: record.block(index),
  };
}

function sortedEntries(entries: ReadonlyMap<number, Entry>): Entry[] {
  return [...entries.values()].sort((left, right) => left.groupId - right.groupId);
}

function encodeRecord(entries: readonly Entry[], fullKey: Uint8Array | undefined): Buffer {
  const keyFieldSize = fullKey === undefined ? 0 : LENGTH_SIZE + fullKey.length;
  const blocksOffset = HEADER_SIZE + keyFieldSize + entries.length * ENTRY_SIZE;
  const size = entries.reduce((sum, entry) => sum + entry.block.length, blocksOffset);
  const record = Buffer.allocUnsafe(size);
  record[0] = RECORD_FORMAT;
  record[1] = fullKey === undefined ? 0 : FLAG_FULL_KEY;
  record.writeUInt16LE(entries.length, 2);
  if (fullKey !== undefined) {
    record.writeUInt32LE(fullKey.length, HEADER_SIZE);
    record.set(fullKey, HEADER_SIZE + LENGTH_SIZE);
  }
  let offset = HEADER_SIZE + keyFieldSize;
  let blockOffset = blocksOffset;
  for (const { groupId, writeTimeMicros, block } of entries) {
    record.writeUInt16LE(groupId, offset);
    record.writeUInt32LE(writeTimeMicros % TWO_TO_32, offset + ENTRY_TIME);
    record.writeUInt32LE(Math.floor(writeTimeMicros / TWO_TO_32), offset + ENTRY_TIME + 4);
    record.writeUInt32LE(blockOffset, offset + ENTRY_BLOCK_OFFSET);
    record.writeUInt32LE(block.length, offset + ENTRY_BLOCK_LENGTH);
    record.set(block, blockOffset);
    offset += ENTRY_SIZE;
    blockOffset += block.length;
  }
  return record;
}

function readUint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] as number) | ((bytes[offset + 1] as number) << 8);
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] as number) |
      ((bytes[offset + 1] as number) << 8) |
      ((bytes[offset + 2] as number) << 16) |
      ((bytes[offset + 3] as number) << 24)) >>>
    0
  );
}
