import type { DistributedCache, DistributedFill, DistributedRecord } from "@ofs/cache";
import { readCacheRecord } from "@ofs/codec";
import type { FeatureStoreError } from "@ofs/platform";

const TOMBSTONE = Buffer.from([1]);

/** `DistributedCache` on a map, with the conditional fills of the real one. */
export class MemoryDistributedCache implements DistributedCache {
  readonly records = new Map<string, Buffer>();
  readonly fills: DistributedFill[] = [];
  failure: FeatureStoreError | undefined;
  readCount = 0;

  async read(
    keys: readonly string[],
    groupIds: readonly number[],
    nowMs: number,
  ): Promise<DistributedRecord[]> {
    this.readCount += 1;
    if (this.failure !== undefined) throw this.failure;
    return keys.map((key) => {
      const seen = this.records.get(key);
      return { seen, blocks: seen && readCacheRecord(seen, groupIds, nowMs) };
    });
  }

  async fill(fills: readonly DistributedFill[]): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    for (const fill of fills) {
      this.fills.push(fill);
      const held = this.records.get(fill.key);
      const isAsSeen = held === undefined || (fill.seen?.equals(held) ?? false);
      if (isAsSeen && !held?.equals(TOMBSTONE))
        this.records.set(fill.key, Buffer.from(fill.record));
    }
  }

  async invalidate(keys: readonly string[]): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    for (const key of keys) this.records.set(key, TOMBSTONE);
  }

  async ping(): Promise<void> {}
  async close(): Promise<void> {}
}
