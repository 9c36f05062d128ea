import { CodecError } from "../errors.ts";
import { readUint16, readUint32 } from "../float-bits.ts";

/*
 * Zstandard frame (RFC 8878), as far as its size can be told without decoding:
 *
 *   0      4           5                                          ...
 *   magic  descriptor  window, dictionary id, content size, each optional   blocks   checksum
 *
 *   descriptor: 7..6 content size flag, 5 single segment, 3 reserved, 2 checksum, 1..0 dictionary id flag
 *   block header, 3 bytes little endian: 0 last block, 2..1 type (0 raw, 1 one repeated byte, 2 compressed), 23..3 size
 */
const MAGIC = 0xfd2f_b528;
const MAGIC_SIZE_BYTES = 4;
const BLOCK_HEADER_SIZE_BYTES = 3;
const CHECKSUM_SIZE_BYTES = 4;
const RLE_BLOCK = 1;
const COMPRESSED_BLOCK = 2;
/** No block holds more, whatever the window. */
const MAX_BLOCK_SIZE_BYTES = 128 * 1024;

const DICTIONARY_ID_SIZES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_SIZES = [0, 2, 4, 8] as const;

/** The smallest frame that has any content: header of 6 bytes, block header of 3, one repeated byte. */
export const MIN_FRAME_SIZE_BYTES = 10;

interface FrameHeader {
  readonly sizeBytes: number;
  /** undefined where the frame does not say. */
  readonly contentSizeBytes: number | undefined;
  readonly maxBlockSizeBytes: number;
  readonly hasChecksum: boolean;
}

/**
 * Finds out how large the content of a frame can be at most, by its header and its blocks' headers. The frame's own
 * content size is not trusted further than its blocks go.
 *
 * @param offset of the frame in `bytes`; it must end where `bytes` end
 * @throws {CodecError} if this is not exactly one whole frame without a dictionary
 */
export function maxContentSize(bytes: Uint8Array, offset: number): number {
  const header = readFrameHeader(bytes, offset);
  let position = offset + header.sizeBytes;
  let bound = 0;
  let isLast = false;
  while (!isLast) {
    if (position + BLOCK_HEADER_SIZE_BYTES > bytes.length) throw truncated(position);
    const blockHeader = readUint16(bytes, position) | ((bytes[position + 2] as number) << 16);
    const type = (blockHeader >>> 1) & 3;
    const size = blockHeader >>> 3;
    position += BLOCK_HEADER_SIZE_BYTES;
    bound += blockContentBound(type, size, header, position);
    position += type === RLE_BLOCK ? 1 : size;
    isLast = (blockHeader & 1) === 1;
  }
  if (header.hasChecksum) position += CHECKSUM_SIZE_BYTES;
  if (position > bytes.length) throw truncated(bytes.length);
  if (position < bytes.length) {
    throw new CodecError(
      "CORRUPT",
      `${bytes.length - position} bytes after the zstd frame`,
      position,
    );
  }
  const contentSize = header.contentSizeBytes;
  if (contentSize === undefined) return bound;
  if (contentSize > bound) {
    throw new CodecError("CORRUPT", `zstd content size ${contentSize} exceeds its blocks`, offset);
  }
  return contentSize;
}

/** @returns most that one block can hold */
function blockContentBound(type: number, size: number, frame: FrameHeader, offset: number): number {
  if (type === COMPRESSED_BLOCK) return frame.maxBlockSizeBytes;
  if (type > COMPRESSED_BLOCK || size > MAX_BLOCK_SIZE_BYTES) {
    throw new CodecError("CORRUPT", `zstd block of type ${type} and size ${size}`, offset);
  }
  return size;
}

function readFrameHeader(bytes: Uint8Array, offset: number): FrameHeader {
  if (bytes.length < offset + MAGIC_SIZE_BYTES + 2) throw truncated(bytes.length);
  if (readUint32(bytes, offset) !== MAGIC) {
    throw new CodecError("CORRUPT", "no zstd frame: wrong magic number", offset);
  }
  const descriptor = bytes[offset + MAGIC_SIZE_BYTES] as number;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryIdSize = DICTIONARY_ID_SIZES[(descriptor & 3) as 0 | 1 | 2 | 3];
  const sizeFlag = (descriptor >>> 6) as 0 | 1 | 2 | 3;
  const contentSizeSize = sizeFlag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_SIZES[sizeFlag];
  if (dictionaryIdSize !== 0) {
    throw new CodecError("UNSUPPORTED", "zstd frame with a dictionary", offset + MAGIC_SIZE_BYTES);
  }
  const windowSizeSize = isSingleSegment ? 0 : 1;
  const sizeBytes = MAGIC_SIZE_BYTES + 1 + windowSizeSize + contentSizeSize;
  if (bytes.length < offset + sizeBytes) throw truncated(bytes.length);
  const contentSizeBytes =
    contentSizeSize === 0
      ? undefined
      : readContentSize(bytes, offset + sizeBytes - contentSizeSize, contentSizeSize);
  const windowSize = isSingleSegment
    ? (contentSizeBytes as number)
    : readWindowSize(bytes[offset + MAGIC_SIZE_BYTES + 1] as number);
  return {
    sizeBytes,
    contentSizeBytes,
    maxBlockSizeBytes: Math.min(windowSize, MAX_BLOCK_SIZE_BYTES),
    hasChecksum: (descriptor & 4) !== 0,
  };
}

function readWindowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3));
  return base + (base / 8) * (descriptor & 7);
}

function readContentSize(bytes: Uint8Array, offset: number, sizeBytes: 1 | 2 | 4 | 8): number {
  switch (sizeBytes) {
    case 1:
      return bytes[offset] as number;
    case 2:
      return readUint16(bytes, offset) + 256;
    case 4:
      return readUint32(bytes, offset);
    case 8:
      return readUint32(bytes, offset) + readUint32(bytes, offset + 4) * 2 ** 32;
  }
}

function truncated(offset: number): CodecError {
  return new CodecError("TRUNCATED", "zstd frame ends early", offset);
}
