import {
  type CounterSeries,
  type HistogramSeries,
  LATENCY_BUCKETS_SECONDS,
  TallyCounter,
  TallyHistogram,
} from "@ofs/platform";
import type { StoreDefinition } from "@ofs/registry";
import type { Registry } from "prom-client";
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

const CACHE_LABELS = ["entity_name", "cache_type"];
const STORE_LABELS = ["entity_label", "db_type"];
const GROUP_ROW_LABELS = ["success", "entity", "feature_group"];

function createCounters(registry: Registry) {
  const counter = (name: string, help: string, labelNames: readonly string[]) =>
    new TallyCounter({ name: `ofs_${name}_total`, help, labelNames, registry });
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
    rows: counter("rows", "Rows answered, written or deleted.", ["entity", "operation"]),
    persisted: counter("feature_persist", "Rows written, once a feature group.", GROUP_ROW_LABELS),
    deleted: counter("feature_delete", "Rows deleted, once a feature group.", GROUP_ROW_LABELS),
  };
}

function createHistograms(registry: Registry) {
  const seconds = (name: string, help: string, labelNames: readonly string[]) =>
    new TallyHistogram(
      { name: `ofs_${name}_seconds`, help, labelNames, registry },
      LATENCY_BUCKETS_SECONDS,
    );
  return {
    cacheSeconds: seconds(
      "feature_retrieve_cache_latency",
      "Time of one read of a cache layer.",
      CACHE_LABELS,
    ),
    storeReadSeconds: seconds("db_retrieve_latency", "Time of a store read.", STORE_LABELS),
    retrieveSeconds: seconds("orchestrator_retrieve_latency", "Time of a read.", ["entity"]),
    persistSeconds: seconds("orchestrator_persist_latency", "Time of a write.", ["entity"]),
  };
}

type Counters = ReturnType<typeof createCounters>;
type Histograms = ReturnType<typeof createHistograms>;

/** One entity's series of what every read counts, found by one lookup. */
class EntitySeries {
  readonly rowsRead: CounterSeries;
  readonly retrieveSeconds: HistogramSeries;
  readonly #entity: string;
  readonly #counters: Counters;
  readonly #caches = new Map<
    CacheType,
    Readonly<Record<"requests" | "hits" | "misses", CounterSeries>>
  >();
  readonly #validity = new Map<string, Readonly<Record<keyof Validity, CounterSeries>>>();

  constructor(entity: string, counters: Counters, histograms: Histograms) {
    this.#entity = entity;
    this.#counters = counters;
    this.rowsRead = counters.rows.series(entity, "retrieve");
    this.retrieveSeconds = histograms.retrieveSeconds.series(entity);
  }

