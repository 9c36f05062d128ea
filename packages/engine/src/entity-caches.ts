import type { DistributedCache, PeerCache, ProcessCache } from "@ofs/cache";
import type { Entity } from "@ofs/registry";
import type { EngineOptions } from "./options.ts";

/** The caches before one entity's stores that this process has. Of `process` and `peer` a request uses one. */
export interface EntityCaches {
  readonly process: ProcessCache | undefined;
  readonly peer: PeerCache | undefined;
  readonly distributed: DistributedCache | undefined;
}

/**
 * A cache that the registry switches on but this process does not have is none.
 *
 * @param usesPeers whether the peer cache, if there is one, stands in for the process cache
 */
export function cachesOf(entity: Entity, options: EngineOptions, usesPeers: boolean): EntityCaches {
  const { processCache, distributedCache } = entity;
  const peer = usesPeers && processCache.isEnabled ? options.peerCache : undefined;
  const process =
    peer === undefined && processCache.isEnabled && processCache.confId !== undefined
      ? options.processCaches.get(processCache.confId)
      : undefined;
  const distributed =
    distributedCache.isEnabled && distributedCache.confId !== undefined
      ? options.distributedCacheFor(distributedCache.confId)
      : undefined;
  return { process, peer, distributed };
}
