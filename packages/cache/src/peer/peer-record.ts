import {
  type Block,
  blockExpiry,
  CodecError,
  dataTypeByCode,
  decodeBlock,
  decodeBlockHeader,
  encodeBlock,
  encodeRecord,
  isExpired,
  listRecord,
  MAX_RECORD_BLOCK_BYTES,
  NEGATIVE_BLOCK,
  type RecordEntry,
  ValueError,
} from "@ofs/codec";
import { isTombstone } from "../distributed/tombstone.ts";

/** Most that a peer's block may decompress to: a datagram of 4 KB could ask for gigabytes. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;

const EMPTY = new Uint8Array(0);

/** What a peer sent as a value. */
export type RecordKind = "record" | "tombstone" | "undecodable";

/** Whether every entry of a record has a valid header, no group twice. Payloads are looked at when they are read. */
export function recordKind(bytes: Uint8Array): RecordKind {
  if (isTombstone(bytes)) return "tombstone";
  try {
    const groupIds = new Set<number>();
    for (const { groupId, start, end } of listRecord(bytes)) {
      if (groupIds.has(groupId)) return "undecodable";
      groupIds.add(groupId);
      if (end > start) decodeBlockHeader(bytes.subarray(start, end));
    }
    return "record";
  } catch (error) {
    if (error instanceof CodecError) return "undecodable";
    throw error;
  }
}

/**
 * Encodes groups in the form that caches in memory hold: plain payloads.
 *
 * @returns undefined if no group can be held: too large even compressed, or expired since 1970
 */
export function encodeGroups(
  groupIds: readonly number[],
  blocks: readonly Block[],
): Buffer | undefined {
  const entries: RecordEntry[] = [];
  for (const [index, groupId] of groupIds.entries()) {
    const block = encodeGroup(blocks[index] as Block);
    if (block !== undefined) entries.push({ groupId, block });
  }
  return entries.length === 0 ? undefined : encodeRecord(entries);
}

function encodeGroup(block: Block): Uint8Array | undefined {
  if (block === NEGATIVE_BLOCK) return EMPTY;
  const dataType = dataTypeByCode(block.dataTypeCode);
  if (dataType === undefined) return undefined;
  const { schemaVersion, expiryAtSeconds, payload } = block;
  // Which bit of the last byte is the last bool is not known any more; readers do not use it.
  const valueCount = payload.length * 8;
  const content = { schemaVersion, expiryAtSeconds, dataType, payload, valueCount };
  try {
    for (const compression of ["none", "zstd"] as const) {
      const encoded = encodeBlock({ ...content, layoutVersion: 1, nowSeconds: 0, compression });
      if (encoded.length <= MAX_RECORD_BLOCK_BYTES) return encoded;
    }
    return undefined;
  } catch (error) {
    if (error instanceof ValueError) return undefined;
    throw error;
  }
}

/**
 * Puts the groups of two valid records into one; the newer has the last word on each.
 *
 * @returns `newer` itself if it has all groups
 */
export function mergeRecords(older: Buffer, newer: Buffer): Buffer {
  const entries = new Map<number, RecordEntry>();
  for (const { groupId, start, end } of listRecord(newer)) {
    entries.set(groupId, { groupId, block: newer.subarray(start, end) });
  }
  const newerCount = entries.size;
  for (const { groupId, start, end } of listRecord(older)) {
    if (!entries.has(groupId)) entries.set(groupId, { groupId, block: older.subarray(start, end) });
  }
  return entries.size === newerCount ? newer : encodeRecord([...entries.values()]);
}

/** What must be known of a record without opening its blocks. */
export interface RecordSummary {
  readonly groupCount: number;
  /** Unix seconds at which the first block expires; 0 = none does. */
  readonly expirySeconds: number;
}

/** @param record valid */
export function summarizeRecord(record: Uint8Array): RecordSummary {
  const ranges = listRecord(record);
  let earliest = 0;
  for (const { start, end } of ranges) {
    if (end === start) continue;
    const expiry = blockExpiry(record.subarray(start, end));
    if (expiry !== 0 && (earliest === 0 || expiry < earliest)) earliest = expiry;
  }
  return { groupCount: ranges.length, expirySeconds: earliest };
}

/** Leaves expired blocks out of a valid record. @returns undefined if nothing is left */
export function withoutExpired(record: Buffer, nowMs: number): Buffer | undefined {
  const entries: RecordEntry[] = [];
  for (const { groupId, start, end } of listRecord(record)) {
    const block = record.subarray(start, end);
    if (block.length > 0 && isExpired(blockExpiry(block), nowMs)) continue;
    entries.push({ groupId, block });
  }
  return entries.length === 0 ? undefined : encodeRecord(entries);
}

/** The groups of a record, opened. Payloads are views of the record, unless they were compressed. */
export class OpenRecord {
  readonly groupIds: readonly number[];
  /** undefined: does not decode, or to too much. */
  readonly blocks: readonly (Block | undefined)[];
  /** Whether it costs no memory of its own but for the objects. */
  readonly isPlain: boolean;

  /** @param record valid */
  constructor(record: Uint8Array) {
    const ranges = listRecord(record);
    const blocks = ranges.map(({ start, end }) => openBlock(record.subarray(start, end)));
    this.groupIds = ranges.map(({ groupId }) => groupId);
    this.blocks = blocks;
    this.isPlain = blocks.every(
      (block) => block === NEGATIVE_BLOCK || block?.bytes.buffer === record.buffer,
    );
  }

  /** As `LocalCache.read`. */
  read(
    groupIds: readonly number[],
    cells: (Block | undefined)[],
    base: number,
    nowMs: number,
  ): number {
    let count = 0;
    for (let i = 0; i < groupIds.length; i++) {
      if (cells[base + i] !== undefined) continue;
      const index = this.groupIds.indexOf(groupIds[i] as number);
      const block = index < 0 ? undefined : this.blocks[index];
      if (block === undefined || isExpired(block.expiryAtSeconds, nowMs)) continue;
      cells[base + i] = block;
      count += 1;
    }
    return count;
  }
}

function openBlock(bytes: Uint8Array): Block | undefined {
  try {
    return decodeBlock(bytes, MAX_PAYLOAD_BYTES);
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}
