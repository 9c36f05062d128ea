import type {
  EtcdMembership,
  PartitionStats,
  PeerCounts,
  RingPeerCache,
  RingPeerCacheStats,
} from "@ofs/cache";
import { type Aggregator, Counter, Gauge, type Registry } from "prom-client";

/** What the peer cache holds, and what goes between it and its peers. */
export function registerPeerCacheMetrics(
  metrics: Registry,
  cacheName: string,
  cache: RingPeerCache,
  membership: EtcdMembership,
): void {
  registerPartitions(metrics, cacheName, cache);
  registerCounters(metrics, cache);
  registerMembers(metrics, cache, membership);
}

function registerPartitions(metrics: Registry, cacheName: string, cache: RingPeerCache): void {
  const gauge = (name: string, help: string, read: (stats: PartitionStats) => number) =>
    new Gauge({
      name: `ofs_p2p_cache_${name}`,
      help,
      labelNames: ["cache_name", "cache_type"],
      aggregator: name === "hit_rate" ? "average" : "sum",
      registers: [metrics],
      collect() {
        const { own, global } = cache.stats();
        this.set({ cache_name: cacheName, cache_type: "own_partition" }, read(own));
        this.set({ cache_name: cacheName, cache_type: "global" }, read(global));
      },
    });
  gauge("hit_rate", "Share of looked-up keys that were there, since the start.", hitRate);
  gauge("item_count", "Keys held.", (stats) => stats.itemCount);
  gauge("evacuate_count", "Keys put out for room, since the start.", (s) => s.evictedCount);
  gauge("expiry_count", "Keys dropped because they had expired.", (s) => s.expiredCount);
  gauge("size_bytes", "Memory in use, an estimate.", (stats) => stats.sizeBytes);
  gauge("max_size_bytes", "Memory allowed.", (stats) => stats.maxSizeBytes);
}

function registerCounters(metrics: Registry, cache: RingPeerCache): void {
  const total = (name: string, help: string, read: (stats: RingPeerCacheStats) => number) =>
    new Counter({
      name: `ofs_p2p_cache_${name}`,
      help,
      registers: [metrics],
      collect() {
        this.reset();
        this.inc(read(cache.stats()));
      },
    });
  const byLabel = (
    name: string,
    label: string,
    help: string,
    read: (counts: PeerCounts) => Readonly<Record<string, number>>,
  ) =>
    new Counter({
      name: `ofs_p2p_cache_${name}`,
      help,
      labelNames: [label],
      registers: [metrics],
      collect() {
        this.reset();
        const values = read(cache.stats().counts);
        for (const [value, count] of Object.entries(values)) this.inc({ [label]: value }, count);
      },
    });
  total("keys_total", "Keys looked up here.", ({ own }) => own.hitCount + own.missCount);
  total("keys_global_miss_total", "Keys that nobody supplied.", ({ counts }) => missed(counts));
  new Counter({
    name: "ofs_p2p_cache_keys_local_miss_total",
    help: "Keys that a partition of this process did not hold.",
    labelNames: ["partition"],
    registers: [metrics],
    collect() {
      const { own, global } = cache.stats();
      this.reset();
      this.inc({ partition: "own" }, own.missCount);
      this.inc({ partition: "global" }, global.missCount);
    },
  });
  total("network_keys_sent_total", "Requests sent to owners.", (s) => s.counts.remote.sent);
  total("responses_total", "Datagrams that came in reply.", (s) => s.counts.replies.received);
  total("socket_errors_total", "Faults of the sockets.", (s) => s.counts.socket.error);
  byLabel("network_keys_total", "result", "Keys to ask owners for, by outcome.", remoteOutcomes);
  byLabel("response_errors_total", "reason", "Datagrams in reply that say nothing.", replyFaults);
  byLabel("server_keys_total", "reason", "Keys that others asked for.", (c) => c.served);
  byLabel("server_keys_error_total", "reason", "Datagrams of others that say nothing.", (c) => ({
    ...c.refused,
  }));
  byLabel("server_values_total", "result", "Records that others sent.", (c) => c.accepted);
  byLabel("fills_total", "result", "Records read below, by what became of them.", (c) => c.fills);
  byLabel(
    "invalidations_total",
    "result",
    "Invalidations for owners; `dropped`: the queue was full or the owner's address is not known.",
    (counts) => counts.invalidations,
  );
}

function registerMembers(
  metrics: Registry,
  cache: RingPeerCache,
  membership: EtcdMembership,
): void {
  const gauge = (name: string, aggregator: Aggregator, help: string, read: () => number) =>
    new Gauge({
      name: `ofs_p2p_cache_${name}`,
      help,
      aggregator,
      registers: [metrics],
      collect() {
        this.set(read());
      },
    });
  const members = () => membership.stats();
  gauge("nodes", "max", "Nodes of the ring.", () => cache.stats().nodeCount);
  gauge("holders", "sum", "Processes that hold the pod's keys: 1, but for moments.", () =>
    cache.stats().role === "holder" ? 1 : 0,
  );
  gauge("members_live", "min", "1 while changes of the members arrive.", () =>
    members().isLive ? 1 : 0,
  );
  gauge("members_ignored", "max", "Members that say nothing, or are too many.", () => {
    return members().ignoredCount;
  });
  gauge("members_unresolved", "max", "Members whose host name has no address.", () => {
    return members().unresolvedCount;
  });
  gauge("joins", "sum", "How often this pod joined: again where its lease was lost.", () => {
    return members().joinCount;
  });
}

function hitRate({ hitCount, missCount }: PartitionStats): number {
  const total = hitCount + missCount;
  return total === 0 ? 0 : hitCount / total;
}

function missed({ remote }: PeerCounts): number {
  const { miss, timeout, queue_full, invalidated, unreachable } = remote;
  return miss + timeout + queue_full + invalidated + unreachable;
}

function remoteOutcomes({ remote }: PeerCounts): Readonly<Record<string, number>> {
  const { hit, miss, timeout, queue_full, invalidated, unreachable } = remote;
  return { hit, miss, timeout, queue_full, invalidated, unreachable };
}

function replyFaults({ replies }: PeerCounts): Readonly<Record<string, number>> {
  const { received: _received, ...faults } = replies;
  return faults;
}
