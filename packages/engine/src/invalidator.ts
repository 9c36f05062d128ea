import type { DistributedCache, InvalidationListener } from "@ofs/cache";
import { type Span, traceFields } from "@ofs/platform";
import type { CacheSettings, Entity } from "@ofs/registry";
import type { EngineMetrics } from "./metrics.ts";
import type { EngineOptions } from "./options.ts";
import type { SharedReads } from "./read/shared-reads.ts";

/** Whom a write could not be told of: the distributed cache (its records), or other processes. */
type Target = "distributed" | "channel";

/**
 * Makes what was written visible: after this process's writes, here and everywhere; after other processes' writes, which
 * the channels tell of, here.
 */
export class Invalidator implements InvalidationListener {
  readonly #options: EngineOptions;
  readonly #metrics: EngineMetrics;
  readonly #reads: SharedReads;
  /** What could not be told the last time: logged when it begins and ends, not once a write. */
  readonly #failing = new Set<Target>();

  constructor(options: EngineOptions, metrics: EngineMetrics, reads: SharedReads) {
    this.#options = options;
    this.#metrics = metrics;
    this.#reads = reads;
  }

  /**
   * Whether groups are cached now does not count: what they left in a cache while they were is served again when they
   * are switched on again.
   *
   * Call when the store has acknowledged the write (or may have taken it), and answer the writer afterwards. Never
   * rejects: what did not reach everyone is counted and logged, and bounded by the caches' TTLs.
   *
   * @param names of the keys written, `<entity>:<k1>|<k2>`
   * @param span of the write, if it is traced
   */
  async written(entity: Entity, names: readonly string[], span?: Span): Promise<void> {
    const { processCache, distributedCache } = entity;
    const distributed = this.#configured(distributedCache);
    // First, for what anyone reads after dropping its own entry must be the new value or a tombstone.
    if (distributed !== undefined) await this.#entomb(entity, distributed, names, span);
    this.invalidate(names);
    if (processCache.isEnabled || processCache.confId !== undefined) {
      this.#options.peerCache?.invalidateOwners(names);
      await this.#tellOthers(entity, names, span);
    }
  }

  invalidate(names: readonly string[]): void {
    this.#reads.forget(names);
    const { processCaches, peerCache } = this.#options;
    for (const cache of processCaches.values()) for (const name of names) cache.invalidate(name);
    if (peerCache !== undefined) for (const name of names) peerCache.invalidate(name);
  }

  invalidateAll(): void {
    this.#reads.forgetAll();
    for (const cache of this.#options.processCaches.values()) cache.clear();
    this.#options.peerCache?.clear();
  }

  /** The distributed cache that the entity names, if it is switched on or not. */
  #configured({ confId }: CacheSettings): DistributedCache | undefined {
    return confId === undefined ? undefined : this.#options.distributedCacheFor(confId);
  }

  async #entomb(
    entity: Entity,
    cache: DistributedCache,
    names: readonly string[],
    span: Span | undefined,
  ): Promise<void> {
    try {
      await cache.invalidate(names);
      this.#succeeded("distributed");
    } catch (error) {
      this.#failed(entity, "distributed", error, span);
    }
  }

  async #tellOthers(
    entity: Entity,
    names: readonly string[],
    span: Span | undefined,
  ): Promise<void> {
    const channels = this.#options.invalidationChannels ?? [];
    await Promise.all(
      channels.map(async (channel) => {
        try {
          await channel.publish(names);
          this.#succeeded("channel");
        } catch (error) {
          this.#failed(entity, "channel", error, span);
        }
      }),
    );
  }

  #succeeded(target: Target): void {
    if (this.#failing.delete(target))
      this.#options.log.info({ target }, "invalidation works again");
  }

  #failed(entity: Entity, target: Target, err: unknown, span: Span | undefined): void {
    this.#metrics.invalidationFailed(entity.label, target);
    if (this.#failing.has(target)) return;
    this.#failing.add(target);
    const about = { err, entity: entity.label, target, ...traceFields(span) };
    this.#options.log.warn(about, "invalidation failed");
  }
}
