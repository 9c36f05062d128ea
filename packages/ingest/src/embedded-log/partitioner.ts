const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;
const SHIFT = 24;

/**
 * MurmurHash2, 32 bits, as the `Utils.murmur2` of Kafka's Java client: the same key goes to the same partition
 * here and there, if both have as many.
 */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  let hash = SEED ^ length;
  const wholeWords = length & ~3;
  for (let at = 0; at < wholeWords; at += 4) {
    let word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    word = Math.imul(word, MULTIPLIER);
    word ^= word >>> SHIFT;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  const rest = length & 3;
  if (rest === 3) hash ^= (bytes[wholeWords + 2] as number) << 16;
  if (rest >= 2) hash ^= (bytes[wholeWords + 1] as number) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ (bytes[wholeWords] as number), MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/** @returns the partition of a key, as Kafka's default partitioner chooses it */
export function partitionOfKey(key: Uint8Array, partitionCount: number): number {
  return (murmur2(key) & 0x7fffffff) % partitionCount;
}
