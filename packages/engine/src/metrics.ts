import type { StoreDefinition } from "@ofs/registry";
import { Counter, Histogram, type Registry } from "prom-client";

export type CacheType = "in_memory" | "distributed";

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

const LATENCY_BUCKETS_SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
];

/** The engine's metrics: names and labels of the published dashboard, in Prometheus form. */
export class EngineMetrics implements ReadMetrics {
  readonly #cacheRequests: Counter<"entity_name" | "cache_type">;
  readonly #cacheHits: Counter<"entity_name" | "cache_type">;
  readonly #cacheMisses: Counter<"entity_name" | "cache_type">;
  readonly #cacheErrors: Counter<"entity_name" | "cache_type">;
  readonly #cacheCallers: Counter<"caller_id">;
  readonly #storeCallers: Counter<"caller_id" | "conf_id">;
  readonly #unencodable: Counter<"entity_name" | "fg_id">;
  readonly #cacheSeconds: Histogram<"entity_name" | "cache_type">;
  readonly #fillErrors: Counter<"entity" | "cache_type">;
  readonly #storeReads: Counter<"entity_label" | "db_type">;
  readonly #storeReadSeconds: Histogram<"entity_label" | "db_type">;
  readonly #storeFailures: Counter<"entity" | "db_type">;
  readonly #storeWrites: Counter<"entity_label" | "db_type">;
  readonly #storeWriteFailures: Counter<"entity_name" | "db_type">;
  readonly #invalidationErrors: Counter<"entity">;
  readonly #validity: Counter<"feature_group" | "entity" | "validity">;
  readonly #retrieveSeconds: Histogram<"entity">;
  readonly #persistSeconds: Histogram<"entity">;
  readonly #rows: Counter<"entity" | "operation">;
  readonly #persisted: Counter<"success" | "entity" | "feature_group">;

