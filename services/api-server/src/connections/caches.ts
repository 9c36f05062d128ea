import type { InvalidationChannel } from "@ofs/cache";
import { DistributedCaches, Invalidation, type StoreConnections } from "@ofs/connections";
import type { Health, Lifecycle, Logger } from "@ofs/platform";
import type { Registry } from "prom-client";
import type { ApiServerConfig } from "../config.ts";
import { type OpenPeerCache, openPeerCache, type PeerPlace } from "./peer-cache.ts";
import { ProcessCaches } from "./process-caches.ts";

/** Everything before the stores, and what keeps it current. */
export interface OpenCaches {
  readonly invalidation: Invalidation;
  readonly distributed: DistributedCaches;
  readonly processCaches: ProcessCaches;
  readonly peers: OpenPeerCache | undefined;
}

/** How this process stands to others. */
export interface CacheNeighbours {
  /** Beside the channel over Redis. */
  readonly channels: readonly InvalidationChannel[];
  readonly peerPlace: PeerPlace;
}

interface CacheDeps {
  readonly log: Logger;
  readonly metrics: Registry;
  readonly health: Health;
  readonly lifecycle: Lifecycle;
}

/** @throws if a peer cache is configured and cannot be opened */
export async function openCaches(
  config: ApiServerConfig,
  stores: StoreConnections,
  { channels, peerPlace }: CacheNeighbours,
  { log, metrics, health, lifecycle }: CacheDeps,
): Promise<OpenCaches> {
  const { APP_NAME: appName, INVALIDATION_TIMEOUT_MS: invalidateTimeoutMs } = config.server;
  const invalidation = new Invalidation({
    appName,
    connection: stores.redisConnection(config.invalidationRedisConfId),
    publishTimeoutMs: invalidateTimeoutMs,
    channels,
    metrics,
    log,
  });
  lifecycle.register("invalidation channel", () => invalidation.close());
  const distributed = new DistributedCaches({
    connections: stores.redisConnections(config.distributedCacheConfIds),
    invalidateTimeoutMs,
    onLateInvalidation: (keys) => invalidation.announce(keys),
    metrics,
    log,
  });
  lifecycle.register("distributed caches", () => distributed.close());
  const processCaches = new ProcessCaches(config.processCaches, metrics);
  const peers = await openPeerCache(config, peerPlace, metrics, log);
  lifecycle.register("peer cache", () => peers?.close());
  health.register("invalidation", () => invalidation.check());
  if (peers !== undefined) health.register("peers", () => peers.check());
  return { invalidation, distributed, processCaches, peers };
}
