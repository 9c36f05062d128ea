import type { DistributedCache, ProcessCache } from "@ofs/cache";
import type { CacheSettings, Entity } from "@ofs/registry";
import type { EngineOptions } from "./options.ts";

/** The caches of one entity that this process has. */
export interface EntityCaches {
  readonly process: ProcessCache | undefined;
  readonly distributed: DistributedCache | undefined;
}

/** A cache that the registry switches on but this process does not have is none. */
export function cachesOf(entity: Entity, options: EngineOptions): EntityCaches {
  return {
    process: lookUp(entity.processCache, (confId) => options.processCacheFor(confId)),
    distributed: lookUp(entity.distributedCache, (confId) => options.distributedCacheFor(confId)),
  };
}

function lookUp<Cache>(
  { isEnabled, confId }: CacheSettings,
  cacheFor: (confId: number) => Cache | undefined,
): Cache | undefined {
  return isEnabled && confId !== undefined ? cacheFor(confId) : undefined;
}
