import type {
  Catalog,
  CatalogCache,
  CatalogEntity,
  CatalogFault,
  CatalogGroup,
  CatalogVersion,
} from "../catalog/model.ts";
import { activeVersionOf, faultsOfGroup } from "../catalog/read-group.ts";
import { isMapped, sourceName } from "../catalog/read-sources.ts";

/** Published shape of a cache's settings: `enabled` is a text. */
export interface CacheShape {
  readonly enabled: "true" | "false";
  readonly "ttl-in-seconds": number;
  readonly "jitter-percentage": number;
  readonly "conf-id": number;
}

export interface KeyShape {
  readonly sequence: number;
  readonly "entity-label": string;
  readonly "column-label": string;
}

/** Present only where something is wrong with the node. */
export interface FaultsShape {
  readonly faults?: CatalogFault[];
}

export interface EntityShape extends FaultsShape {
  readonly "entity-label": string;
  readonly keys: Record<string, KeyShape>;
  readonly "in-memory-cache": CacheShape;
  readonly "distributed-cache": CacheShape;
}

/** A version's features in the published form: one array for each property, all of one length. */
export interface FeaturesShape {
  readonly labels: string;
  readonly "default-values": string[];
  readonly "source-base-paths": string[];
  readonly "source-data-columns": string[];
  readonly "storage-providers": string[];
  readonly "string-lengths": number[];
  readonly "vector-lengths": number[];
}

export interface GroupShape extends FaultsShape {
  readonly "entity-label": string;
  readonly "feature-group-label": string;
  readonly id: number;
  readonly "active-version": string;
  readonly features: Record<string, FeaturesShape>;
  readonly "store-id": string;
  readonly "data-type": string;
  readonly "ttl-in-seconds": number;
  readonly "ttl-in-epoch": number;
  readonly "job-id": string;
  readonly "in-memory-cache-enabled": boolean;
  readonly "distributed-cache-enabled": boolean;
  readonly "layout-version": number;
}

export interface StoreShape extends FaultsShape {
  readonly "db-type": string;
  readonly "conf-id": number;
  readonly table: string;
  readonly "max-column-size-in-bytes": number;
  readonly "max-row-size-in-bytes": number;
  readonly "primary-keys": string[];
  readonly "table-ttl": number;
}

/** Labels of all entities, sorted. */
export function entityLabels(catalog: Catalog): string[] {
  return [...catalog.entities.keys()];
}

export function entityShapes(catalog: Catalog): EntityShape[] {
  return [...catalog.entities.values()].map(entityShape);
}

export function entityShape(entity: CatalogEntity): EntityShape {
  return {
    "entity-label": entity.label,
    keys: recordOf(
      entity.keys.map(({ name, sequence, label, columnLabel }) => [
        name,
        { sequence, "entity-label": label, "column-label": columnLabel },
      ]),
    ),
    "in-memory-cache": cacheShape(entity.inMemoryCache),
    "distributed-cache": cacheShape(entity.distributedCache),
    ...faultsShape(entity.faults),
  };
}

export function groupNames(entity: CatalogEntity): { label: string; "data-type": string }[] {
  return [...entity.groups.values()].map(({ label, dataTypeName }) => ({
    label,
    "data-type": dataTypeName,
  }));
}

export function groupShapes(catalog: Catalog, entity: CatalogEntity): GroupShape[] {
  return [...entity.groups.values()].map((group) => groupShape(catalog, group));
}

export function groupShape(catalog: Catalog, group: CatalogGroup): GroupShape {
  const active = activeVersionOf(group);
  const hasFeatures = active !== undefined && active.features.length > 0;
  return {
    "entity-label": group.entityLabel,
    "feature-group-label": group.label,
    id: group.id,
    "active-version": group.activeVersion,
    features: hasFeatures ? recordOf([[active.name, featuresShape(catalog, group, active)]]) : {},
    "store-id": group.storeId,
    "data-type": group.dataTypeName,
    "ttl-in-seconds": group.ttlSeconds,
    "ttl-in-epoch": 0,
    "job-id": group.jobId,
    "in-memory-cache-enabled": group.isInMemoryCached,
    "distributed-cache-enabled": group.isDistributedCached,
    "layout-version": group.layoutVersion,
    ...faultsShape(faultsOfGroup(group)),
  };
}

/** By store id. */
export function storeShapes(catalog: Catalog): Record<string, StoreShape> {
  return recordOf(
    [...catalog.stores.values()].map((store) => [
      store.id,
      {
        "db-type": store.dbType,
        "conf-id": store.confId,
        table: store.table,
        "max-column-size-in-bytes": store.maxColumnSizeBytes,
        "max-row-size-in-bytes": store.maxRowSizeBytes,
        "primary-keys": [...store.primaryKeys],
        "table-ttl": store.tableTtlSeconds,
        ...faultsShape(store.faults),
      },
    ]),
  );
}

/** `{faults}` where there are some, else nothing: the published shapes stay as they are. */
export function faultsShape(faults: readonly CatalogFault[]): FaultsShape {
  return faults.length === 0
    ? {}
    : { faults: faults.map(({ path, reason }) => ({ path, reason })) };
}

/** A record without a prototype: names of the tree may be `__proto__`. */
export function recordOf<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const record: Record<string, T> = Object.create(null);
  for (const [name, value] of entries) record[name] = value;
  return record;
}

function cacheShape(cache: CatalogCache): CacheShape {
  return {
    enabled: cache.isEnabled ? "true" : "false",
    "ttl-in-seconds": cache.ttlSeconds,
    "jitter-percentage": cache.jitterPercent,
    "conf-id": cache.confId,
  };
}

function featuresShape(
  catalog: Catalog,
  group: CatalogGroup,
  { features }: CatalogVersion,
): FeaturesShape {
  const sources = features.map(({ label }) => {
    const source = catalog.sources.get(sourceName(group.entityLabel, group.label, label));
    return isMapped(source) ? source : undefined;
  });
  return {
    labels: features.map(({ label }) => label).join(","),
    "default-values": features.map(({ defaultText }) => defaultText),
    "source-base-paths": sources.map((source) => source?.basePath ?? ""),
    "source-data-columns": sources.map((source) => source?.column ?? ""),
    "storage-providers": sources.map((source) => source?.provider ?? ""),
    "string-lengths": features.map(({ stringLength }) => stringLength),
    "vector-lengths": features.map(({ vectorLength }) => vectorLength),
  };
}
