import { ArenaProcessCache, type ProcessCache, type ProcessCacheStats } from "@ofs/cache";
import { Gauge, type Registry } from "prom-client";
import type { ProcessCacheSettings } from "../config/cache-settings.ts";

interface Named {
  readonly name: string;
  readonly cache: ArenaProcessCache;
}

/** The caches in this process's memory. */
export class ProcessCaches {
  readonly byConfId: ReadonlyMap<number, ProcessCache>;
  readonly #caches = new Map<number, Named>();

  constructor(settings: readonly ProcessCacheSettings[], metrics: Registry) {
    for (const { confId, isEnabled, name, maxSizeBytes } of settings) {
      if (!isEnabled) continue;
      const cache = new ArenaProcessCache({ maxSizeBytes });
      this.#caches.set(confId, { name, cache });
    }
    this.byConfId = new Map([...this.#caches].map(([confId, { cache }]) => [confId, cache]));
    this.#registerMetrics(metrics);
  }

  #registerMetrics(metrics: Registry): void {
    const caches = this.#caches;
    const gauge = (name: string, help: string, read: (stats: ProcessCacheStats) => number) =>
      new Gauge({
        name: `ofs_in_memory_cache_${name}`,
        help,
        // Averaged without weights: workers get about as many requests each.
        aggregator: name === "hit_rate" ? "average" : "sum",
        labelNames: ["cache_name"],
        registers: [metrics],
        collect() {
          for (const entry of caches.values()) {
            this.set({ cache_name: entry.name }, read(entry.cache.stats()));
          }
        },
      });
    gauge("hit_rate", "Share of looked-up groups that were there, since the start.", hitRate);
    gauge("item_count", "Keys held.", (stats) => stats.itemCount);
    gauge("evacuate_count", "Keys put out for room, since the start.", (s) => s.evictedCount);
    gauge("expiry_count", "Groups dropped because they had expired.", (s) => s.expiredCount);
    gauge("size_bytes", "Memory in use, an estimate.", (stats) => stats.sizeBytes);
    gauge("max_size_bytes", "Memory allowed.", (stats) => stats.maxSizeBytes);
  }
}

function hitRate({ hitCount, missCount }: ProcessCacheStats): number {
  const total = hitCount + missCount;
  return total === 0 ? 0 : hitCount / total;
}
