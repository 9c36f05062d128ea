import { readFile } from "node:fs/promises";
import { openRowRegistrySource, waitUntilReady } from "@ofs/connections";
import { AdminGuard, type HttpRoute, HttpServer } from "@ofs/http";
import {
  blockFormat,
  FormatTable,
  IngestMetrics,
  type IngestorOptions,
  type IngestSettings,
  type IngestStatus,
  type LogAdmin,
  type RecordSink,
} from "@ofs/ingest";
import { type Health, type Logger, openService, type ServiceBase } from "@ofs/platform";
import type { Registry, RowRegistry } from "@ofs/registry";
import { tracerOpener } from "@ofs/tracing";
import type { Registry as MetricsRegistry } from "prom-client";
import { checkIngest } from "./check-ingest.ts";
import type { ConsumerConfig } from "./config.ts";
import { type Connections, type GivenConnections, openConnections } from "./connections.ts";
import { publicRoutes } from "./http/public-routes.ts";
import { operatorRoutes } from "./http/routes.ts";
import { IngestMembers } from "./ingest-members.ts";
import { openLogs, type RecordLogs } from "./log/open-logs.ts";
import { loopSettings } from "./loop-settings.ts";
import { openRows, type Rows } from "./rows/open-rows.ts";

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
  /** The row dialect's; undefined where it is off, and while it is being opened. */
  rowRegistry(): RowRegistry | undefined;
  /** The log of the row dialect, which stays this service's; undefined where that is off. */
  readonly rowLog: LogAdmin | undefined;
  /** Adds records to the embedded log, which stays this service's; undefined where none is open. */
  readonly embeddedSink: RecordSink | undefined;
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
  const openTracer = tracerOpener(config.tracing);
  return openService({ service: "consumer", settings, given: overrides, openTracer }, (base) =>
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
  const logs = await openLogs(config, log);
  for (const [index, records] of logs.all.entries()) {
    const name = index === 0 ? "log" : "row log";
    lifecycle.register(`record ${name}`, () => records.close());
    health.register(name, () => records.check());
  }
  const loop: LoopOptions = {
    settings: loopSettings(config),
    now: Date.now,
    monotonicNow: () => performance.now(),
    metrics: new IngestMetrics(metrics),
    tracer: base.tracer,
  };
  const members = openBlockMembers(config, logs, loop, connections, base);
  const rows = await openRowDialect(config, overrides, logs, loop, connections, base);
  const statuses = (): readonly IngestStatus[] => [
    ...(members?.statuses() ?? []),
    ...(rows?.members.statuses() ?? []),
  ];
  const { registry } = connections;
  const routes = [
    ...publicRoutes(health, metrics),
    ...operatorRoutes({ config, logs, rows, statuses, registry }),
  ];
  const http = await openPort(config, routes, log);
  lifecycle.register("port", (signal) => http.close(signal));
  // Closed before the port, which tells meanwhile that the process drains.
  lifecycle.register("members", () => members?.close(config.process.SHUTDOWN_GRACE_MS));

  await connections.open(() => members?.registryChanged());
  await rows?.start();
  const names = logs.all.map(({ name }) => name);
  log.info({ port: http.port, logs: names, hasRows: rows !== undefined }, "consuming");
  return {
    port: http.port,
    health,
    metrics,
    registry,
    rowRegistry: () => rows?.registry(),
    rowLog: rows?.records.admin,
    embeddedSink: logs.all.find(({ isShared }) => !isShared)?.sink,
    statuses,
    waitUntilReady: (timeoutMs) => waitUntilReady(health, timeoutMs),
    async close() {
      health.startDraining();
      await lifecycle.close();
    },
  };
}

/** What members of either dialect have in common. */
type LoopOptions = Omit<
  IngestorOptions,
  "source" | "deadLetters" | "log" | "formats" | "settings"
> & { readonly settings: IngestSettings };

/** @returns undefined where no topic of the block dialect is configured */
function openBlockMembers(
  { source }: ConsumerConfig,
  { block }: RecordLogs,
  loop: LoopOptions,
  { writer }: Connections,
  { log, health }: ServiceBase,
): IngestMembers | undefined {
  if (block === undefined) return undefined;
  const formats = new FormatTable([{ format: blockFormat(writer) }]);
  const members = new IngestMembers(source.reading, block, { ...loop, formats }, log);
  health.register("ingest", () => checkIngest(members.statuses()));
  return members;
}

/** @returns undefined where it is off */
async function openRowDialect(
  config: ConsumerConfig,
  { embedded: givenFolder, rowRegistrySource: given }: ConsumerOverrides,
  { rows: records }: RecordLogs,
  loop: LoopOptions,
  { embedded }: Connections,
  base: ServiceBase,
): Promise<Rows | undefined> {
  const { process: settings, registry, rows, scylla, source: log } = config;
  if (rows === undefined || records === undefined) return undefined;
  const own = given
    ? undefined
    : await openRowRegistrySource(settings.APP_NAME, registry, embedded);
  base.lifecycle.register("row registry source", () => own?.close());
  const source = given ?? own;
  if (source === undefined) throw new Error("the row dialect has no registry");
  const { snapshotFile } = registry;
  const { deadLetterTopic } = rows;
  return openRows(
    {
      appName: settings.APP_NAME,
      settings: rows,
      scylla,
      embedded,
      isSweeper: givenFolder === undefined,
      records,
      source,
      snapshotFile: snapshotFile === undefined ? undefined : `${snapshotFile}.rows`,
      etcd: given === undefined ? registry.etcd : undefined,
      ingestor: { ...loop, settings: { ...loop.settings, deadLetterTopic } },
      laneCount: log.reading.laneCount,
      graceMs: settings.SHUTDOWN_GRACE_MS,
    },
    base,
  );
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

function warnOfUnusedVariables({ source }: ConsumerConfig, log: Logger): void {
  const { unusedVariables: variables } = source.reading;
  if (variables.length > 0) log.warn({ variables }, "these variables are set and have no effect");
}
