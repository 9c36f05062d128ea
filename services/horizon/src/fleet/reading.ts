import { bucketKey, CounterTable } from "./counters.ts";
import { parsePrometheusText, type Sample } from "./prometheus-text.ts";
import type { CounterReading } from "./rates.ts";

/** Kinds of calls that are told apart. */
export const CALL_KINDS = ["read", "write", "other"] as const;
export type CallKind = (typeof CALL_KINDS)[number];

/** What an instance has in hand, of one partition. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: string;
  readonly records: number;
  /** Age of the oldest record that is not done with. */
  readonly oldestSeconds: number;
}

/** When an instance has last written a feature group. */
export interface GroupWrite {
  readonly entity: string;
  readonly group: string;
  /** Unix milliseconds. */
  readonly atMs: number;
}

/** What is used of one scrape. */
export interface MetricsReading extends CounterReading {
  /** Of the registry that is served; undefined if none is, or the service has none. */
  readonly registryRevision: number | undefined;
  /** Whether changes of the registry arrive; undefined if it does not say. */
  readonly isRegistryLive: boolean | undefined;
  readonly partitions: readonly PartitionLag[];
  /** Partitions that cannot go on. */
  readonly haltedPartitionCount: number;
  /** Records that wait for the registry to know what they name. */
  readonly waitingRecordCount: number;
  readonly lastWrites: readonly GroupWrite[];
}

/** Statuses of calls that fail by no fault of their callers. */
const OWN_FAULTS: readonly string[] = [
  "DataLoss",
  "DeadlineExceeded",
  "Internal",
  "ResourceExhausted",
  "Unavailable",
  "Unknown",
];

/** By name: what one sample adds. */
type Take = (draft: Draft, sample: Sample, label: (name: string) => string) => void;

interface Draft {
  readonly counters: CounterTable;
  readonly lags: Map<string, PartitionLag>;
  readonly lastWrites: GroupWrite[];
  /** Metrics with one value. */
  readonly gauges: Map<string, number>;
}

const takeGauge: Take = ({ gauges }, { name, value }) => {
  gauges.set(name, value);
};

const TAKES: ReadonlyMap<string, Take> = new Map<string, Take>([
  ["process_start_time_seconds", takeGauge],
  ["ofs_registry_revision", takeGauge],
  ["ofs_registry_live", takeGauge],
  ["ofs_ingest_halted_partitions", takeGauge],
  ["ofs_ingest_waiting_records", takeGauge],
  ["ofs_grpc_server_requests_total", takeCalls],
  [
    "ofs_grpc_server_request_latency_seconds_bucket",
    ({ counters }, { value }, label) =>
      counters.add("callSeconds", bucketKey(label("le"), callKind(label("method"))), value),
  ],
  ["ofs_overload_refused_total", ({ counters }, { value }) => counters.add("refusals", "", value)],
  ["ofs_feature_retrieve_cache_hit_total", takeCounter("cacheHits", "cache_type")],
  ["ofs_feature_retrieve_cache_miss_total", takeCounter("cacheMisses", "cache_type")],
  ["ofs_ingest_records_total", takeCounter("records", "topic")],
  ["ofs_ingest_dead_letters_total", takeCounter("deadLetters", "topic")],
  ["ofs_ingest_rows_total", ({ counters }, { value }) => counters.add("rows", "", value)],
  [
    "ofs_ingest_delay_seconds_bucket",
    ({ counters }, { value }, label) =>
      counters.add("delaySeconds", bucketKey(label("le"), label("topic")), value),
  ],
  ["ofs_ingest_lag_records", takeLag],
  ["ofs_ingest_oldest_open_seconds", takeLag],
  [
    "ofs_feature_group_last_write_timestamp_seconds",
    ({ lastWrites }, { value }, label) =>
      lastWrites.push({
        entity: label("entity"),
        group: label("feature_group"),
        atMs: Math.round(value * 1000),
      }),
  ],
]);

/**
 * Takes out of a scrape what the state of the fleet needs.
 *
 * @param text as `/metrics` answers
 * @param atMs of the scrape, of a clock that does not step
 * @throws {FeatureStoreError} INTERNAL if it is no such text, or a label is missing
 */
export function readMetrics(text: string, atMs: number): MetricsReading {
  const draft: Draft = {
    counters: new CounterTable(),
    lags: new Map(),
    lastWrites: [],
    gauges: new Map(),
  };
  for (const sample of parsePrometheusText(text, (name) => TAKES.has(name))) {
    if (!Number.isFinite(sample.value)) continue;
    TAKES.get(sample.name)?.(draft, sample, (name) => sample.labels.get(name) ?? "");
  }
  const { counters, gauges, lags, lastWrites } = draft;
  const startedSeconds = gauges.get("process_start_time_seconds");
  const live = gauges.get("ofs_registry_live");
  return {
    atMs,
    startedAtMs: startedSeconds === undefined ? undefined : startedSeconds * 1000,
    counters,
    // Before the first tree a process says 0.
    registryRevision: gauges.get("ofs_registry_revision") || undefined,
    isRegistryLive: live === undefined ? undefined : live === 1,
    partitions: [...lags.values()],
    haltedPartitionCount: gauges.get("ofs_ingest_halted_partitions") ?? 0,
    waitingRecordCount: gauges.get("ofs_ingest_waiting_records") ?? 0,
    lastWrites,
  };
}

function takeCounter(name: "cacheHits" | "cacheMisses" | "records" | "deadLetters", by: string) {
  const take: Take = ({ counters }, { value }, label) => counters.add(name, label(by), value);
  return take;
}

function takeCalls({ counters }: Draft, { value }: Sample, label: (name: string) => string): void {
  const kind = callKind(label("method"));
  counters.add("calls", kind, value);
  if (OWN_FAULTS.includes(label("status"))) counters.add("failures", kind, value);
}

function takeLag({ lags }: Draft, { name, value }: Sample, label: (name: string) => string): void {
  const topic = label("topic");
  const partition = label("partition");
  const key = `${partition} ${topic}`;
  const known = lags.get(key) ?? { topic, partition, records: 0, oldestSeconds: 0 };
  const isLag = name === "ofs_ingest_lag_records";
  lags.set(key, { ...known, [isLag ? "records" : "oldestSeconds"]: value });
}

/** @param method with or without its first slash */
function callKind(method: string): CallKind {
  if (/^\/?retrieve\./.test(method)) return "read";
  return /^\/?persist\./.test(method) ? "write" : "other";
}
