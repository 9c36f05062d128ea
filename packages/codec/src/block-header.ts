import { dataTypeByCode } from "./data-type.ts";
import { CodecError } from "./errors.ts";
import { decodeExpiry } from "./expiry.ts";
import { readUint16 } from "./float-bits.ts";

/*
 * Header of a block (PSDB, layout version 1); little endian.
 *
 *   0    1    2 .. 6    7                      8
 *   version   expiry    LLLL CCC T             TTTT BBBB
 *                       layout, compression,   data type bits 3-0,
 *                       data type bit 4        bool last index
 */
export const HEADER_SIZE_BYTES = 9;
export const EXPIRY_OFFSET = 2;
export const FLAGS_OFFSET = 7;
export const TYPE_OFFSET = 8;
/** The only layout there is. */
export const LAYOUT_VERSION = 1;
export const COMPRESSION_NONE = 0;
export const COMPRESSION_ZSTD = 1;
/** Bits of byte 7 that hold the compression. */
export const COMPRESSION_MASK = 0x0e;

export interface BlockHeader {
  readonly schemaVersion: number;
  /** Unix seconds; 0 = never. */
  readonly expiryAtSeconds: number;
  readonly layoutVersion: number;
  /** 0 = none, 1 = zstd. */
  readonly compressionCode: number;
  readonly dataTypeCode: number;
  /** Meaningful for bools only, and not needed to read them. */
  readonly boolLastIndex: number;
}

/**
 * @param bytes a stored block
 * @throws {CodecError} if it is shorter than a header, or the layout, compression or data type is not defined
 */
export function decodeBlockHeader(bytes: Uint8Array): BlockHeader {
  assertHeaderSize(bytes);
  const flags = bytes[FLAGS_OFFSET] as number;
  const type = bytes[TYPE_OFFSET] as number;
  const layoutVersion = flags >>> 4;
  if (layoutVersion !== LAYOUT_VERSION) {
    throw new CodecError("UNSUPPORTED", `block of layout version ${layoutVersion}`, FLAGS_OFFSET);
  }
  const compressionCode = (flags & COMPRESSION_MASK) >>> 1;
  if (compressionCode > COMPRESSION_ZSTD) {
    throw new CodecError("UNSUPPORTED", `block compression ${compressionCode}`, FLAGS_OFFSET);
  }
  const dataTypeCode = ((flags & 1) << 4) | (type >>> 4);
  if (dataTypeByCode(dataTypeCode) === undefined) {
    throw new CodecError("CORRUPT", `block of data type ${dataTypeCode}`, FLAGS_OFFSET);
  }
  return {
    schemaVersion: readUint16(bytes, 0),
    expiryAtSeconds: decodeExpiry(bytes, EXPIRY_OFFSET),
    layoutVersion,
    compressionCode,
    dataTypeCode,
    boolLastIndex: type & 0xf,
  };
}

/**
 * Reads only the expiry of a stored block.
 *
 * @returns Unix seconds; 0 = never
 * @throws {CodecError} TRUNCATED if it is shorter than a header
 */
export function blockExpiry(bytes: Uint8Array): number {
  assertHeaderSize(bytes);
  return decodeExpiry(bytes, EXPIRY_OFFSET);
}

function assertHeaderSize(bytes: Uint8Array): void {
  if (bytes.length < HEADER_SIZE_BYTES) {
    throw new CodecError("TRUNCATED", `block of ${bytes.length} bytes has no header`, bytes.length);
  }
}