  constructor(registry: Registry) {
    const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
      new Counter({ name: `ofs_${name}_total`, help, labelNames, registers: [registry] });
    const seconds = <L extends string>(name: string, help: string, labelNames: L[]) =>
      new Histogram({
        name: `ofs_${name}_seconds`,
        help,
        labelNames,
        buckets: LATENCY_BUCKETS_SECONDS,
        registers: [registry],
      });
    const cacheLabels: ("entity_name" | "cache_type")[] = ["entity_name", "cache_type"];
    const storeLabels: ("entity_label" | "db_type")[] = ["entity_label", "db_type"];
    this.#cacheRequests = counter(
      "feature_retrieve_cache_requests",
      "Reads of a cache layer, once a request.",
      cacheLabels,
    );
    this.#cacheHits = counter(
      "feature_retrieve_cache_hit",
      "Keys that a cache layer supplied whole.",
      cacheLabels,
    );
    this.#cacheMisses = counter(
      "feature_retrieve_cache_miss",
      "Keys that a cache layer could not supply whole.",
      cacheLabels,
    );
    this.#cacheErrors = counter(
      "feature_retrieve_cache_error",
      "Reads of a cache layer that failed and fell through.",
      cacheLabels,
    );
    this.#cacheCallers = counter(
      "feature_retrieve_cache_requests_caller",
      "Requests that asked the distributed cache, by caller.",
      ["caller_id"],
    );
    this.#storeCallers = counter(
      "feature_retrieve_db_caller_requests",
      "Requests that read a store, by caller and connection.",
      ["caller_id", "conf_id"],
    );
    this.#unencodable = counter(
      "serialize_psdb_data_failure",
      "Rows that were refused because a group's values do not fit its types or lengths.",
      ["entity_name", "fg_id"],
    );
    this.#cacheSeconds = seconds(
      "feature_retrieve_cache_latency",
      "Time of one read of a cache layer.",
      cacheLabels,
    );
    this.#fillErrors = counter("persist_failure", "Cache fills that failed.", [
      "entity",
      "cache_type",
    ]);
    this.#storeReads = counter("db_retrieve_count", "Keys read from a store.", storeLabels);
    this.#storeReadSeconds = seconds("db_retrieve_latency", "Time of a store read.", storeLabels);
    this.#storeFailures = counter("retrieve_failure", "Cells that a store failed to read.", [
      "entity",
      "db_type",
    ]);
    this.#storeWrites = counter("db_persist_count", "Rows written to a store.", storeLabels);
    this.#storeWriteFailures = counter("persist_query_failure", "Rows a store did not take.", [
      "entity_name",
      "db_type",
    ]);
    this.#invalidationErrors = counter(
      "cache_invalidation_failure",
      "Writes whose distributed cache records could not be invalidated.",
      ["entity"],
    );
    this.#validity = counter(
      "online_feature_store_retrieve_validity",
      "How cells were answered: valid, expired, negative_cache or degraded.",
      ["feature_group", "entity", "validity"],
    );
    this.#retrieveSeconds = seconds("orchestrator_retrieve_latency", "Time of a read.", ["entity"]);
    this.#persistSeconds = seconds("orchestrator_persist_latency", "Time of a write.", ["entity"]);
    this.#rows = counter("rows", "Rows answered or written.", ["entity", "operation"]);
    this.#persisted = counter("feature_persist", "Rows written, once a feature group.", [
      "success",
      "entity",
      "feature_group",
    ]);
  }

  cacheRead(entity: string, cache: CacheType, hitCount: number, missCount: number): void {
    this.#cacheRequests.labels(entity, cache).inc();
    if (hitCount > 0) this.#cacheHits.labels(entity, cache).inc(hitCount);
    if (missCount > 0) this.#cacheMisses.labels(entity, cache).inc(missCount);
  }

  cacheFailed(entity: string, cache: CacheType): void {
    this.#cacheErrors.labels(entity, cache).inc();
  }

  fillFailed(entity: string, cache: CacheType): void {
    this.#fillErrors.labels(entity, cache).inc();
  }

  cacheAsked(callerId: string): void {
    this.#cacheCallers.labels(callerId).inc();
  }

  storeAsked(callerId: string, { confId }: StoreDefinition): void {
    this.#storeCallers.labels(callerId, String(confId)).inc();
  }

  groupUnencodable(entity: string, groupId: number): void {
    this.#unencodable.labels(entity, String(groupId)).inc();
  }

  invalidationFailed(entity: string): void {
    this.#invalidationErrors.labels(entity).inc();
  }

  startCacheTimer(entity: string, cache: CacheType): () => void {
    const started = performance.now();
    return () => this.#cacheSeconds.labels(entity, cache).observe(secondsSince(started));
  }

  startStoreTimer(entity: string, store: StoreDefinition, keyCount: number): () => void {
    const dbType = dbTypeLabel(store);
    this.#storeReads.labels(entity, dbType).inc(keyCount);
    const started = performance.now();
    return () => this.#storeReadSeconds.labels(entity, dbType).observe(secondsSince(started));
  }

  storeFailed(entity: string, store: StoreDefinition, cellCount: number): void {
    this.#storeFailures.labels(entity, dbTypeLabel(store)).inc(cellCount);
  }

  storeWritten(entity: string, store: StoreDefinition, rowCount: number, failed: number): void {
    this.#storeWrites.labels(entity, dbTypeLabel(store)).inc(rowCount);
    if (failed > 0) this.#storeWriteFailures.labels(entity, dbTypeLabel(store)).inc(failed);
  }

  groupPersisted(entity: string, group: string, written: number, failed: number): void {
    if (written > 0) this.#persisted.labels("true", entity, group).inc(written);
    if (failed > 0) this.#persisted.labels("false", entity, group).inc(failed);
  }

  answered(entity: string, rowCount: number, startedMs: number): void {
    this.#retrieveSeconds.labels(entity).observe(secondsSince(startedMs));
    if (rowCount > 0) this.#rows.labels(entity, "retrieve").inc(rowCount);
  }

  persisted(entity: string, rowCount: number, startedMs: number): void {
    this.#persistSeconds.labels(entity).observe(secondsSince(startedMs));
    this.#rows.labels(entity, "persist").inc(rowCount);
  }

  groupValidity(entity: string, group: string, validity: Validity): void {
    const { valid, expired, negative, degraded } = validity;
    if (valid > 0) this.#validity.labels(group, entity, "valid").inc(valid);
    if (expired > 0) this.#validity.labels(group, entity, "expired").inc(expired);
    if (negative > 0) this.#validity.labels(group, entity, "negative_cache").inc(negative);
    if (degraded > 0) this.#validity.labels(group, entity, "degraded").inc(degraded);
  }
}

/** The published dashboard knows `scylla` and `redis`, whatever the kind of Redis. */
function dbTypeLabel({ dbType }: StoreDefinition): string {
  return dbType.startsWith("redis") ? "redis" : dbType;
}

function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1000;
}
