import type { Block } from "@ofs/codec";
import type { KeyName } from "./process/key-name.ts";

/** What this process holds itself of a cache. Negative entries are `NEGATIVE_BLOCK`. Everything is synchronous. */
export interface LocalCache {
  /**
   * Position in the order of invalidations. Take it before reading from below and give it to `fill`, so
   * that a value read before a write is not filled after the write's invalidation.
   */
  position(): number;
  /**
   * Looks up groups of one key. `cells[base + i]` is set where `groupIds[i]` is held and live and the
   * cell is still undefined.
   *
   * @param nowMs Unix milliseconds: which blocks have expired
   * @param monotonicMs the same instant on the clock that does not step: which entries have
   * @returns how many cells were set
   */
  read(
    key: string,
    groupIds: readonly number[],
    cells: (Block | undefined)[],
    base: number,
    nowMs: number,
    monotonicMs: number,
  ): number;
  /** Drops all groups of the key. */
  invalidate(key: string): void;
  clear(): void;
}

/**
 * In-process cache of decoded blocks. Groups of a key are kept one by one: callers that ask for other
 * groups do not evict each other's.
 */
export interface ProcessCache extends LocalCache {
  /** As `read`, of a key whose name is not a text yet. */
  readNamed(
    name: KeyName,
    groupIds: readonly number[],
    cells: (Block | undefined)[],
    base: number,
    nowMs: number,
    monotonicMs: number,
  ): number;
  /**
   * Keeps groups beside those that are held of the key.
   *
   * @param ttlMs 0 = no expiry of the entry (a block's own expiry always counts)
   */
  fill(
    key: string,
    groupIds: readonly number[],
    blocks: readonly Block[],
    ttlMs: number,
    position: number,
  ): void;
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
  /**
   * Best effort; dropped if the reads behind it began more than 5 s ago.
   *
   * @param readStartedAtMs of the monotonic clock (`performance.now`): one that steps could make an old value look young
   */
  fill(fills: readonly DistributedFill[], readStartedAtMs: number): Promise<void>;
  /** Puts a short-lived tombstone in place of each record. @throws {FeatureStoreError} UNAVAILABLE */
  invalidate(keys: readonly string[]): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Cache whose keys are divided among the processes of a cluster. `read` finds what this process holds: the keys that it
 * owns, and copies of others'. An entry holds groups of one key; groups filled one after the other come together.
 */
export interface PeerCache extends LocalCache {
  /**
   * Asks the owners of keys that `read` did not find. Answers that come in time are kept as copies, unless the key was
   * invalidated since `position`. Never rejects: an owner that does not answer is a miss.
   *
   * @returns one a key, in order: a block for each group, or undefined for a miss
   */
  readRemote(
    keys: readonly string[],
    groupIds: readonly number[],
    nowMs: number,
    position: number,
  ): Promise<(readonly Block[] | undefined)[]>;
  /**
   * Keeps the groups here and, if another process owns the key, sends them there. Best effort.
   *
   * @param ttlSeconds 0 = no expiry of the entry (a block's own expiry always counts)
   */
  fill(
    key: string,
    groupIds: readonly number[],
    blocks: readonly Block[],
    ttlSeconds: number,
    position: number,
  ): void;
  /**
   * Drops the keys here and leaves a tombstone with their owners, which for a while keeps fills of older values away.
   * For keys that this process has written; `invalidate` is for those that others have.
   */
  invalidateOwners(keys: readonly string[]): void;
}

/** What must happen in a process when others have written. */
export interface InvalidationListener {
  /** Drops what is held of the keys (`<entity>:<k1>|<k2>`). */
  invalidate(keys: readonly string[]): void;
  /** Messages may have been missed: drops everything. */
  invalidateAll(): void;
}

/** Tells other processes which keys this one has written. Its own listener does not hear of those. */
export interface InvalidationChannel {
  /**
   * @returns once the channel has taken the message; whether the others have, too, is up to the kind of channel
   * @throws {FeatureStoreError} UNAVAILABLE
   */
  publish(keys: readonly string[]): Promise<void>;
  /** Once, before the first read is answered. */
  subscribe(listener: InvalidationListener): void;
  close(): Promise<void>;
}
