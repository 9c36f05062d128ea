import { EtcdMembership, lookUpHost, type PeerRole, podIdOf, RingPeerCache } from "@ofs/cache";
import type { CheckResult, Logger } from "@ofs/platform";
import type { Registry } from "prom-client";
import type { PeerCacheSettings } from "../config/cache-settings.ts";
import type { ApiServerConfig } from "../config.ts";
import { registerPeerCacheMetrics } from "../metrics/peer-cache-metrics.ts";
import { readEtcdTls } from "./etcd-tls.ts";

/** The peer cache of this process, and its place among the others. */
export interface OpenPeerCache {
  readonly cache: RingPeerCache;
  check(): CheckResult;
  /** Leaves the cluster, then stops answering. */
  close(): Promise<void>;
}

/**
 * Opens the first peer cache that is enabled; there is one at most.
 *
 * @param role `client` in further processes of a pod, which ask the one that holds the pod's keys
 * @returns undefined if none is configured
 * @throws if the UDP port cannot be had, `POD_IP` has no address or a file cannot be read
 */
export async function openPeerCache(
  config: ApiServerConfig,
  role: PeerRole,
  metrics: Registry,
  log: Logger,
): Promise<OpenPeerCache | undefined> {
  const [settings, ...more] = config.peerCaches.filter(({ isEnabled }) => isEnabled);
  const { POD_IP: podIp, NODE_IP: nodeIp } = config.server;
  if (settings === undefined || podIp === undefined || nodeIp === undefined) return undefined;
  if (more.length > 0) {
    const ignored = more.map(({ confId }) => confId);
    log.warn({ used: settings.confId, ignored }, "only the first peer cache is used");
  }
  const cache = await openRing(settings, role, podIp, nodeIp);
  try {
    const membership = await openMembership(config, settings, role, cache, { podIp, nodeIp }, log);
    registerPeerCacheMetrics(metrics, settings.name, cache, membership);
    // etcd may be away: until it is there, this process is alone.
    const started = membership.start();
    return {
      cache,
      check: () => checkMembership(membership),
      async close() {
        await membership.close();
        await started;
        await cache.close();
      },
    };
  } catch (error) {
    await cache.close();
    throw error;
  }
}

/**
 * A holder listens on the pod's own address, which is where others ask and where they expect answers from: datagrams are
 * not authenticated by default, so no more interfaces than needed are open.
 */
async function openRing(
  settings: PeerCacheSettings,
  role: PeerRole,
  podIp: string,
  nodeIp: string,
): Promise<RingPeerCache> {
  const host = role === "holder" ? await lookUpHost(settings.bindHost ?? podIp) : podIp;
  const { port, ownSizeBytes, globalSizeBytes, globalTtlSeconds, socketCount, secret } = settings;
  return RingPeerCache.open({
    selfId: podIdOf(nodeIp, podIp),
    role,
    host,
    port,
    ownSizeBytes,
    globalSizeBytes,
    globalTtlSeconds,
    socketCount,
    secret,
    now: Date.now,
    random: Math.random,
  });
}

async function openMembership(
  { registry }: ApiServerConfig,
  { clusterName, name }: PeerCacheSettings,
  role: PeerRole,
  cache: RingPeerCache,
  self: { readonly nodeIp: string; readonly podIp: string },
  log: Logger,
): Promise<EtcdMembership> {
  const { etcd } = registry;
  if (etcd === undefined) throw new Error("a peer cache needs ETCD_SERVER");
  return new EtcdMembership({
    etcd: {
      endpoints: etcd.endpoints,
      username: etcd.username,
      password: etcd.password,
      tls: etcd.tls && (await readEtcdTls(etcd.tls)),
    },
    clusterName,
    name,
    self,
    isMember: role === "holder",
    log,
    onMembers: (members) => cache.setMembers(members),
  });
}

/** Without etcd the last members stay: a warning, as the process serves on. */
function checkMembership(membership: EtcdMembership): CheckResult {
  const { isLive, memberCount, unresolvedCount, ignoredCount } = membership.stats();
  return {
    status: isLive ? "ok" : "warning",
    detail: {
      members: memberCount,
      unresolved: unresolvedCount,
      ignored: ignoredCount,
      etcd: isLive ? "up" : "down",
    },
  };
}
