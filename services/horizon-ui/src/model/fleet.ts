import type { FleetState, Instance, LastWrite } from "../api/fleet.ts";
import { formatCount, formatDuration, formatNumber } from "./format.ts";

/** What is said of a part of the fleet, and whether all is well with it. */
export interface Verdict {
  readonly text: string;
  readonly tone: "good" | "attention" | "bad";
}

const STATES: Readonly<Record<Instance["state"], Verdict>> = {
  ready: { text: "Ready", tone: "good" },
  warning: { text: "Ready, with a warning", tone: "attention" },
  "not-ready": { text: "Not ready", tone: "bad" },
  draining: { text: "Shutting down", tone: "attention" },
  down: { text: "Down", tone: "bad" },
};

export function stateVerdict({ state }: Pick<Instance, "state">): Verdict {
  return STATES[state];
}

/** One sentence about all instances. */
export function fleetVerdict(instances: readonly Pick<Instance, "state">[]): Verdict {
  const all = instances.length;
  const serving = instances.filter(({ state }) => state === "ready" || state === "warning").length;
  if (serving < all) return { text: `${serving} of ${all} instances are ready`, tone: "bad" };
  const text = all === 1 ? "The one instance is ready" : `All ${all} instances are ready`;
  const isCalm = instances.every(({ state }) => state === "ready");
  return { text, tone: isCalm ? "good" : "attention" };
}

/** A few words about the registry that instances serve; undefined if none says what it serves. */
export function registryVerdict(instances: readonly Instance[]): Verdict | undefined {
  const telling = instances.filter(({ registryState }) => registryState !== null);
  const [first] = telling;
  if (first === undefined) return undefined;
  const late = telling.filter(({ registryState }) => registryState !== "current");
  if (late.length > 0) {
    const text = `${late.length} of ${telling.length} do not follow the registry`;
    return { text, tone: "attention" };
  }
  const { registryRevision: revision } = first;
  const isCommon = telling.every(({ registryRevision }) => registryRevision === revision);
  // Where others write to the same etcd, those that started later name a later revision of the same registry.
  const text = isCommon ? `Registry up to date (revision ${revision})` : "Registry up to date";
  return { text, tone: "good" };
}

const REGISTRY_TEXTS: Readonly<Record<NonNullable<Instance["registryState"]>, string>> = {
  current: "current",
  behind: "behind",
  "cut-off": "no changes arrive",
  none: "none yet",
};

/** `revision 12, current`; null if it is not known. */
export function registryText({ registryRevision, registryState }: Instance): string | null {
  if (registryState === null) return null;
  const state = REGISTRY_TEXTS[registryState];
  return registryRevision === null ? state : `${registryRevision}, ${state}`;
}

/** `0 /s`, `0.25 /s`, `1,234 /s`. */
export function formatRate(perSecond: number): string {
  return `${formatNumber(rounded(perSecond))} /s`;
}

/** A time that was measured: `250 µs`, `1.2 ms`, `3.4 s`, `5 minutes`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.001) return `${formatNumber(Math.round(seconds * 1_000_000))} µs`;
  if (seconds < 1) return `${formatNumber(rounded(seconds * 1_000))} ms`;
  if (seconds < 120) return `${formatNumber(rounded(seconds))} s`;
  return formatDuration(Math.round(seconds / 60) * 60);
}

/** `97.3 %`; 100 only where it is all. */
export function formatRatio(ratio: number): string {
  const percent = Math.floor(ratio * 1000) / 10;
  return `${formatNumber(percent)} %`;
}

const TIER_NAMES: Readonly<Record<string, string>> = {
  in_memory: "In-process cache",
  p2p: "Peer cache",
  distributed: "Distributed cache",
};

export function tierName(tier: string): string {
  return TIER_NAMES[tier] ?? tier;
}

/** Calls that failed by no fault of the callers, or were refused by overloaded servers; null if that is not known. */
export function failureRate(
  state: Pick<FleetState, "reads" | "writes" | "refusalsPerSecond">,
): number | null {
  const { reads, writes, refusalsPerSecond: refusals } = state;
  if (reads === null || writes === null || refusals === null) return null;
  return reads.failuresPerSecond + writes.failuresPerSecond + refusals;
}

/** Of all topics; null if it is known of none. */
export function totalLag({ ingest }: Pick<FleetState, "ingest">): number | null {
  const known = (ingest?.topics ?? []).flatMap(({ lagRecords }) => lagRecords ?? []);
  return known.length === 0 ? null : known.reduce((sum, lag) => sum + lag, 0);
}

/** What stops ingestion, in words; empty if nothing does. */
export function ingestTroubles(ingest: NonNullable<FleetState["ingest"]>): string[] {
  const { haltedPartitionCount: halted, waitingRecordCount: waiting } = ingest;
  return [
    ...(halted > 0 ? [`${formatCount(halted, "partition")} cannot go on`] : []),
    ...(waiting > 0 ? [`${formatCount(waiting, "record")} wait for the registry`] : []),
  ];
}

/** The later of ingestion and calls, Unix milliseconds; null if there was none. */
export function latestWrite(write: LastWrite | undefined): number | null {
  const known = [write?.ingestedAtMs, write?.writtenAtMs].filter((at) => typeof at === "number");
  return known.length === 0 ? null : Math.max(...known);
}

/** To three digits, and no more than are there. */
function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
