import { type Tally, TallyCounter, TallyHistogram, type TallyTimes } from "@ofs/platform";
import type { StoreDefinition } from "@ofs/registry";
import { Counter, Histogram, type Registry } from "prom-client";
import { LastWrites } from "./last-writes.ts";

export type CacheType = "in_memory" | "p2p" | "distributed";

/** What one read tells the metrics: once a request and tier, never once a row. */
export interface ReadMetrics {
  cacheAsked(callerId: string): void;
  storeAsked(callerId: string, store: StoreDefinition): void;
  cacheRead(entity: string, cache: CacheType, hitCount: number, missCount: number): void;
  cacheFailed(entity: string, cache: CacheType, error: unknown): void;
  startCacheTimer(entity: string, cache: CacheType): () => void;
  startStoreTimer(entity: string, store: StoreDefinition, keyCount: number): () => void;
  storeFailed(entity: string, store: StoreDefinition, cellCount: number): void;
}

/** How the cells of one group were answered, over a request. */
export interface Validity {
  valid: number;
  expired: number;
  negative: number;
  /** Answered by a default for want of a readable block or store. */
  degraded: number;
}

/** How many rows of one write a store took, and how many it did not. */
export interface WrittenRows {
  readonly written: number;
  readonly failed: number;
}

const LATENCY_BUCKETS_SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
];

const CACHE_LABELS: ("entity_name" | "cache_type")[] = ["entity_name", "cache_type"];
const STORE_LABELS: ("entity_label" | "db_type")[] = ["entity_label", "db_type"];

function createCounters(registry: Registry) {
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `ofs_${name}_total`, help, labelNames, registers: [registry] });
  return {
    cacheErrors: counter(
      "feature_retrieve_cache_error",
      "Reads of a cache layer that failed and fell through.",
      CACHE_LABELS,
    ),
    cacheCallers: counter(
      "feature_retrieve_cache_requests_caller",
      "Requests that asked the distributed cache, by caller.",
      ["caller_id"],
    ),
    storeCallers: counter(
      "feature_retrieve_db_caller_requests",
      "Requests that read a store, by caller and connection.",
      ["caller_id", "conf_id"],
    ),
    unencodable: counter(
      "serialize_psdb_data_failure",
      "Rows that were refused because a group's values do not fit its types or lengths.",
      ["entity_name", "fg_id"],
    ),
    fillErrors: counter("persist_failure", "Cache fills that failed.", ["entity", "cache_type"]),
    storeReads: counter("db_retrieve_count", "Keys read from a store.", STORE_LABELS),
    storeFailures: counter("retrieve_failure", "Cells that a store failed to read.", [
      "entity",
      "db_type",
    ]),
    storeWrites: counter("db_persist_count", "Rows written to a store.", STORE_LABELS),
    storeWriteFailures: counter("persist_query_failure", "Rows a store did not take.", [
      "entity_name",
      "db_type",
    ]),
    invalidationErrors: counter(
      "cache_invalidation_failure",
      "Writes that the distributed cache (its records) or a channel (other processes) could not be told of.",
      ["entity", "target"],
    ),
    persisted: counter("feature_persist", "Rows written, once a feature group.", [
      "success",
      "entity",
      "feature_group",
    ]),
  };
}

function createHistograms(registry: Registry) {
  const seconds = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Histogram({
      name: `ofs_${name}_seconds`,
      help,
      labelNames,
      buckets: LATENCY_BUCKETS_SECONDS,
      registers: [registry],
    });
  return {
    cacheSeconds: seconds(
      "feature_retrieve_cache_latency",
      "Time of one read of a cache layer.",
      CACHE_LABELS,
    ),
    storeReadSeconds: seconds("db_retrieve_latency", "Time of a store read.", STORE_LABELS),
    persistSeconds: seconds("orchestrator_persist_latency", "Time of a write.", ["entity"]),
  };
}

/** What every read counts. */
function createTallies(registry: Registry) {
  const counter = (name: string, help: string, labelNames: readonly string[]) =>
    new TallyCounter({ name: `ofs_${name}_total`, help, labelNames, registry });
  return {
    cacheRequests: counter(
      "feature_retrieve_cache_requests",
      "Reads of a cache layer, once a request.",
      CACHE_LABELS,
    ),
    cacheHits: counter(
      "feature_retrieve_cache_hit",
      "Keys that a cache layer supplied whole.",
      CACHE_LABELS,
    ),
    cacheMisses: counter(
      "feature_retrieve_cache_miss",
      "Keys that a cache layer could not supply whole.",
      CACHE_LABELS,
    ),
    validity: counter(
      "online_feature_store_retrieve_validity",
      "How cells were answered: valid, expired, negative_cache or degraded.",
      ["feature_group", "entity", "validity"],
    ),
    rows: counter("rows", "Rows answered or written.", ["entity", "operation"]),
    retrieveSeconds: new TallyHistogram(
      {
        name: "ofs_orchestrator_retrieve_latency_seconds",
        help: "Time of a read.",
        labelNames: ["entity"],
        registry,
      },
      LATENCY_BUCKETS_SECONDS,
    ),
  };
}

type Tallies = ReturnType<typeof createTallies>;

/** One entity's series of what every read counts, found by one lookup. */
class EntityTallies {
  readonly rowsRead: Tally;
  readonly retrieveSeconds: TallyTimes;
  readonly #entity: string;
  readonly #tallies: Tallies;
  readonly #caches = new Map<CacheType, Readonly<Record<"requests" | "hits" | "misses", Tally>>>();
  readonly #validity = new Map<string, Readonly<Record<keyof Validity, Tally>>>();

