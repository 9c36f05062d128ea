import { z } from "zod";
import type {
  CacheFacts,
  EntityFacts,
  FeatureFullFacts,
  GroupFacts,
  StoreFacts,
} from "../model/registry.ts";
import type { Http } from "./http.ts";
import { API_ROOT } from "./paths.ts";

const keySchema = z.object({
  sequence: z.number(),
  "entity-label": z.string(),
  "column-label": z.string(),
});

/** The contract has `enabled` as text here. */
const cacheSchema = z.object({
  enabled: z.union([z.boolean(), z.string()]),
  "ttl-in-seconds": z.number(),
  "jitter-percentage": z.number(),
  "conf-id": z.number().default(0),
});

const entitySchema = z.object({
  "entity-label": z.string(),
  keys: z.record(z.string(), keySchema),
  "in-memory-cache": cacheSchema,
  "distributed-cache": cacheSchema,
});

const versionSchema = z.object({
  labels: z.string(),
  "default-values": z.array(z.string()).nullable(),
  "source-base-paths": z.array(z.string()).nullable(),
  "source-data-columns": z.array(z.string()).nullable(),
  "storage-providers": z.array(z.string()).nullable(),
  "string-lengths": z.array(z.coerce.number()).nullable(),
  "vector-lengths": z.array(z.coerce.number()).nullable(),
});

const groupSchema = z.object({
  "entity-label": z.string(),
  "feature-group-label": z.string(),
  id: z.number(),
  "active-version": z.coerce.string(),
  features: z.record(z.string(), versionSchema),
  "store-id": z.coerce.string(),
  "data-type": z.string(),
  "ttl-in-seconds": z.number(),
  "job-id": z.string(),
  "in-memory-cache-enabled": z.boolean(),
  "distributed-cache-enabled": z.boolean(),
  "layout-version": z.number(),
});

const storeSchema = z.object({
  "db-type": z.string(),
  "conf-id": z.number(),
  table: z.string(),
  "max-column-size-in-bytes": z.number(),
  "max-row-size-in-bytes": z.number(),
  "primary-keys": z.array(z.string()).nullable(),
  "table-ttl": z.number(),
});

const cacheConfigSchema = z.object({ data: z.record(z.string(), z.string()) });

/** What the registry holds, and which databases and caches are configured. */
export interface DiscoveryApi {
  entities(signal?: AbortSignal): Promise<EntityFacts[]>;
  /** @throws {ApiError} for an unknown entity */
  groups(entity: string, signal?: AbortSignal): Promise<GroupFacts[]>;
  stores(signal?: AbortSignal): Promise<StoreFacts[]>;
  jobs(type: "writer" | "reader", signal?: AbortSignal): Promise<string[]>;
  /** conf-id -> kind of the configured stores */
  storeConfigs(signal?: AbortSignal): Promise<Record<string, string>>;
  /** conf-id -> kind of the configured caches */
  cacheConfigs(
    type: "distributed" | "in-memory",
    signal?: AbortSignal,
  ): Promise<Record<string, string>>;
}

export function createDiscoveryApi(http: Http): DiscoveryApi {
  const get = async <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    signal: AbortSignal | undefined,
    query = {},
  ): Promise<z.output<Schema>> =>
    (await http.call(`${API_ROOT}/${path}`, schema, { query, signal })).body;
  return {
    async entities(signal) {
      const entities = await get("retrieve-entities", z.array(entitySchema).nullable(), signal);
      return (entities ?? []).map(entityFacts).sort(byLabel);
    },
    async groups(entity, signal) {
      const schema = z.array(groupSchema).nullable();
      const groups = await get("retrieve-feature-groups", schema, signal, { entity });
      return (groups ?? []).map(groupFacts).sort(byLabel);
    },
    async stores(signal) {
      const stores = await get("get-store", z.record(z.string(), storeSchema), signal);
      return Object.entries(stores)
        .map(([id, store]) => storeFacts(id, store))
        .sort((a, b) => Number(a.id) - Number(b.id));
    },
    async jobs(jobType, signal) {
      const jobs = await get("get-jobs", z.array(z.string()).nullable(), signal, { jobType });
      return (jobs ?? []).toSorted();
    },
    storeConfigs: (signal) => get("get-config", z.record(z.string(), z.string()), signal),
    async cacheConfigs(type, signal) {
      const path = `${API_ROOT}/get-cache-config`;
      const body = { "cache-type": type };
      const options = { method: "POST", body, signal } as const;
      return (await http.call(path, cacheConfigSchema, options)).body.data;
    },
  };
}

function byLabel(a: { readonly label: string }, b: { readonly label: string }): number {
  return a.label.localeCompare(b.label);
}

function entityFacts(entity: z.output<typeof entitySchema>): EntityFacts {
  const keys = Object.values(entity.keys).map((key) => ({
    label: key["entity-label"],
    columnLabel: key["column-label"],
    sequence: key.sequence,
  }));
  return {
    label: entity["entity-label"],
    keys: keys.sort((a, b) => a.sequence - b.sequence),
    inMemoryCache: cacheFacts(entity["in-memory-cache"]),
    distributedCache: cacheFacts(entity["distributed-cache"]),
  };
}

function cacheFacts(cache: z.output<typeof cacheSchema>): CacheFacts {
  return {
    isEnabled: cache.enabled === true || cache.enabled === "true",
    ttlSeconds: cache["ttl-in-seconds"],
    jitterPercent: cache["jitter-percentage"],
    confId: cache["conf-id"],
  };
}

function groupFacts(group: z.output<typeof groupSchema>): GroupFacts {
  return {
    entityLabel: group["entity-label"],
    label: group["feature-group-label"],
    id: group.id,
    activeVersion: group["active-version"],
    features: featureFacts(group.features[group["active-version"]]),
    storeId: group["store-id"],
    dataType: group["data-type"],
    ttlSeconds: group["ttl-in-seconds"],
    jobId: group["job-id"],
    isInMemoryCached: group["in-memory-cache-enabled"],
    isDistributedCached: group["distributed-cache-enabled"],
    layoutVersion: group["layout-version"],
  };
}

function featureFacts(version: z.output<typeof versionSchema> | undefined): FeatureFullFacts[] {
  if (version === undefined || version.labels === "") return [];
  return version.labels.split(",").map((label, sequence) => ({
    label,
    sequence,
    defaultText: version["default-values"]?.[sequence] ?? "",
    stringLength: version["string-lengths"]?.[sequence] ?? 0,
    vectorLength: version["vector-lengths"]?.[sequence] ?? 0,
    provider: version["storage-providers"]?.[sequence] ?? "",
    basePath: version["source-base-paths"]?.[sequence] ?? "",
    sourceColumn: version["source-data-columns"]?.[sequence] ?? "",
  }));
}

function storeFacts(id: string, store: z.output<typeof storeSchema>): StoreFacts {
  return {
    id,
    dbType: store["db-type"],
    confId: store["conf-id"],
    table: store.table,
    maxColumnSizeBytes: store["max-column-size-in-bytes"],
    maxRowSizeBytes: store["max-row-size-in-bytes"],
    primaryKeys: store["primary-keys"] ?? [],
    tableTtlSeconds: store["table-ttl"],
  };
}
