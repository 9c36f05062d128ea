import { setTimeout as delay } from "node:timers/promises";
import { EtcdMembership, lookUpHost, type PeerRole, podIdOf, RingPeerCache } from "@ofs/cache";
import { readEtcdTls } from "@ofs/connections";
import type { CheckResult, Logger } from "@ofs/platform";
import type { Registry } from "prom-client";
import type { PeerCacheSettings } from "../config/cache-settings.ts";
import type { ApiServerConfig } from "../config.ts";
import { registerPeerCacheMetrics } from "../metrics/peer-cache-metrics.ts";

/** Between attempts to take the port of the process before. */
const HOLD_RETRY_MS = 250;

/** The peer cache of this process, and its place among the others. */
export interface OpenPeerCache {
  readonly cache: RingPeerCache;
  check(): CheckResult;
  /** Leaves the cluster, then stops answering. */
  close(): Promise<void>;
}

/** What this process does for its pod. */
export interface PeerPlace {
  /** `client` in further processes of a pod, which ask the one that holds the pod's keys. */
  readonly role: PeerRole;
  /** Whether the UDP port may be taken at first: by the process that this one replaces. */
  readonly isSuccessor: boolean;
}

/**
 * Opens the first peer cache that is enabled; there is one at most.
 *
 * @returns undefined if none is configured
 * @throws if the UDP port cannot be had, `POD_IP` has no address or a file cannot be read
 */
export async function openPeerCache(
  config: ApiServerConfig,
  place: PeerPlace,
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
  const cache = await openRing(settings, place.role, podIp, nodeIp);
  const closing = new AbortController();
  try {
    const holding =
      place.role === "holder" ? await hold(cache, place, closing.signal, log) : undefined;
    const self = { podIp, nodeIp };
    const membership = await openMembership(config, settings, place.role, cache, self, log);
    registerPeerCacheMetrics(metrics, settings.name, cache, membership);
    // etcd may be away: until it is there, this process is alone.
    const started = membership.start();
    return {
      cache,
      check: () => checkPeers(membership, place.role === cache.stats().role),
      async close() {
        closing.abort();
        await membership.close();
        await Promise.all([started, holding?.done]);
        await cache.close();
      },
    };
  } catch (error) {
    closing.abort();
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
    role: "client",
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

/**
 * Takes the UDP port. A successor asks the process that it replaces, as any client does, until that has let go of it.
 *
 * @returns when the port is taken, or is being waited for; `done` never rejects
 * @throws the system's error if the port cannot be had
 */
async function hold(
  cache: RingPeerCache,
  { isSuccessor }: PeerPlace,
  signal: AbortSignal,
  log: Logger,
): Promise<{ readonly done: Promise<void> }> {
  try {
    await cache.hold();
    return { done: Promise.resolve() };
  } catch (error) {
    if (!isSuccessor || (error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return { done: holdLater(cache, signal, log) };
  }
}

/** Never rejects. */
async function holdLater(cache: RingPeerCache, signal: AbortSignal, log: Logger): Promise<void> {
  let reason: string | undefined;
  while (!signal.aborted) {
    try {
      await cache.hold();
      return;
    } catch (error) {
      const { message } = error as Error;
      if (message !== reason) log.warn({ err: error }, "the peer cache waits for its UDP port");
      reason = message;
    }
    await delay(HOLD_RETRY_MS, undefined, { signal }).catch(() => "closing");
  }
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

/** Without etcd the last members stay; without its port this pod's keys are nobody's. The process serves on. */
function checkPeers(membership: EtcdMembership, isInPlace: boolean): CheckResult {
  const { isLive, memberCount, unresolvedCount, ignoredCount } = membership.stats();
  return {
    status: isLive && isInPlace ? "ok" : "warning",
    detail: {
      members: memberCount,
      unresolved: unresolvedCount,
      ignored: ignoredCount,
      etcd: isLive ? "up" : "down",
      port: isInPlace ? "held" : "taken by another process",
    },
  };
}
