import { z } from "zod";
import type { FeatureFullFacts } from "../model/registry.ts";
import type { Http } from "./http.ts";
import { API_ROOT } from "./paths.ts";

const faultSchema = z.object({ path: z.string(), reason: z.string() });
export type Fault = z.output<typeof faultSchema>;

const featureSchema = z
  .object({
    label: z.string(),
    sequence: z.number(),
    "string-length": z.number(),
    "vector-length": z.number(),
    "default-value": z.string(),
    "storage-provider": z.string(),
    "source-base-path": z.string(),
    "source-data-column": z.string(),
  })
  .transform(
    (feature): FeatureFullFacts => ({
      label: feature.label,
      sequence: feature.sequence,
      stringLength: feature["string-length"],
      vectorLength: feature["vector-length"],
      defaultText: feature["default-value"],
      provider: feature["storage-provider"],
      basePath: feature["source-base-path"],
      sourceColumn: feature["source-data-column"],
    }),
  );

const columnSchema = z
  .object({
    label: z.string(),
    "current-size-in-bytes": z.number(),
    "max-size-in-bytes": z.number(),
  })
  .transform((column) => ({
    label: column.label,
    currentSizeBytes: column["current-size-in-bytes"],
    maxSizeBytes: column["max-size-in-bytes"],
  }));

const versionSchema = z
  .object({
    version: z.string(),
    "is-active": z.boolean(),
    "block-size-in-bytes": z.number().nullable(),
    features: z.array(featureSchema),
    faults: z.array(faultSchema).default([]),
  })
  .transform((version) => ({
    version: version.version,
    isActive: version["is-active"],
    blockSizeBytes: version["block-size-in-bytes"],
    features: version.features,
    faults: version.faults,
  }));

const versionsSchema = z
  .object({
    columns: z.array(columnSchema),
    "accounted-size-in-bytes": z.number(),
    "block-size-in-bytes": z.number().nullable(),
    "row-size-in-bytes": z.number(),
    "max-row-size-in-bytes": z.number(),
    total: z.number(),
    versions: z.array(versionSchema),
    faults: z.array(faultSchema).default([]),
  })
  .transform((body) => ({
    columns: body.columns,
    accountedSizeBytes: body["accounted-size-in-bytes"],
    blockSizeBytes: body["block-size-in-bytes"],
    rowSizeBytes: body["row-size-in-bytes"],
    maxRowSizeBytes: body["max-row-size-in-bytes"],
    total: body.total,
    versions: body.versions,
    faults: body.faults,
  }));
/** A group's versions, newest first, and what it takes up. */
export type GroupVersions = z.output<typeof versionsSchema>;
export type GroupVersion = z.output<typeof versionSchema>;

const diffSchema = z
  .object({
    added: z.array(z.string()),
    removed: z.array(z.string()),
    changed: z.array(
      z.object({
        label: z.string(),
        fields: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() })),
      }),
    ),
    "is-same-layout": z.boolean(),
  })
  .transform(({ "is-same-layout": isSameLayout, ...diff }) => ({ ...diff, isSameLayout }));
/** What became different from one version to another. */
export type VersionDiff = z.output<typeof diffSchema>;

const detailsSchema = z
  .object({
    versions: z.array(z.string()),
    feature: featureSchema,
    storage: z.object({
      "store-id": z.string(),
      "db-type": z.string(),
      table: z.string(),
      columns: z.array(z.string()),
    }),
    "job-id": z.string(),
    "may-write": z.array(z.string()),
    "may-read": z.array(z.string()),
  })
  .transform((body) => ({
    feature: body.feature,
    versions: body.versions,
    storeId: body.storage["store-id"],
    dbType: body.storage["db-type"],
    table: body.storage.table,
    columns: body.storage.columns,
    jobId: body["job-id"],
    mayWrite: body["may-write"],
    mayRead: body["may-read"],
  }));
/** Everything about one feature. */
export type FeatureDetails = z.output<typeof detailsSchema>;

