import type { CounterTable } from "./counters.ts";
import type { FleetObservation, InstanceObservation } from "./fleet-monitor.ts";
import { type GroupFreshness, oldestWrites } from "./freshness.ts";
import { type IngestReport, ingestReport } from "./ingest-report.ts";
import type { InstanceState } from "./probe.ts";
import { mergeBuckets, mergeRates, quantileOf, ratioOf } from "./rates.ts";
import type { CallKind } from "./reading.ts";
import type { FleetService } from "./targets.ts";

/** `behind`: a change that is known here has not arrived there; `cut-off`: changes do not arrive; `none`: it serves none. */
export const REGISTRY_STATES = ["current", "behind", "cut-off", "none"] as const;
export type RegistryState = (typeof REGISTRY_STATES)[number];

export interface InstanceReport {
  readonly service: FleetService;
  readonly url: string;
  readonly state: InstanceState;
  readonly reasons: readonly string[];
  readonly metricsProblem: string | undefined;
  /** Unix milliseconds. */
  readonly startedAtMs: number | undefined;
  readonly registryRevision: number | undefined;
  /** undefined: it does not say. */
  readonly registryState: RegistryState | undefined;
}

/** Of one kind of calls, over the instances whose rates are known. */
export interface CallReport {
  readonly perSecond: number;
  /** By no fault of the callers. */
  readonly failuresPerSecond: number;
  /** undefined where nothing was called. */
  readonly p50Seconds: number | undefined;
  readonly p99Seconds: number | undefined;
}

/** Hits among the keys that a tier of caches was asked for. */
export interface CacheReport {
  /** As the metrics call it: `in_memory`, `p2p`, `distributed`. */
  readonly tier: string;
  /** In [0, 1]; undefined where it was not asked lately. */
  readonly hitRatio: number | undefined;
}

/** What people want to know of the fleet. What is not known is undefined, and never 0. */
export interface FleetReport {
  /** Unix milliseconds. */
  readonly atMs: number;
  /** The longest time that rates are over, in seconds; undefined while there is none. */
  readonly windowSeconds: number | undefined;
  readonly instances: readonly InstanceReport[];
  readonly reads: CallReport | undefined;
  readonly writes: CallReport | undefined;
  /** Calls of an overloaded server that were refused before they were read, of whatever kind. */
  readonly refusalsPerSecond: number | undefined;
  readonly caches: readonly CacheReport[];
  /** undefined if no consumer answers. */
  readonly ingest: IngestReport | undefined;
  /** Feature groups whose last write is longest ago. */
  readonly oldestWrites: readonly GroupFreshness[];
}

/** @param isKnown whether the registry has such a feature group */
export function reportFleet(
  observation: FleetObservation,
  isKnown: (entity: string, group: string) => boolean,
): FleetReport {
  const { atMs, changeRevision, instances } = observation;
  const servers = instances.filter(({ target }) => target.service === "api-server");
  const windows = servers.flatMap(({ window }) => window ?? []);
  const all = windows.map(({ rates }) => rates);
  const sum = mergeRates(all);
  const spans = instances.flatMap(({ window }) => window?.seconds ?? []);
  return {
    atMs,
    windowSeconds: spans.length === 0 ? undefined : Math.max(...spans),
    instances: instances.map((instance) => reportInstance(instance, changeRevision)),
    reads: reportCalls(all, "read"),
    writes: reportCalls(all, "write"),
    refusalsPerSecond: all.length === 0 ? undefined : (sum.get("refusals", "") ?? 0),
    caches: reportCaches(servers, sum),
    ingest: ingestReport(instances.filter(({ target }) => target.service === "consumer")),
    oldestWrites: oldestWrites(observation, isKnown),
  };
}

function reportInstance(
  { target, probe }: InstanceObservation,
  changeRevision: number | undefined,
): InstanceReport {
  const { metrics } = probe;
  return {
    ...target,
    state: probe.state,
    reasons: probe.reasons,
    metricsProblem: probe.metricsProblem,
    startedAtMs: metrics?.startedAtMs,
    registryRevision: metrics?.registryRevision,
    registryState: metrics && registryStateOf(metrics, changeRevision),
  };
}

function registryStateOf(
  metrics: {
    readonly registryRevision: number | undefined;
    readonly isRegistryLive: boolean | undefined;
  },
  changeRevision: number | undefined,
): RegistryState | undefined {
  const { registryRevision: revision, isRegistryLive: isLive } = metrics;
  if (isLive === undefined) return undefined;
  if (revision === undefined) return "none";
  if (changeRevision !== undefined && revision < changeRevision) return "behind";
  return isLive ? "current" : "cut-off";
}

function reportCalls(all: readonly CounterTable[], kind: CallKind): CallReport | undefined {
  if (all.length === 0) return undefined;
  const rates = mergeRates(all);
  const buckets = mergeBuckets(all, "callSeconds", kind);
  return {
    perSecond: rates.get("calls", kind) ?? 0,
    failuresPerSecond: rates.get("failures", kind) ?? 0,
    p50Seconds: quantileOf(buckets, 0.5),
    p99Seconds: quantileOf(buckets, 0.99),
  };
}

/** @returns the tiers that were ever asked, in the order in which they are */
function reportCaches(
  servers: readonly InstanceObservation[],
  rates: CounterTable,
): readonly CacheReport[] {
  const counted = servers.flatMap(({ probe }) => probe.metrics?.counters ?? []);
  return ["in_memory", "p2p", "distributed"]
    .filter((tier) =>
      counted.some(
        (counters) =>
          counters.get("cacheHits", tier) !== undefined ||
          counters.get("cacheMisses", tier) !== undefined,
      ),
    )
    .map((tier) => ({
      tier,
      hitRatio: ratioOf(rates.get("cacheHits", tier) ?? 0, rates.get("cacheMisses", tier) ?? 0),
    }));
}