  constructor(entity: string, tallies: Tallies) {
    this.#entity = entity;
    this.#tallies = tallies;
    this.rowsRead = tallies.rows.series(entity, "retrieve");
    this.retrieveSeconds = tallies.retrieveSeconds.series(entity);
  }

  cache(cache: CacheType): Readonly<Record<"requests" | "hits" | "misses", Tally>> {
    const known = this.#caches.get(cache);
    if (known !== undefined) return known;
    const { cacheRequests, cacheHits, cacheMisses } = this.#tallies;
    const made = {
      requests: cacheRequests.series(this.#entity, cache),
      hits: cacheHits.series(this.#entity, cache),
      misses: cacheMisses.series(this.#entity, cache),
    };
    this.#caches.set(cache, made);
    return made;
  }

  validity(group: string): Readonly<Record<keyof Validity, Tally>> {
    const known = this.#validity.get(group);
    if (known !== undefined) return known;
    const series = (name: string): Tally => {
      return this.#tallies.validity.series(group, this.#entity, name);
    };
    const made = {
      valid: series("valid"),
      expired: series("expired"),
      negative: series("negative_cache"),
      degraded: series("degraded"),
    };
    this.#validity.set(group, made);
    return made;
  }
}

/** The engine's metrics: names and labels of the published dashboard, in Prometheus form. */
export class EngineMetrics implements ReadMetrics {
  readonly #counters: ReturnType<typeof createCounters>;
  readonly #histograms: ReturnType<typeof createHistograms>;
  readonly #tallies: Tallies;
  /** By label; entities are the registry's. */
  readonly #entities = new Map<string, EntityTallies>();
  readonly #lastWrites: LastWrites;

  constructor(registry: Registry) {
    this.#counters = createCounters(registry);
    this.#histograms = createHistograms(registry);
    this.#tallies = createTallies(registry);
    this.#lastWrites = new LastWrites(registry);
  }

  cacheRead(entity: string, cache: CacheType, hitCount: number, missCount: number): void {
    const { requests, hits, misses } = this.#entity(entity).cache(cache);
    requests.add(1);
    hits.add(hitCount);
    misses.add(missCount);
  }

  cacheFailed(entity: string, cache: CacheType): void {
    this.#counters.cacheErrors.labels(entity, cache).inc();
  }

  fillFailed(entity: string, cache: CacheType): void {
    this.#counters.fillErrors.labels(entity, cache).inc();
  }

  cacheAsked(callerId: string): void {
    this.#counters.cacheCallers.labels(callerId).inc();
  }

  storeAsked(callerId: string, { confId }: StoreDefinition): void {
    this.#counters.storeCallers.labels(callerId, String(confId)).inc();
  }

  groupUnencodable(entity: string, groupId: number): void {
    this.#counters.unencodable.labels(entity, String(groupId)).inc();
  }

  invalidationFailed(entity: string, target: "distributed" | "channel"): void {
    this.#counters.invalidationErrors.labels(entity, target).inc();
  }

  startCacheTimer(entity: string, cache: CacheType): () => void {
    const started = performance.now();
    return () => this.#histograms.cacheSeconds.labels(entity, cache).observe(secondsSince(started));
  }

  startStoreTimer(entity: string, store: StoreDefinition, keyCount: number): () => void {
    const dbType = dbTypeLabel(store);
    this.#counters.storeReads.labels(entity, dbType).inc(keyCount);
    const started = performance.now();
    return () =>
      this.#histograms.storeReadSeconds.labels(entity, dbType).observe(secondsSince(started));
  }

  storeFailed(entity: string, store: StoreDefinition, cellCount: number): void {
    this.#counters.storeFailures.labels(entity, dbTypeLabel(store)).inc(cellCount);
  }

  storeWritten(entity: string, store: StoreDefinition, rowCount: number, failed: number): void {
    this.#counters.storeWrites.labels(entity, dbTypeLabel(store)).inc(rowCount);
    if (failed > 0)
      this.#counters.storeWriteFailures.labels(entity, dbTypeLabel(store)).inc(failed);
  }

  /** @param atMs of the write's end, Unix milliseconds */
  groupPersisted(entity: string, group: string, rows: WrittenRows, atMs: number): void {
    const { written, failed } = rows;
    if (failed > 0) this.#counters.persisted.labels("false", entity, group).inc(failed);
    if (written === 0) return;
    this.#counters.persisted.labels("true", entity, group).inc(written);
    this.#lastWrites.note(entity, group, atMs);
  }

  answered(entity: string, rowCount: number, startedMs: number): void {
    const tallies = this.#entity(entity);
    tallies.retrieveSeconds.observe(secondsSince(startedMs));
    tallies.rowsRead.add(rowCount);
  }

  persisted(entity: string, rowCount: number, startedMs: number): void {
    this.#histograms.persistSeconds.labels(entity).observe(secondsSince(startedMs));
    this.#tallies.rows.series(entity, "persist").add(rowCount);
  }

  groupValidity(entity: string, group: string, validity: Validity): void {
    const tallies = this.#entity(entity).validity(group);
    tallies.valid.add(validity.valid);
    tallies.expired.add(validity.expired);
    tallies.negative.add(validity.negative);
    tallies.degraded.add(validity.degraded);
  }

  #entity(label: string): EntityTallies {
    const known = this.#entities.get(label);
    if (known !== undefined) return known;
    const made = new EntityTallies(label, this.#tallies);
    this.#entities.set(label, made);
    return made;
  }
}

/** The published dashboard knows `scylla` and `redis`, whatever the kind of Redis. */
function dbTypeLabel({ dbType }: StoreDefinition): string {
  return dbType.startsWith("redis") ? "redis" : dbType;
}

function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1000;
}
