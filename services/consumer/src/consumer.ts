import { readFile } from "node:fs/promises";
import { waitUntilReady } from "@ofs/connections";
import {
  blockFormat,
  FormatTable,
  IngestMetrics,
  type IngestSettings,
  type IngestStatus,
  ingestSettings,
} from "@ofs/ingest";
import { type Health, type Logger, openService, type ServiceBase } from "@ofs/platform";
import type { Registry } from "@ofs/registry";
import type { Registry as MetricsRegistry } from "prom-client";
import { checkIngest } from "./check-ingest.ts";
import type { ConsumerConfig } from "./config.ts";
import { type GivenConnections, openConnections } from "./connections.ts";
import { AdminGuard } from "./http/admin-guard.ts";
import { deadLetterRoutes } from "./http/dead-letter-routes.ts";
import { HttpServer } from "./http/http-server.ts";
import { lagRoutes } from "./http/lag-routes.ts";
import { produceRoutes } from "./http/produce-routes.ts";
import { publicRoutes } from "./http/public-routes.ts";
import type { HttpRoute } from "./http/router.ts";
import { IngestMembers } from "./ingest-members.ts";
import { openLog } from "./log/open-log.ts";
import type { RecordLog } from "./log/record-log.ts";

/** What a program that runs this service inside itself brings along. All of it stays the program's. */
export interface ConsumerOverrides extends GivenConnections {
  readonly log?: Logger;
  readonly metrics?: MetricsRegistry;
}

/** A running consumer. */
export interface Consumer {
  /** The one that was opened, also where 0 was asked for. */
  readonly port: number;
  readonly health: Health;
  readonly metrics: MetricsRegistry;
  registry(): Registry | undefined;
  /** Of each member in this process; empty until the registry is loaded. */
  statuses(): readonly IngestStatus[];
  /** @throws {FeatureStoreError} DEADLINE_EXCEEDED, saying what is not ready */
  waitUntilReady(timeoutMs: number): Promise<void>;
  /**
   * Fetches no more, finishes what is under way, commits, leaves the group and closes everything. Idempotent.
   *
   * @throws {AggregateError} if work was left or something could not be closed
   */
  close(): Promise<void>;
}

/**
 * Starts the consumer: the port opens at once, for health; reading begins when the registry is loaded. What cannot be
 * reached is tried again and again in the background.
 *
 * @throws for settings that make no sense, a port that is taken, files that cannot be read; nothing stays open then
 */
export async function startConsumer(
  config: ConsumerConfig,
  overrides: ConsumerOverrides = {},
): Promise<Consumer> {
  const { process: settings } = config;
  return openService({ service: "consumer", settings, given: overrides }, (base) =>
    openAll(config, overrides, base),
  );
}

async function openAll(
  config: ConsumerConfig,
  overrides: ConsumerOverrides,
  base: ServiceBase,
): Promise<Consumer> {
  const { log, metrics, health, lifecycle } = base;
  warnOfUnusedVariables(config, log);
  const connections = await openConnections(config, overrides, base);
  const records = await openLog(config, log);
  lifecycle.register("record log", () => records.close());
  health.register("log", () => records.check());
  const options = {
    formats: new FormatTable([{ format: blockFormat(connections.writer) }]),
    settings: loopSettings(config),
    now: Date.now,
    monotonicNow: () => performance.now(),
    metrics: new IngestMetrics(metrics),
  };
  const { memberCount } = config.source.reading;
  const members = new IngestMembers(memberCount, records, options, log);
  health.register("ingest", () => checkIngest(members.statuses()));

  const adminDeps = { config, records, members, registry: connections.registry };
  const routes = [...publicRoutes(health, metrics), ...adminRoutes(adminDeps)];
  const http = await openPort(config, routes, log);
  lifecycle.register("port", (signal) => http.close(signal));
  // Closed before the port, which tells meanwhile that the process drains.
  lifecycle.register("members", () => members.close(config.process.SHUTDOWN_GRACE_MS));

  await connections.open(() => members.registryChanged());
  log.info({ port: http.port, log: records.name, memberCount }, "consuming");
  return {
    port: http.port,
    health,
    metrics,
    registry: connections.registry,
    statuses: () => members.statuses(),
    waitUntilReady: (timeoutMs) => waitUntilReady(health, timeoutMs),
    async close() {
      health.startDraining();
      await lifecycle.close();
    },
  };
}

interface AdminDeps {
  readonly config: ConsumerConfig;
  readonly records: RecordLog;
  readonly members: IngestMembers;
  readonly registry: () => Registry | undefined;
}

function adminRoutes({ config, records, members, registry }: AdminDeps): HttpRoute[] {
  const { topics, groupId, start } = config.source.reading;
  const { CONSUMER_DEAD_LETTER_TOPIC: common } = config.limits;
  const { admin, sink, append } = records;
  const routes = [
    ...lagRoutes({
      admin,
      groupId,
      topics,
      start,
      partitions: () => members.statuses().flatMap(({ partitions }) => partitions),
    }),
    ...deadLetterRoutes({
      admin,
      sink,
      topics,
      deadLetterTopicOf: (topic) => common ?? `${topic}.dlq`,
      snapshot: () => registry()?.snapshot(),
      monotonicNow: () => performance.now(),
    }),
  ];
  if (append === undefined) return routes;
  const { MAX_REQUEST_BYTES: maxRequestBytes } = config.process;
  return [...routes, ...produceRoutes({ topics, maxRequestBytes, append })];
}

async function openPort(
  { process: settings }: ConsumerConfig,
  routes: readonly HttpRoute[],
  log: Logger,
): Promise<HttpServer> {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } = settings;
  const tls =
    certFile === undefined || keyFile === undefined
      ? undefined
      : { cert: await readFile(certFile), key: await readFile(keyFile) };
  return HttpServer.listen(routes, {
    host: settings.APP_HOST,
    port: settings.APP_PORT,
    tls,
    guard: new AdminGuard(settings.ADMIN_TOKEN),
    log,
  });
}

function loopSettings({ source, limits }: ConsumerConfig): IngestSettings {
  const { reading } = source;
  return ingestSettings({
    lanesPerConnection: reading.laneCount,
    batchRows: reading.maxBatchRows,
    batchBytes: limits.CONSUMER_MAX_BATCH_BYTES,
    lingerMs: limits.CONSUMER_LINGER_MS,
    writeTimeoutMs: limits.STORE_TIMEOUT_MS,
    haltRetryMs: limits.CONSUMER_HALT_RETRY_MS,
    registryWaitMs: limits.CONSUMER_REGISTRY_WAIT_MS,
    maxInFlightBytes: limits.CONSUMER_MAX_IN_FLIGHT_BYTES,
    maxInFlightRecords: limits.CONSUMER_MAX_IN_FLIGHT_RECORDS,
    maxPartitionBytes: limits.CONSUMER_MAX_PARTITION_BYTES,
    maxPartitionRecords: limits.CONSUMER_MAX_PARTITION_RECORDS,
    commitsAfterWork: reading.commitIntervalMs === undefined,
    ...(reading.commitIntervalMs === undefined
      ? {}
      : { commitIntervalMs: reading.commitIntervalMs }),
    stallMs: limits.CONSUMER_STALL_MS,
    deadLetterTopic: limits.CONSUMER_DEAD_LETTER_TOPIC,
  });
}

function warnOfUnusedVariables({ source }: ConsumerConfig, log: Logger): void {
  const { unusedVariables: variables } = source.reading;
  if (variables.length > 0) log.warn({ variables }, "these variables are set and have no effect");
}