const SEARCH_KINDS = [
  "entity",
  "feature-group",
  "feature",
  "source",
  "store",
  "job",
  "client",
] as const;

const hitSchema = z
  .object({
    kind: z.enum(SEARCH_KINDS),
    label: z.string(),
    "entity-label": z.string(),
    "feature-group-label": z.string(),
    "feature-label": z.string(),
  })
  .transform((hit) => ({
    kind: hit.kind,
    label: hit.label,
    entity: hit["entity-label"],
    group: hit["feature-group-label"],
    feature: hit["feature-label"],
  }));
export type SearchHit = z.output<typeof hitSchema>;

const searchSchema = z.object({ hits: z.array(hitSchema), total: z.number() });
export type SearchResult = z.output<typeof searchSchema>;

const jobSchema = z
  .object({
    "job-id": z.string(),
    "job-type": z.enum(["writer", "reader"]),
    writes: z.array(z.object({ "entity-label": z.string(), "feature-group-label": z.string() })),
    entities: z.array(z.string()).nullable(),
    "may-read": z.boolean(),
    "may-write": z.boolean(),
    "previous-token-until": z.number().nullable(),
    revoked: z.boolean().default(false),
    faults: z.array(faultSchema).default([]),
  })
  .transform((job) => ({
    id: job["job-id"],
    type: job["job-type"],
    writes: job.writes.map((group) => ({
      entity: group["entity-label"],
      group: group["feature-group-label"],
    })),
    entities: job.entities,
    mayRead: job["may-read"],
    mayWrite: job["may-write"],
    previousTokenUntilSeconds: job["previous-token-until"],
    isRevoked: job.revoked,
    faults: job.faults,
  }));
/** A writer job or a client. */
export type Job = z.output<typeof jobSchema>;

const registryFaultsSchema = z.array(faultSchema.extend({ disables: z.string() }));
export type RegistryFault = z.output<typeof registryFaultsSchema>[number];

/** What the published endpoints do not tell: versions, single features, search, jobs, faults. */
export interface CatalogApi {
  versions(
    group: GroupAddress,
    page: { readonly offset: number; readonly limit: number },
    signal?: AbortSignal,
  ): Promise<GroupVersions>;
  diff(group: GroupAddress, from: string, to: string, signal?: AbortSignal): Promise<VersionDiff>;
  feature(group: GroupAddress, label: string, signal?: AbortSignal): Promise<FeatureDetails>;
  search(text: string, limit: number, signal?: AbortSignal): Promise<SearchResult>;
  jobs(type: "writer" | "reader", signal?: AbortSignal): Promise<Job[]>;
  faults(signal?: AbortSignal): Promise<RegistryFault[]>;
}

export interface GroupAddress {
  readonly entity: string;
  readonly group: string;
}

export function createCatalogApi(http: Http): CatalogApi {
  const root = ({ entity, group }: GroupAddress): string =>
    `${API_ROOT}/entities/${encodeURIComponent(entity)}/groups/${encodeURIComponent(group)}`;
  return {
    async versions(group, page, signal) {
      const path = `${root(group)}/versions`;
      return (await http.call(path, versionsSchema, { query: { ...page }, signal })).body;
    },
    async diff(group, from, to, signal) {
      const names = [from, to].map(encodeURIComponent);
      const path = `${root(group)}/versions/${names[0]}/diff/${names[1]}`;
      return (await http.call(path, diffSchema, { signal })).body;
    },
    async feature(group, label, signal) {
      const path = `${root(group)}/features/${encodeURIComponent(label)}`;
      return (await http.call(path, detailsSchema, { signal })).body;
    },
    async search(text, limit, signal) {
      const query = { q: text, limit };
      return (await http.call(`${API_ROOT}/search`, searchSchema, { query, signal })).body;
    },
    async jobs(jobType, signal) {
      const options = { query: { jobType }, signal };
      return (await http.call(`${API_ROOT}/jobs`, z.array(jobSchema), options)).body;
    },
    async faults(signal) {
      return (await http.call(`${API_ROOT}/faults`, registryFaultsSchema, { signal })).body;
    },
  };
}
