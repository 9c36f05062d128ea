import { gunzipSync } from "node:zlib";
import { decompressZstd } from "@ofs/codec";
import { KafkaDataError } from "../byte-reader.ts";
import { decompressLz4 } from "./lz4.ts";
import { decompressSnappy } from "./snappy.ts";

type Decompress = (bytes: Uint8Array, maxBytes: number) => Uint8Array;

/** By the number in a record batch's attributes; 0 is no compression. */
const BY_NUMBER: readonly (Decompress | undefined)[] = [
  undefined,
  (bytes, maxBytes) => gunzipSync(bytes, { maxOutputLength: maxBytes }),
  decompressSnappy,
  decompressLz4,
  (bytes, maxBytes) => decompressZstd(bytes, 0, maxBytes),
];

const NAMES = ["none", "gzip", "snappy", "lz4", "zstd"];

/**
 * @param algorithm as in a record batch, from 1
 * @throws {KafkaDataError} if the algorithm is unknown, or the bytes are corrupt or hold more than `maxBytes`
 */
export function decompress(algorithm: number, bytes: Uint8Array, maxBytes: number): Uint8Array {
  const use = BY_NUMBER[algorithm];
  if (use === undefined) throw new KafkaDataError(`unknown compression ${algorithm}`);
  try {
    return use(bytes, maxBytes);
  } catch (cause) {
    if (cause instanceof KafkaDataError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${NAMES[algorithm]} content is corrupt, or larger than ${maxBytes} bytes: ${reason}`;
    throw new KafkaDataError(message, { cause });
  }
}
