import { crc32 } from "node:zlib";
import { brokenTable, DeltaError } from "../errors.ts";
import { resolveLogPath } from "../log/log-path.ts";
import type { DeletionVectorDescriptor } from "../model/table-model.ts";
import type { TableStorage } from "../storage/table-storage.ts";
import { decodeZ85 } from "./z85.ts";

/** Of one vector: more than that is no vector of a file that one would write. */
export const DELETION_VECTOR_BYTES_MAX = 256 * 1024 * 1024;

const SIZE_BYTES = 4;
const CHECKSUM_BYTES = 4;
const UUID_CHARACTERS = 20;

/**
 * Fetches the bytes of a deletion vector and checks their size and checksum.
 *
 * | bytes in the file, from `offset` | content |
 * | --- | --- |
 * | 4 | size of the data, big-endian |
 * | size | data: see `RowSet` |
 * | 4 | CRC-32 of the data, big-endian |
 *
 * @throws {DeltaError} naming the vector
 */
export async function loadDeletionVector(
  storage: TableStorage,
  descriptor: DeletionVectorDescriptor,
  signal?: AbortSignal,
): Promise<Buffer> {
  const { sizeBytes, offset } = descriptor;
  const source = describeVector(descriptor);
  if (sizeBytes > DELETION_VECTOR_BYTES_MAX) {
    const limit = `more than ${DELETION_VECTOR_BYTES_MAX}`;
    throw new DeltaError("RESOURCE_EXHAUSTED", `${source} has ${sizeBytes} bytes, ${limit}`);
  }
  if (descriptor.storageType === "i") return inlineBytes(descriptor, source);
  const length = SIZE_BYTES + sizeBytes + CHECKSUM_BYTES;
  const bytes = await storage.readRange(vectorPath(descriptor), offset ?? 0, length, signal);
  if (bytes.length < length) throw brokenTable(`${source} ends too early`);
  const found = bytes.readInt32BE(0);
  if (found !== sizeBytes) throw brokenTable(`${source} has ${found} bytes, not ${sizeBytes}`);
  const data = bytes.subarray(SIZE_BYTES, SIZE_BYTES + sizeBytes);
  if (crc32(data) !== bytes.readUInt32BE(SIZE_BYTES + sizeBytes)) {
    throw brokenTable(`${source} has a wrong checksum`);
  }
  return data;
}

/** For messages. */
export function describeVector(descriptor: DeletionVectorDescriptor): string {
  if (descriptor.storageType === "i") return "the inline deletion vector";
  return `deletion vector ${vectorPath(descriptor)}@${descriptor.offset ?? 0}`;
}

function inlineBytes(descriptor: DeletionVectorDescriptor, source: string): Buffer {
  const bytes = decodeZ85(descriptor.pathOrInlineDv);
  if (bytes === undefined) throw brokenTable(`${source} is not Z85`);
  const padding = bytes.length - descriptor.sizeBytes;
  if (padding < 0 || padding >= SIZE_BYTES) {
    throw brokenTable(`${source} has ${bytes.length} bytes, not ${descriptor.sizeBytes}`);
  }
  return bytes.subarray(0, descriptor.sizeBytes);
}

/** A random folder, if any, comes before the UUID. */
function vectorPath({ storageType, pathOrInlineDv: text }: DeletionVectorDescriptor): string {
  if (storageType === "p") return resolveLogPath(text);
  const folder = text.slice(0, -UUID_CHARACTERS);
  const hex = decodeZ85(text.slice(-UUID_CHARACTERS))?.toString("hex");
  if (hex === undefined || text.length < UUID_CHARACTERS) {
    throw brokenTable(`deletion vector ${text} is not named by a UUID`);
  }
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const file = `deletion_vector_${uuid}.bin`;
  return folder === "" ? file : `${folder}/${file}`;
}
