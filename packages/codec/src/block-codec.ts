import { Block, NEGATIVE_BLOCK } from "./block.ts";
import {
  COMPRESSION_MASK,
  COMPRESSION_NONE,
  COMPRESSION_ZSTD,
  decodeBlockHeader,
  EXPIRY_OFFSET,
  FLAGS_OFFSET,
  HEADER_SIZE_BYTES,
  LAYOUT_VERSION,
  TYPE_OFFSET,
} from "./block-header.ts";
import type { DataType } from "./data-type.ts";
import { ValueError } from "./errors.ts";
import { encodeExpiry } from "./expiry.ts";
import { compressZstd, decompressZstd } from "./zstd/zstd.ts";

/** Most that `decodeBlock` decompresses where the caller knows no better limit. */
export const DEFAULT_MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

/** Largest schema version that the header's 16 bits hold. */
const MAX_SCHEMA_VERSION = 65_535;

export type Compression = "none" | "zstd";

/** What a block is built from. */
export interface BlockContent {
  /** 0-65535. */
  readonly schemaVersion: number;
  /** 1. */
  readonly layoutVersion: number;
  /** Unix seconds, after `nowSeconds`; 0 = never. */
  readonly expiryAtSeconds: number;
  readonly nowSeconds: number;
  readonly dataType: DataType;
  /** Plain, from `encodePayload`. */
  readonly payload: Uint8Array;
  /** `zstd` compresses only where that makes the payload shorter by enough to be worth decompressing. */
  readonly compression: Compression;
  /** How many bools the payload holds (`FeatureLayout.elementCount`); needed for Bool and BoolVector only. */
  readonly valueCount?: number | undefined;
}

/**
 * Builds one stored block: header and payload.
 *
 * @throws {ValueError} for a schema version above 65535, another layout version, an expiry that is not in the future
 *   or past the year 16383, or bools without their count
 */
export function encodeBlock(content: BlockContent): Buffer {
  const { schemaVersion, layoutVersion, dataType, payload } = content;
  if (
    !(Number.isInteger(schemaVersion) && schemaVersion >= 0 && schemaVersion <= MAX_SCHEMA_VERSION)
  ) {
    throw new ValueError(`schema version ${schemaVersion} is not in 0-${MAX_SCHEMA_VERSION}`);
  }
  if (layoutVersion !== LAYOUT_VERSION) {
    throw new ValueError(`layout version ${layoutVersion} is not ${LAYOUT_VERSION}`);
  }
  const compressed = content.compression === "zstd" ? compressZstd(payload) : undefined;
  const body = compressed ?? payload;
  const compressionCode = compressed === undefined ? COMPRESSION_NONE : COMPRESSION_ZSTD;
  const block = Buffer.allocUnsafe(HEADER_SIZE_BYTES + body.length);
  block[0] = schemaVersion & 0xff;
  block[1] = schemaVersion >>> 8;
  encodeExpiry(content.expiryAtSeconds, content.nowSeconds, block, EXPIRY_OFFSET);
  block[FLAGS_OFFSET] = (LAYOUT_VERSION << 4) | (compressionCode << 1) | (dataType.code >>> 4);
  block[TYPE_OFFSET] = ((dataType.code & 0xf) << 4) | boolLastIndex(content);
  block.set(body, HEADER_SIZE_BYTES);
  return block;
}

/** Bit number, from the low end, of the last bool in the payload's last byte. */
function boolLastIndex({ dataType, payload, valueCount }: BlockContent): number {
  if (dataType.kind !== "bool") return 0;
  if (valueCount === undefined || (valueCount + 7) >>> 3 !== payload.length) {
    throw new ValueError(
      `${dataType.name}: value count ${valueCount} does not fit ${payload.length} bytes of bools`,
    );
  }
  return (8 - (valueCount & 7)) & 7;
}

/**
 * Decodes a stored block, of either form (compressed or plain), expired or not.
 *
 * @param bytes empty = negative
 * @param maxPayloadBytes most that a compressed payload may decompress to
 * @returns `NEGATIVE_BLOCK` for empty bytes; a plain payload stays where it is in `bytes`
 * @throws {CodecError} with the offset
 */
export function decodeBlock(
  bytes: Uint8Array,
  maxPayloadBytes: number = DEFAULT_MAX_PAYLOAD_BYTES,
): Block {
  if (bytes.length === 0) return NEGATIVE_BLOCK;
  const { compressionCode, dataTypeCode, expiryAtSeconds, schemaVersion } =
    decodeBlockHeader(bytes);
  const sizeBytes = bytes.length - HEADER_SIZE_BYTES;
  // An empty payload stays empty, whatever the compression says.
  if (compressionCode === COMPRESSION_NONE || sizeBytes === 0) {
    const start = HEADER_SIZE_BYTES;
    return new Block(schemaVersion, expiryAtSeconds, dataTypeCode, bytes, start, sizeBytes);
  }
  const payload = decompressZstd(bytes, HEADER_SIZE_BYTES, maxPayloadBytes);
  return new Block(schemaVersion, expiryAtSeconds, dataTypeCode, payload);
}

/**
 * The in-memory form of a stored block: payload decompressed, compression cleared, all else kept.
 *
 * @returns `bytes` itself if it is empty or plain already
 * @throws {CodecError} with the offset
 */
export function decompressBlock(
  bytes: Uint8Array,
  maxPayloadBytes: number = DEFAULT_MAX_PAYLOAD_BYTES,
): Uint8Array {
  if (bytes.length === 0) return bytes;
  const header = decodeBlockHeader(bytes);
  if (header.compressionCode === COMPRESSION_NONE) return bytes;
  const payload = decodeBlock(bytes, maxPayloadBytes).payload;
  const plain = new Uint8Array(HEADER_SIZE_BYTES + payload.length);
  plain.set(bytes.subarray(0, HEADER_SIZE_BYTES));
  plain[FLAGS_OFFSET] = (bytes[FLAGS_OFFSET] as number) & ~COMPRESSION_MASK;
  plain.set(payload, HEADER_SIZE_BYTES);
  return plain;
}
