import * as zlib from "node:zlib";

/** The part of `node:zlib` that Node 22.15 and later have. */
interface ZstdFunctions {
  readonly zstdCompressSync: (content: Uint8Array, options: ZstdOptions) => Uint8Array;
  readonly zstdDecompressSync: (frame: Uint8Array, options: ZstdOptions) => Uint8Array;
}

interface ZstdOptions {
  readonly maxOutputLength?: number;
  readonly params?: Readonly<Record<number, number>>;
}

/** `ZSTD_c_compressionLevel`. */
const LEVEL_PARAMETER = 100;

const functions: Partial<ZstdFunctions> = zlib as unknown as Partial<ZstdFunctions>;

/** Whether this runtime brings zstd along. */
export const HAS_NATIVE_ZSTD: boolean =
  typeof functions.zstdCompressSync === "function" &&
  typeof functions.zstdDecompressSync === "function";

/** @returns one frame, or undefined if it would not be shorter than `content` */
export function compressNative(content: Uint8Array, level: number): Uint8Array | undefined {
  const { zstdCompressSync } = functions as ZstdFunctions;
  const frame = zstdCompressSync(content, { params: { [LEVEL_PARAMETER]: level } });
  return frame.length < content.length ? frame : undefined;
}

/** @returns the content, or undefined if the frame is corrupt or its content larger than `maxSizeBytes` */
export function decompressNative(frame: Uint8Array, maxSizeBytes: number): Uint8Array | undefined {
  const { zstdDecompressSync } = functions as ZstdFunctions;
  try {
    return zstdDecompressSync(frame, { maxOutputLength: Math.max(maxSizeBytes, 1) });
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** Errors that tell about the frame: zstd's own, and the output limit. */
function isRefusal(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return (
    typeof code === "string" &&
    (code.startsWith("ZSTD_") || code === "ERR_BUFFER_TOO_LARGE" || code === "Z_BUF_ERROR")
  );
}
