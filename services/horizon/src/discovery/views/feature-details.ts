import type { Catalog, CatalogFeature, CatalogGroup, CatalogJob } from "../catalog/model.ts";
import { activeVersionOf } from "../catalog/read-group.ts";
import { type FeatureShape, featureShape } from "./versions.ts";

/** Everything about one feature: what it is, where it lies, who writes and reads it. */
export interface FeatureDetails {
  readonly "entity-label": string;
  readonly "feature-group-label": string;
  readonly feature: FeatureShape;
  /** Versions that have it, the newest first. */
  readonly versions: string[];
  readonly storage: {
    readonly "store-id": string;
    /** Empty where the store is not in the registry. */
    readonly "db-type": string;
    readonly "conf-id": number | null;
    readonly table: string;
    readonly columns: string[];
    readonly "primary-keys": string[];
    readonly "ttl-in-seconds": number;
    readonly "in-memory-cached": boolean;
    readonly "distributed-cached": boolean;
  };
  /** The job that feeds it, by what the group says. */
  readonly "job-id": string;
  /** Clients that the data plane lets write it. */
  readonly "may-write": string[];
  readonly "may-read": string[];
}

/** Versions that are looked through for the feature, from the newest. */
const VERSION_COUNT_MAX = 100;

/** @returns undefined if the active version has no such feature */
export function featureDetails(
  catalog: Catalog,
  group: CatalogGroup,
  label: string,
): FeatureDetails | undefined {
  const active = activeVersionOf(group);
  const feature = active?.features.find((each) => each.label === label);
  if (active === undefined || feature === undefined) return undefined;
  return {
    "entity-label": group.entityLabel,
    "feature-group-label": group.label,
    feature: featureShape(catalog, group, active, feature),
    versions: versionsWith(group, feature),
    storage: storageOf(catalog, group),
    "job-id": group.jobId,
    "may-write": clientsThat(catalog, group.entityLabel, (access) => access.mayWrite),
    "may-read": clientsThat(catalog, group.entityLabel, (access) => access.mayRead),
  };
}

function versionsWith(group: CatalogGroup, { label }: CatalogFeature): string[] {
  return group.versionNames
    .toReversed()
    .slice(0, VERSION_COUNT_MAX)
    .filter((name) => group.version(name)?.features.some((each) => each.label === label));
}

function storageOf(catalog: Catalog, group: CatalogGroup): FeatureDetails["storage"] {
  const store = catalog.stores.get(group.storeId);
  const entity = catalog.entities.get(group.entityLabel);
  return {
    "store-id": group.storeId,
    "db-type": store?.dbType ?? "",
    "conf-id": store?.confId ?? null,
    table: store?.table ?? "",
    columns: group.columns.map((column) => column.label),
    "primary-keys": [...(store?.primaryKeys ?? [])],
    "ttl-in-seconds": group.ttlSeconds,
    "in-memory-cached": group.isInMemoryCached && entity?.inMemoryCache.isEnabled === true,
    "distributed-cached": group.isDistributedCached && entity?.distributedCache.isEnabled === true,
  };
}

function clientsThat(
  catalog: Catalog,
  entityLabel: string,
  may: (access: NonNullable<CatalogJob["access"]>) => boolean,
): string[] {
  return [...catalog.readers.values()]
    .filter(({ access }) => {
      if (access === undefined || access.isRevoked || !may(access)) return false;
      return access.entities === undefined || access.entities.has(entityLabel);
    })
    .map(({ id }) => id);
}
