import { gunzip, gunzipSync, inflate, inflateSync } from "node:zlib";
import { FeatureStoreError } from "@ofs/platform";

/**
 * Expands a message whose compressed flag is set.
 *
 * @param encoding the call's `grpc-encoding`
 * @param done gets the message, or a `FeatureStoreError`: UNIMPLEMENTED (another encoding), RESOURCE_EXHAUSTED (larger
 * than `maxBytes`), INTERNAL (damaged, or not said to be compressed); never called before this returns
 */
export function decompress(
  encoding: string | undefined,
  message: Buffer,
  maxBytes: number,
  done: (error: FeatureStoreError | undefined, expanded: Buffer) => void,
): void {
  const expand = encoding === "gzip" ? gunzip : encoding === "deflate" ? inflate : undefined;
  if (expand === undefined) {
    process.nextTick(() => done(unsupported(encoding), message));
    return;
  }
  // zlib takes no limit of 0; nothing is that short anyway.
  expand(message, { maxOutputLength: Math.max(1, maxBytes) }, (error, expanded) => {
    done(error === null ? undefined : failure(error, maxBytes), expanded);
  });
}

/** The same at once, for short messages that must stay in order. @throws {FeatureStoreError} as above */
export function decompressNow(
  encoding: string | undefined,
  message: Buffer,
  maxBytes: number,
): Buffer {
  const expand =
    encoding === "gzip" ? gunzipSync : encoding === "deflate" ? inflateSync : undefined;
  if (expand === undefined) throw unsupported(encoding);
  try {
    return expand(message, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    throw failure(error as NodeJS.ErrnoException, maxBytes);
  }
}

function unsupported(encoding = "identity"): FeatureStoreError {
  if (encoding === "identity") {
    const text =
      "the compressed flag of the message is set, but grpc-encoding names no compression";
    return new FeatureStoreError("INTERNAL", text);
  }
  const shown = encoding.slice(0, 100);
  return new FeatureStoreError(
    "UNIMPLEMENTED",
    `Received message compressed with unsupported encoding "${shown}"`,
  );
}

function failure(error: NodeJS.ErrnoException, maxBytes: number): FeatureStoreError {
  if (error.code === "ERR_BUFFER_TOO_LARGE") {
    return new FeatureStoreError(
      "RESOURCE_EXHAUSTED",
      `Received message that decompresses to a size larger than ${maxBytes}`,
    );
  }
  return new FeatureStoreError("INTERNAL", "Failed to decompress message", { cause: error });
}
