/** Bodies of requests, as short as tests need them. */

interface SeedFeature {
  readonly label: string;
  readonly default: string;
  /** `TABLE|database.table|column` */
  readonly source?: string;
  readonly stringLength?: number;
  readonly vectorLength?: number;
}

interface SeedGroup {
  readonly entity: string;
  readonly label: string;
  readonly job: string;
  readonly storeId?: number;
  /** Seconds. */
  readonly ttl?: number;
  readonly dataType?: string;
  readonly features: readonly SeedFeature[];
}

interface SeedCache {
  readonly confId: number;
  /** Seconds. */
  readonly ttl: number;
}

export function storeBody(table: string, keys: readonly string[]): Record<string, unknown> {
  const place = { "conf-id": 0, "db-type": "embedded", "table-ttl": 0 };
  return { ...place, table, "primary-keys": keys };
}

export function entityBody(
  label: string,
  keys: readonly string[],
  inMemory?: SeedCache,
): Record<string, unknown> {
  const keyMap = keys.map((key, sequence) => [
    String(sequence),
    { sequence, "entity-label": key, "column-label": key },
  ]);
  return {
    "entity-label": label,
    "key-map": Object.fromEntries(keyMap),
    "distributed-cache": cache(undefined),
    "in-memory-cache": cache(inMemory),
  };
}

export function cache(settings: SeedCache | undefined): Record<string, unknown> {
  return {
    enabled: String(settings !== undefined),
    "ttl-in-seconds": settings?.ttl ?? 0,
    "jitter-percentage": settings === undefined ? 0 : 10,
    "conf-id": settings?.confId ?? 0,
  };
}

export function groupBody(group: SeedGroup): Record<string, unknown> {
  return {
    "entity-label": group.entity,
    "fg-label": group.label,
    "job-id": group.job,
    "store-id": group.storeId ?? 1,
    "ttl-in-seconds": group.ttl ?? 0,
    "in-memory-cache-enabled": false,
    "distributed-cache-enabled": false,
    "data-type": group.dataType ?? "DataTypeFP32",
    "layout-version": 1,
    features: group.features.map(featureBody),
  };
}

export function featuresBody(
  entity: string,
  group: string,
  features: readonly SeedFeature[],
): Record<string, unknown> {
  const place = { "entity-label": entity, "feature-group-label": group };
  return { ...place, features: features.map(featureBody) };
}

function featureBody(feature: SeedFeature): Record<string, unknown> {
  const [provider = "", path = "", column = ""] = (feature.source ?? "").split("|");
  return {
    labels: feature.label,
    "default-values": feature.default,
    "storage-provider": provider,
    "source-base-path": path,
    "source-data-column": column,
    "string-length": String(feature.stringLength ?? 0),
    "vector-length": String(feature.vectorLength ?? 0),
  };
}