  cache(cache: CacheType): Readonly<Record<"requests" | "hits" | "misses", CounterSeries>> {
    const known = this.#caches.get(cache);
    if (known !== undefined) return known;
    const { cacheRequests, cacheHits, cacheMisses } = this.#counters;
    const made = {
      requests: cacheRequests.series(this.#entity, cache),
      hits: cacheHits.series(this.#entity, cache),
      misses: cacheMisses.series(this.#entity, cache),
    };
    this.#caches.set(cache, made);
    return made;
  }

  validity(group: string): Readonly<Record<keyof Validity, CounterSeries>> {
    const known = this.#validity.get(group);
    if (known !== undefined) return known;
    const series = (name: string): CounterSeries => {
      return this.#counters.validity.series(group, this.#entity, name);
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
  readonly #counters: Counters;
  readonly #histograms: Histograms;
  /** By label; entities are the registry's. */
  readonly #entities = new Map<string, EntitySeries>();
  readonly #lastWrites: LastWrites;

  constructor(registry: Registry) {
    this.#counters = createCounters(registry);
    this.#histograms = createHistograms(registry);
    this.#lastWrites = new LastWrites(registry);
  }

  cacheRead(entity: string, cache: CacheType, hitCount: number, missCount: number): void {
    const { requests, hits, misses } = this.#entity(entity).cache(cache);
    requests.add(1);
    hits.add(hitCount);
    misses.add(missCount);
  }

  cacheFailed(entity: string, cache: CacheType): void {
    this.#counters.cacheErrors.series(entity, cache).add(1);
  }

  fillFailed(entity: string, cache: CacheType): void {
    this.#counters.fillErrors.series(entity, cache).add(1);
  }

  cacheAsked(callerId: string): void {
    this.#counters.cacheCallers.series(callerId).add(1);
  }

  storeAsked(callerId: string, { confId }: StoreDefinition): void {
    this.#counters.storeCallers.series(callerId, String(confId)).add(1);
  }

  groupUnencodable(entity: string, groupId: number): void {
    this.#counters.unencodable.series(entity, String(groupId)).add(1);
  }

  invalidationFailed(entity: string, target: "distributed" | "channel"): void {
    this.#counters.invalidationErrors.series(entity, target).add(1);
  }

  startCacheTimer(entity: string, cache: CacheType): () => void {
    const started = performance.now();
    return () => this.#histograms.cacheSeconds.series(entity, cache).observe(secondsSince(started));
  }

  startStoreTimer(entity: string, store: StoreDefinition, keyCount: number): () => void {
    const dbType = dbTypeLabel(store);
    this.#counters.storeReads.series(entity, dbType).add(keyCount);
    const started = performance.now();
    return () =>
      this.#histograms.storeReadSeconds.series(entity, dbType).observe(secondsSince(started));
  }

  storeFailed(entity: string, store: StoreDefinition, cellCount: number): void {
    this.#counters.storeFailures.series(entity, dbTypeLabel(store)).add(cellCount);
  }

  storeWritten(entity: string, store: StoreDefinition, rowCount: number, failed: number): void {
    this.#counters.storeWrites.series(entity, dbTypeLabel(store)).add(rowCount);
    if (failed > 0)
      this.#counters.storeWriteFailures.series(entity, dbTypeLabel(store)).add(failed);
  }

  /** @param atMs of the write's end, Unix milliseconds */
  groupPersisted(entity: string, group: string, rows: WrittenRows, atMs: number): void {
    const { written, failed } = rows;
    if (failed > 0) this.#counters.persisted.series("false", entity, group).add(failed);
    if (written === 0) return;
    this.#counters.persisted.series("true", entity, group).add(written);
    this.#lastWrites.note(entity, group, atMs);
  }

  /** @param atMs of the delete's end, Unix milliseconds */
  groupDeleted(entity: string, group: string, rows: WrittenRows, atMs: number): void {
    const { written, failed } = rows;
    if (failed > 0) this.#counters.deleted.series("false", entity, group).add(failed);
    if (written === 0) return;
    this.#counters.deleted.series("true", entity, group).add(written);
    this.#lastWrites.note(entity, group, atMs);
  }

  answered(entity: string, rowCount: number, startedMs: number): void {
    const series = this.#entity(entity);
    series.retrieveSeconds.observe(secondsSince(startedMs));
    series.rowsRead.add(rowCount);
  }

  persisted(
    entity: string,
    operation: "persist" | "delete",
    rowCount: number,
    startedMs: number,
  ): void {
    this.#histograms.persistSeconds.series(entity).observe(secondsSince(startedMs));
    this.#counters.rows.series(entity, operation).add(rowCount);
  }

  groupValidity(entity: string, group: string, validity: Validity): void {
    const series = this.#entity(entity).validity(group);
    series.valid.add(validity.valid);
    series.expired.add(validity.expired);
    series.negative.add(validity.negative);
    series.degraded.add(validity.degraded);
  }

  #entity(label: string): EntitySeries {
    const known = this.#entities.get(label);
    if (known !== undefined) return known;
    const made = new EntitySeries(label, this.#counters, this.#histograms);
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
