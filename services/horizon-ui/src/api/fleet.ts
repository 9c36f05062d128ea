import { z } from "zod";
import type { Http } from "./http.ts";

const ROOT = "/api/v1/horizon";

/** null: not known. */
const known = z.number().nullable();
const instant = z
  .string()
  .nullable()
  .transform((text) => (text === null ? null : Date.parse(text)));

const instanceSchema = z
  .object({
    service: z.string(),
    url: z.string(),
    state: z.enum(["ready", "warning", "not-ready", "draining", "down"]),
    reasons: z.array(z.string()),
    "metrics-problem": z.string().nullable(),
    "started-at": instant,
    "registry-revision": known,
    "registry-state": z.enum(["current", "behind", "cut-off", "none"]).nullable(),
  })
  .transform((raw) => ({
    service: raw.service,
    url: raw.url,
    state: raw.state,
    /** Why it is not simply ready. */
    reasons: raw.reasons,
    /** Why its numbers are not known. */
    metricsProblem: raw["metrics-problem"],
    startedAtMs: raw["started-at"],
    registryRevision: raw["registry-revision"],
    registryState: raw["registry-state"],
  }));
/** One process of the fleet. */
export type Instance = z.output<typeof instanceSchema>;

const callsSchema = z
  .object({
    "per-second": z.number(),
    "failures-per-second": z.number(),
    "p50-seconds": known,
    "p99-seconds": known,
  })
  .transform((raw) => ({
    perSecond: raw["per-second"],
    failuresPerSecond: raw["failures-per-second"],
    p50Seconds: raw["p50-seconds"],
    p99Seconds: raw["p99-seconds"],
  }));

const topicSchema = z
  .object({
    topic: z.string(),
    "lag-records": known,
    "oldest-seconds": known,
    "records-per-second": known,
    "delay-p99-seconds": known,
    "dead-letter-count": z.number(),
  })
  .transform((raw) => ({
    topic: raw.topic,
    lagRecords: raw["lag-records"],
    /** Age of the oldest record that is not done with. */
    oldestSeconds: raw["oldest-seconds"],
    recordsPerSecond: raw["records-per-second"],
    /** From a record's time to its storage. */
    delayP99Seconds: raw["delay-p99-seconds"],
    /** Since the consumers have started. */
    deadLetterCount: raw["dead-letter-count"],
  }));
export type TopicState = z.output<typeof topicSchema>;

const ingestSchema = z
  .object({
    "rows-per-second": known,
    "halted-partitions": z.number(),
    "waiting-records": z.number(),
    topics: z.array(topicSchema),
  })
  .transform((raw) => ({
    rowsPerSecond: raw["rows-per-second"],
    haltedPartitionCount: raw["halted-partitions"],
    waitingRecordCount: raw["waiting-records"],
    topics: raw.topics,
  }));
export type IngestState = z.output<typeof ingestSchema>;

const lastWriteSchema = z
  .object({
    entity: z.string(),
    "feature-group": z.string(),
    "ingested-at": instant,
    "written-at": instant,
  })
  .transform((raw) => ({
    entity: raw.entity,
    group: raw["feature-group"],
    /** By a consumer; null: not since it has started. */
    ingestedAtMs: raw["ingested-at"],
    /** Through an api-server; null: not since it has started. */
    writtenAtMs: raw["written-at"],
  }));
/** When a feature group was last written. */
export type LastWrite = z.output<typeof lastWriteSchema>;

const fleetSchema = z
  .object({
    "checked-at": z.string(),
    "window-seconds": known,
    services: z.array(instanceSchema),
    reads: callsSchema.nullable(),
    writes: callsSchema.nullable(),
    "refusals-per-second": known,
    caches: z.array(z.object({ tier: z.string(), "hit-ratio": known })),
    ingest: ingestSchema.nullable(),
    "oldest-writes": z.array(lastWriteSchema),
  })
  .transform((raw) => ({
    checkedAtMs: Date.parse(raw["checked-at"]),
    /** What rates are over; null while nothing was seen twice. */
    windowSeconds: raw["window-seconds"],
    instances: raw.services,
    reads: raw.reads,
    writes: raw.writes,
    refusalsPerSecond: raw["refusals-per-second"],
    caches: raw.caches.map(({ tier, "hit-ratio": hitRatio }) => ({ tier, hitRatio })),
    /** null: no consumer answers. */
    ingest: raw.ingest,
    oldestWrites: raw["oldest-writes"],
  }));
/** How the services do. What is null is not known. */
export type FleetState = z.output<typeof fleetSchema>;

const lastWritesSchema = z
  .object({
    "has-services": z.boolean(),
    "is-ingestion-known": z.boolean(),
    "are-calls-known": z.boolean(),
    groups: z.array(lastWriteSchema),
  })
  .transform((raw) => ({
    hasServices: raw["has-services"],
    /** Whether all consumers have told: what they do not name, they have not written. */
    isIngestionKnown: raw["is-ingestion-known"],
    /** The same of api-servers. */
    areCallsKnown: raw["are-calls-known"],
    groups: raw.groups,
  }));
export type LastWrites = z.output<typeof lastWritesSchema>;

const countsSchema = z
  .object({
    entities: z.number(),
    "feature-groups": z.number(),
    features: z.number(),
    stores: z.number(),
    "writer-jobs": z.number(),
    readers: z.number(),
    faults: z.number(),
    "waiting-requests": z.number(),
  })
  .transform((raw) => ({
    entities: raw.entities,
    featureGroups: raw["feature-groups"],
    features: raw.features,
    stores: raw.stores,
    jobs: raw["writer-jobs"] + raw.readers,
    waitingRequests: raw["waiting-requests"],
  }));
export type Counts = z.output<typeof countsSchema>;

export interface FleetApi {
  state(signal?: AbortSignal): Promise<FleetState>;
  /** Of the feature groups of an entity; those that nobody knows of are left out. */
  lastWrites(entity: string, signal?: AbortSignal): Promise<LastWrites>;
  counts(signal?: AbortSignal): Promise<Counts>;
}

export function createFleetApi(http: Http): FleetApi {
  return {
    async state(signal) {
      return (await http.call(`${ROOT}/fleet`, fleetSchema, { signal })).body;
    },
    async lastWrites(entity, signal) {
      const options = { query: { entity }, signal };
      return (await http.call(`${ROOT}/fleet/last-writes`, lastWritesSchema, options)).body;
    },
    async counts(signal) {
      return (await http.call(`${ROOT}/counts`, countsSchema, { signal })).body;
    },
  };
}
