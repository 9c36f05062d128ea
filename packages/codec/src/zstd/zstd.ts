import { CodecError } from "../errors.ts";
import { Compressibility } from "./compressibility.ts";
import { MIN_FRAME_SIZE_BYTES, maxContentSize } from "./frame.ts";
import { compressNative, decompressNative, HAS_NATIVE_ZSTD } from "./native-zstd.ts";
import { WasmZstdCodec } from "./wasm-zstd.ts";

/** zstd's default; the frames come out as long as those of the older system, give or take a few bytes. */
const COMPRESSION_LEVEL = 3;

/**
 * From this size of the content on, the runtime's own zstd is used where it has one: WebAssembly memory never shrinks, so what
 * large content made it grow to is better not kept. Below, a native call costs more to set up (about 10 us) than the WebAssembly
 * one takes as a whole; see bench/README.md.
 */
const NATIVE_FROM_BYTES = 1024 * 1024;

/**
 * What a frame must save, for decompressing it takes about 4 us at every read (bench/README.md): with less saved, reads would
 * pay more than the memory is worth.
 */
const MIN_SAVED_BYTES = 64;
const MIN_SAVED_SHARE = 1 / 8;

const wasm = new WasmZstdCodec();
const compressibility = new Compressibility();

/** @returns one zstd frame, or undefined if it would not be shorter than `content` by an eighth and 64 bytes, or hardly more */
export function compressZstd(content: Uint8Array): Uint8Array | undefined {
  const maxSizeBytes = maxFrameSize(content.length);
  if (maxSizeBytes < MIN_FRAME_SIZE_BYTES) return undefined;
  if (!compressibility.isPossible(content, maxSizeBytes)) return undefined;
  const frame =
    HAS_NATIVE_ZSTD && content.length >= NATIVE_FROM_BYTES
      ? compressNative(content, COMPRESSION_LEVEL)
      : wasm.compress(content, COMPRESSION_LEVEL);
  return frame !== undefined && frame.length <= maxSizeBytes ? frame : undefined;
}

/** The longest frame that is worth its decompression. */
function maxFrameSize(contentSizeBytes: number): number {
  const saved = Math.max(MIN_SAVED_BYTES, Math.ceil(contentSizeBytes * MIN_SAVED_SHARE));
  return contentSizeBytes - saved;
}

/**
 * Decompresses the one frame that `bytes` hold from `offset` to their end.
 *
 * @returns the content, in a buffer of its own
 * @throws {CodecError} if it is not one whole, intact frame, or its content is larger than `maxSizeBytes`
 */
export function decompressZstd(
  bytes: Uint8Array,
  offset: number,
  maxSizeBytes: number,
): Uint8Array {
  const bound = maxContentSize(bytes, offset);
  const limit = Math.min(bound, maxSizeBytes);
  const frame = new Uint8Array(bytes.buffer, bytes.byteOffset + offset, bytes.length - offset);
  const content =
    HAS_NATIVE_ZSTD && limit >= NATIVE_FROM_BYTES
      ? decompressNative(frame, limit)
      : wasm.decompress(frame, limit);
  if (content !== undefined) return content;
  if (bound > maxSizeBytes) {
    const message = `zstd frame is corrupt or holds more than ${maxSizeBytes} bytes`;
    throw new CodecError("OVERFLOW", message, offset);
  }
  throw new CodecError("CORRUPT", "zstd frame is corrupt", offset);
}
