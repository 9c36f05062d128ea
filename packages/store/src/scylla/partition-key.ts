import type { KeyValues } from "../block-store.ts";

/** Largest partition key that the server takes, in bytes. */
const MAX_PARTITION_KEY_SIZE = 65_535;

/** Bytes around each part of a composite key: its length before, a zero after. */
const PART_OVERHEAD = 3;

/**
 * The partition key as the server hashes it: the one value's UTF-8 bytes, or of several values each one's
 * length (2, big endian), bytes and a zero.
 */
export function partitionKey(key: KeyValues): Buffer {
  if (key.length === 1) return Buffer.from(key[0] as string);
  const result = Buffer.alloc(partitionKeySize(key));
  let offset = 0;
  for (const part of key) {
    const size = result.write(part, offset + 2);
    result.writeUInt16BE(size, offset);
    offset += size + PART_OVERHEAD;
  }
  return result;
}

/** Says why the server does not take the key, or nothing if it does. */
export function refusePartitionKey(key: KeyValues): string | undefined {
  const size = partitionKeySize(key);
  if (size === 0) return "key is empty, which cannot be stored";
  if (size > MAX_PARTITION_KEY_SIZE) {
    return `key of ${size} bytes, at most ${MAX_PARTITION_KEY_SIZE} can be stored`;
  }
  return undefined;
}

function partitionKeySize(key: KeyValues): number {
  if (key.length === 1) return Buffer.byteLength(key[0] as string);
  return key.reduce((size, part) => size + Buffer.byteLength(part) + PART_OVERHEAD, 0);
}
