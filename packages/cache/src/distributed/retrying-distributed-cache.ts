import type { Logger } from "@ofs/platform";
import type { DistributedCache, DistributedFill, DistributedRecord } from "../ports.ts";
import { PendingInvalidations } from "./pending-invalidations.ts";
import { TOMBSTONE } from "./tombstone.ts";

/** A miss that must not be filled. */
const UNTRUSTED: DistributedRecord = { seen: TOMBSTONE, blocks: undefined };

export interface RetryingDistributedCacheOptions {
  readonly cache: DistributedCache;
  /** Keys whose invalidation may be pending; more are counted and given up. Default 100 000. */
  readonly maxPendingKeys?: number;
  /** Other processes may have read the older records meanwhile: tell them. */
  readonly onLateInvalidation: (keys: readonly string[]) => void;
  readonly log: Logger;
}

export interface PendingInvalidationStats {
  readonly pendingCount: number;
  /** Since start, in keys. */
  readonly lateCount: number;
  readonly overflowCount: number;
}

/**
 * A distributed cache that goes on trying to invalidate what it could not: when Redis was away, its record is still
 * the older one when it comes back. Until its tombstone stands, this process does not use the record of such a key.
 */
export class RetryingDistributedCache implements DistributedCache {
  readonly #cache: DistributedCache;
  readonly #pending: PendingInvalidations;

  constructor(options: RetryingDistributedCacheOptions) {
    const { cache, maxPendingKeys = 100_000, onLateInvalidation, log } = options;
    this.#cache = cache;
    this.#pending = new PendingInvalidations({
      invalidate: (keys) => cache.invalidate(keys),
      onLate: onLateInvalidation,
      maxKeys: maxPendingKeys,
      log,
    });
  }

  async read(
    keys: readonly string[],
    groupIds: readonly number[],
    nowMs: number,
    timeoutMs: number,
  ): Promise<DistributedRecord[]> {
    const trusted = this.#pending.size === 0 ? keys : keys.filter((key) => !this.#pending.has(key));
    if (trusted.length === keys.length) return this.#cache.read(keys, groupIds, nowMs, timeoutMs);
    const isTrusted = new Set(trusted);
    const read =
      trusted.length === 0 ? [] : await this.#cache.read(trusted, groupIds, nowMs, timeoutMs);
    const found = read.values();
    return keys.map((key) => (isTrusted.has(key) ? (found.next().value ?? UNTRUSTED) : UNTRUSTED));
  }

  fill(fills: readonly DistributedFill[], readStartedAtMs: number): Promise<void> {
    const trusted =
      this.#pending.size === 0 ? fills : fills.filter(({ key }) => !this.#pending.has(key));
    return this.#cache.fill(trusted, readStartedAtMs);
  }

  /** @throws {FeatureStoreError} UNAVAILABLE; the keys are pending then */
  async invalidate(keys: readonly string[]): Promise<void> {
    const { failureCount } = this.#pending;
    try {
      await this.#cache.invalidate(keys);
    } catch (error) {
      this.#pending.add(keys);
      throw error;
    }
    this.#pending.settle(keys, failureCount);
  }

  ping(): Promise<void> {
    return this.#cache.ping();
  }

  async close(): Promise<void> {
    await this.#pending.close();
    await this.#cache.close();
  }

  stats(): PendingInvalidationStats {
    const { size, lateCount, overflowCount } = this.#pending;
    return { pendingCount: size, lateCount, overflowCount };
  }
}
