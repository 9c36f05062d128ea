const RECORD_VERSION = 1;

/** A record of no entries: a miss for every reader, and what an invalidation leaves for a while. */
export const TOMBSTONE: Buffer = Buffer.from([RECORD_VERSION]);

/** How long a tombstone keeps fills of values read before the write away. */
export const TOMBSTONE_TTL_SECONDS = 10;

/**
 * A fill whose reads began longer ago is dropped. Less than a tombstone's life, so that a value read before
 * a write meets the write's tombstone; the difference is what a command may take to be carried out.
 */
export const FILL_MAX_AGE_MS = 5000;

export function isTombstone(value: Uint8Array): boolean {
  return value.length === 1 && value[0] === RECORD_VERSION;
}
