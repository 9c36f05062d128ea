import type { Block } from "@ofs/codec";

/**
 * In-process cache of decoded blocks. Groups of a key are kept one by one: callers that ask for other
 * groups do not evict each other's. Negative entries are `NEGATIVE_BLOCK`. Everything is synchronous.
 */
export interface ProcessCache {
  /**
   * Position in the order of invalidations. Take it before reading from below and give it to `fill`, so
   * that a value read before a write is not filled after the write's invalidation.
   */
  position(): number;
  /**
   * Looks up groups of one key. `cells[base + i]` is set where `groupIds[i]` is held and live and the
   * cell is still undefined.
   *
   * @returns how many cells were set
   */
  read(
    key: string,
    groupIds: readonly number[],
    cells: (Block | undefined)[],
    base: number,
    nowMs: number,
  ): number;
  /** @param ttlMs 0 = no expiry of the entry (the block's own expiry always counts) */
  fill(key: string, groupId: number, block: Block, ttlMs: number, position: number): void;
  /** Drops all groups of the key. */
  invalidate(key: string): void;
  clear(): void;
  stats(): ProcessCacheStats;
}

export interface ProcessCacheStats {
  readonly sizeBytes: number;
  readonly maxSizeBytes: number;
  readonly itemCount: number;
  /** Since start. */
  readonly evictedCount: number;
  readonly expiredCount: number;
  readonly hitCount: number;
  readonly missCount: number;
}

/** What the distributed cache holds for one key. */
export interface DistributedRecord {
  /** The value's exact bytes, for a conditional fill; undefined where the key is absent. */
  readonly seen: Buffer | undefined;
  /** One block for each group asked for (`NEGATIVE_BLOCK` for none), or undefined for a miss. */
  readonly blocks: readonly Block[] | undefined;
}

export interface DistributedFill {
  readonly key: string;
  /** What the read that found the miss saw: the fill replaces only that. */
  readonly seen: Buffer | undefined;
  /** Encoded record. */
  readonly record: Uint8Array;
  /** 0 = no expiry. */
  readonly ttlSeconds: number;
}

/** Shared cache of whole records, one a key. */
export interface DistributedCache {
  /**
   * @returns one record a key, in order
   * @throws {FeatureStoreError} UNAVAILABLE if it cannot answer in time
   */
  read(
    keys: readonly string[],
    groupIds: readonly number[],
    nowMs: number,
    timeoutMs: number,
  ): Promise<DistributedRecord[]>;
  /** Best effort; dropped if the reads behind it began more than 5 s ago. */
  fill(fills: readonly DistributedFill[], readStartedAtMs: number): Promise<void>;
  /** Puts a short-lived tombstone in place of each record. @throws {FeatureStoreError} UNAVAILABLE */
  invalidate(keys: readonly string[]): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
