import type { DistributedCache, DistributedFill, DistributedRecord } from "@ofs/cache";
import { FILL_MAX_AGE_MS, isTombstone, TOMBSTONE, TOMBSTONE_TTL_SECONDS } from "@ofs/cache";
import { readCacheRecord } from "@ofs/codec";

interface Entry {
  readonly value: Buffer;
  /** On the server's clock; `Infinity` = never. */
  readonly endsAtMs: number;
}

/** What Redis does as a cache, TTLs included, on a clock that the test moves. */
export class TimedDistributedCache implements DistributedCache {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async read(
    keys: readonly string[],
    groupIds: readonly number[],
    nowMs: number,
  ): Promise<DistributedRecord[]> {
    return keys.map((key) => {
      const seen = this.#value(key);
      const isMiss = seen === undefined || isTombstone(seen);
      return { seen, blocks: isMiss ? undefined : readCacheRecord(seen, groupIds, nowMs) };
    });
  }

  async fill(fills: readonly DistributedFill[], readStartedAtMs: number): Promise<void> {
    if (this.#now() - readStartedAtMs > FILL_MAX_AGE_MS) return;
    for (const { key, seen, record, ttlSeconds } of fills) {
      const held = this.#value(key);
      const isAsSeen = seen === undefined ? held === undefined : held?.equals(seen);
      if (isAsSeen && !(held !== undefined && isTombstone(held))) {
        this.#set(key, Buffer.from(record), ttlSeconds);
      }
    }
  }

  async invalidate(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#set(key, TOMBSTONE, TOMBSTONE_TTL_SECONDS);
  }

  async ping(): Promise<void> {}
  async close(): Promise<void> {}

  #value(key: string): Buffer | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && this.#now() < entry.endsAtMs ? entry.value : undefined;
  }

  #set(key: string, value: Buffer, ttlSeconds: number): void {
    const endsAtMs = ttlSeconds > 0 ? this.#now() + ttlSeconds * 1000 : Number.POSITIVE_INFINITY;
    this.#entries.set(key, { value, endsAtMs });
  }
}
