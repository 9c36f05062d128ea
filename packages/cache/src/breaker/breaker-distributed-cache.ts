import type { DistributedCache, DistributedFill, DistributedRecord } from "../ports.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";

/**
 * A distributed cache behind a circuit breaker: while it is open, reads fail at once. Only reads count;
 * fills and invalidations always go through, for a skipped invalidation would leave old data.
 */
export class BreakerDistributedCache implements DistributedCache {
  readonly #cache: DistributedCache;
  readonly #breaker: CircuitBreaker;

  constructor(cache: DistributedCache, breaker: CircuitBreaker) {
    this.#cache = cache;
    this.#breaker = breaker;
  }

  /** @throws {FeatureStoreError} UNAVAILABLE also where the breaker refuses */
  read(
    keys: readonly string[],
    groupIds: readonly number[],
    nowMs: number,
    timeoutMs: number,
  ): Promise<DistributedRecord[]> {
    return this.#breaker.run(() => this.#cache.read(keys, groupIds, nowMs, timeoutMs));
  }

  fill(fills: readonly DistributedFill[], readStartedAtMs: number): Promise<void> {
    return this.#cache.fill(fills, readStartedAtMs);
  }

  invalidate(keys: readonly string[]): Promise<void> {
    return this.#cache.invalidate(keys);
  }

  ping(): Promise<void> {
    return this.#cache.ping();
  }

  close(): Promise<void> {
    return this.#cache.close();
  }
}
