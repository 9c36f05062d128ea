import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/*
 * Start of an lmdb file: two pages, each with a header of 24 bytes and then (little endian):
 *
 *   offset  size
 *   24      4     magic
 *   28      4     version of the file layout
 *   48      4     page size
 *   88      8     root page of the table of free pages; all ones = none
 *   136     8     root page of the table of tables; all ones = none
 *   152     8     transaction that wrote this page: the later of the two counts
 */
const META_SIZE = 160;
const MAGIC_OFFSET = 24;
const VERSION_OFFSET = 28;
const PAGE_SIZE_OFFSET = 48;
const ROOT_OFFSETS = [88, 136] as const;
const TRANSACTION_OFFSET = 152;

const MAGIC = 0xbeefc0de;
const VERSION = 2;
const MAX_PAGE_SIZE = 65_536;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/**
 * Says why a file cannot be an lmdb database, or nothing if it may be one (an empty file, too). lmdb ends the
 * process with a segmentation fault where it meets something else, so look before it does.
 */
export function refuseDataFile(path: string): string | undefined {
  const file = openSync(path, "r");
  try {
    const sizeBytes = fstatSync(file).size;
    if (sizeBytes === 0) return undefined;
    const first = readMeta(file, 0);
    if (first === undefined) return `it is no database: ${sizeBytes} bytes are too few`;
    if (first.readUInt32LE(MAGIC_OFFSET) !== MAGIC) return "it is no database";
    const version = first.readUInt32LE(VERSION_OFFSET);
    if (version !== VERSION) return `its file layout is ${version}, not ${VERSION}`;
    return refuseSize(file, first, sizeBytes);
  } finally {
    closeSync(file);
  }
}

function refuseSize(file: number, first: Buffer, sizeBytes: number): string | undefined {
  const pageSize = first.readUInt32LE(PAGE_SIZE_OFFSET);
  if (pageSize < META_SIZE || pageSize > MAX_PAGE_SIZE) return `it has pages of ${pageSize} bytes`;
  const second = readMeta(file, pageSize);
  if (second === undefined) return `it is cut off after ${sizeBytes} bytes`;
  const isSecondLater =
    second.readBigUInt64LE(TRANSACTION_OFFSET) > first.readBigUInt64LE(TRANSACTION_OFFSET);
  const latest = isSecondLater ? second : first;
  for (const offset of ROOT_OFFSETS) {
    const root = latest.readBigUInt64LE(offset);
    if (root !== NO_PAGE && (root + 1n) * BigInt(pageSize) > BigInt(sizeBytes)) {
      return `it is cut off after ${sizeBytes} bytes`;
    }
  }
  return undefined;
}

function readMeta(file: number, position: number): Buffer | undefined {
  const bytes = Buffer.alloc(META_SIZE);
  return readSync(file, bytes, 0, META_SIZE, position) === META_SIZE ? bytes : undefined;
}
