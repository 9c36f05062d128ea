import type { HttpRoute } from "@ofs/http";
import type { IngestStatus } from "@ofs/ingest";
import type { Registry } from "@ofs/registry";
import type { ConsumerConfig } from "../config.ts";
import type { RecordLogs } from "../log/open-logs.ts";
import type { ReadTopic } from "../read-topics.ts";
import type { Rows } from "../rows/open-rows.ts";
import { deadLetterRoutes } from "./dead-letter-routes.ts";
import { lagRoutes } from "./lag-routes.ts";
import { produceRoutes } from "./produce-routes.ts";
import { slotRoutes } from "./slot-routes.ts";

export interface RouteDeps {
  readonly config: ConsumerConfig;
  readonly logs: RecordLogs;
  /** undefined: the row dialect is off. */
  readonly rows: Rows | undefined;
  /** Of all members in this process. */
  statuses(): readonly IngestStatus[];
  registry(): Registry | undefined;
}

/** What operators ask for. */
export function operatorRoutes({ config, logs, rows, statuses, registry }: RouteDeps): HttpRoute[] {
  const blockTopics = blockTopicsOf(config, logs);
  const topics = (): readonly ReadTopic[] => [...blockTopics, ...rowTopicsOf(rows)];
  const routes = [
    ...lagRoutes({
      groupId: config.source.reading.groupId,
      topics,
      logs: logs.all,
      partitions: () => statuses().flatMap(({ partitions }) => partitions),
    }),
    ...deadLetterRoutes({
      topics,
      snapshot: () => registry()?.snapshot(),
      monotonicNow: () => performance.now(),
    }),
    ...(rows === undefined ? [] : slotRoutes(rows.board)),
  ];
  if (logs.all.every(({ append }) => append === undefined)) return routes;
  const { MAX_REQUEST_BYTES: maxRequestBytes } = config.process;
  return [...routes, ...produceRoutes({ topics, maxRequestBytes })];
}

function blockTopicsOf({ source, limits }: ConsumerConfig, { block }: RecordLogs): ReadTopic[] {
  if (block === undefined) return [];
  const { topics, groupId, start } = source.reading;
  return topics.map((name) => ({
    name,
    dialect: "block",
    groupId,
    start,
    deadLetterTopic: limits.CONSUMER_DEAD_LETTER_TOPIC ?? `${name}.dlq`,
    log: block,
  }));
}

function rowTopicsOf(rows: Rows | undefined): ReadTopic[] {
  if (rows === undefined) return [];
  return rows.topics().map((name) => ({
    name,
    dialect: "row",
    groupId: rows.members.groupOf(name),
    start: "earliest",
    deadLetterTopic: rows.deadLetterTopicOf(name),
    log: rows.records,
  }));
}
