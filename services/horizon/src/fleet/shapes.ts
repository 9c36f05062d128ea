import { z } from "zod";
import type { FleetReport, InstanceReport } from "./fleet-report.ts";
import { REGISTRY_STATES } from "./fleet-report.ts";
import type { GroupFreshness } from "./freshness.ts";
import type { IngestReport, TopicReport } from "./ingest-report.ts";
import { INSTANCE_STATES } from "./probe.ts";
import { FLEET_SERVICES } from "./targets.ts";

/* null says that something is not known, and never stands for 0. */

const rate = z.number().nullable();
const instant = z.string().describe("ISO 8601");

const instanceShape = z.object({
  service: z.enum(FLEET_SERVICES),
  url: z.string(),
  state: z.enum(INSTANCE_STATES),
  reasons: z.array(z.string()).describe("Why it is not simply ready"),
  "metrics-problem": z.string().nullable().describe("Why its numbers are not known"),
  "started-at": instant.nullable(),
  "registry-revision": z.number().nullable(),
  "registry-state": z.enum(REGISTRY_STATES).nullable(),
});

const callShape = z.object({
  "per-second": z.number(),
  "failures-per-second": z.number().describe("By no fault of the callers"),
  "p50-seconds": rate,
  "p99-seconds": rate,
});

const topicShape = z.object({
  topic: z.string(),
  "lag-records": rate,
  "oldest-seconds": rate.describe("Age of the oldest record that is not done with"),
  "records-per-second": rate,
  "delay-p50-seconds": rate.describe("From a record's time to its storage"),
  "delay-p99-seconds": rate,
  "dead-letter-count": z.number().describe("Since the consumers have started"),
  "dead-letters-per-second": rate,
});

const freshnessShape = z.object({
  entity: z.string(),
  "feature-group": z.string(),
  "ingested-at": instant.nullable().describe("By a consumer, since it has started"),
  "written-at": instant.nullable().describe("Through an api-server, since it has started"),
});

export const freshnessList = z.object({
  "checked-at": instant,
  "has-services": z.boolean().describe("Whether services are configured that could know"),
  "is-ingestion-known": z
    .boolean()
    .describe("Whether all consumers have told, so that null is never"),
  "are-calls-known": z.boolean().describe("Whether all api-servers have told"),
  groups: z.array(freshnessShape),
});

export const fleetReport = z.object({
  "checked-at": instant,
  "window-seconds": rate.describe("What rates are over; null: nothing was seen twice yet"),
  "registry-revision": rate.describe("The newest that is known here"),
  services: z.array(instanceShape),
  reads: callShape.nullable(),
  writes: callShape.nullable(),
  "refusals-per-second": rate.describe("Of overloaded servers, before the calls were read"),
  caches: z.array(z.object({ tier: z.string(), "hit-ratio": rate })),
  ingest: z
    .object({
      "rows-per-second": rate,
      "halted-partitions": z.number(),
      "waiting-records": z.number(),
      topics: z.array(topicShape),
    })
    .nullable(),
  "oldest-writes": z.array(freshnessShape).describe("Groups that nobody has written for longest"),
});

/** @param revision the newest of the registry that is known here */
export function fleetReportShape(
  report: FleetReport,
  revision: number | undefined,
): z.output<typeof fleetReport> {
  return {
    "checked-at": isoOf(report.atMs),
    "window-seconds": report.windowSeconds ?? null,
    "registry-revision": revision ?? null,
    services: report.instances.map(instanceShapeOf),
    reads: callShapeOf(report.reads),
    writes: callShapeOf(report.writes),
    "refusals-per-second": report.refusalsPerSecond ?? null,
    caches: report.caches.map(({ tier, hitRatio }) => ({ tier, "hit-ratio": hitRatio ?? null })),
    ingest: ingestShapeOf(report.ingest),
    "oldest-writes": report.oldestWrites.map(freshnessShapeOf),
  };
}

export function freshnessShapeOf(freshness: GroupFreshness): z.output<typeof freshnessShape> {
  const { consumer, "api-server": server } = freshness.lastWrites;
  return {
    entity: freshness.entity,
    "feature-group": freshness.group,
    "ingested-at": instantOf(consumer),
    "written-at": instantOf(server),
  };
}

function instanceShapeOf(instance: InstanceReport): z.output<typeof instanceShape> {
  return {
    service: instance.service,
    url: instance.url,
    state: instance.state,
    reasons: [...instance.reasons],
    "metrics-problem": instance.metricsProblem ?? null,
    "started-at": instantOf(instance.startedAtMs),
    "registry-revision": instance.registryRevision ?? null,
    "registry-state": instance.registryState ?? null,
  };
}

function callShapeOf(calls: FleetReport["reads"]): z.output<typeof callShape> | null {
  if (calls === undefined) return null;
  return {
    "per-second": calls.perSecond,
    "failures-per-second": calls.failuresPerSecond,
    "p50-seconds": calls.p50Seconds ?? null,
    "p99-seconds": calls.p99Seconds ?? null,
  };
}

function ingestShapeOf(ingest: IngestReport | undefined) {
  if (ingest === undefined) return null;
  return {
    "rows-per-second": ingest.rowsPerSecond ?? null,
    "halted-partitions": ingest.haltedPartitionCount,
    "waiting-records": ingest.waitingRecordCount,
    topics: ingest.topics.map(topicShapeOf),
  };
}

function topicShapeOf(topic: TopicReport): z.output<typeof topicShape> {
  return {
    topic: topic.topic,
    "lag-records": topic.lagRecords ?? null,
    "oldest-seconds": topic.oldestSeconds ?? null,
    "records-per-second": topic.recordsPerSecond ?? null,
    "delay-p50-seconds": topic.delayP50Seconds ?? null,
    "delay-p99-seconds": topic.delayP99Seconds ?? null,
    "dead-letter-count": topic.deadLetterCount,
    "dead-letters-per-second": topic.deadLettersPerSecond ?? null,
  };
}

/** @param atMs Unix milliseconds */
export function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}

function instantOf(atMs: number | undefined): string | null {
  return atMs === undefined ? null : isoOf(atMs);
}
