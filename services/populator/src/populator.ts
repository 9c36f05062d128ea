import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { registerHealthMetrics, waitUntilReady, watchHealth } from "@ofs/connections";
import { readDatabaseFiles } from "@ofs/database";
import { SharedSpool, type StorageObserver } from "@ofs/delta";
import { AdminGuard, type HttpRoute, HttpServer } from "@ofs/http";
import type { RecordSink } from "@ofs/ingest";
import { type Health, type Logger, openService, type ServiceBase } from "@ofs/platform";
import { tracerOpener } from "@ofs/tracing";
import type { Registry as MetricsRegistry } from "prom-client";
import type { PopulatorConfig } from "./config.ts";
import { publicRoutes } from "./http/public-routes.ts";
import { tableRoutes } from "./http/table-routes.ts";
import { PopulatorMetrics } from "./metrics.ts";
import { openOutputs } from "./output/open-sinks.ts";
import { RateLimit } from "./output/rate-limit.ts";
import { type GivenRegistries, openRegistries, type Registries } from "./registries.ts";
import { RejectFiles } from "./rejects/reject-files.ts";
import { RunReporter } from "./report/run-reporter.ts";
import { LateReader } from "./runs/late-reader.ts";
import { openClaims } from "./runs/open-claims.ts";
import { PlanLoop } from "./runs/plan-loop.ts";
import { Planner } from "./runs/planner.ts";
import { Registrar } from "./runs/registrar.ts";
import { registerRunMetrics } from "./runs/run-metrics.ts";
import { TenantSlots } from "./runs/slots.ts";
import type { TableAccess } from "./runs/table-source.ts";
import { Worker } from "./runs/worker.ts";
import { WorkerPool } from "./runs/worker-pool.ts";
import { FileList } from "./store/file-list.ts";
import { openState } from "./store/open-store.ts";
import { RunStore } from "./store/run-store.ts";
import { ShardStore } from "./store/shard-store.ts";
import { WorkMetrics } from "./work-metrics.ts";

/** Of refused rows, in the data folder. */
export const REJECTS_FOLDER = "rejects";

/** What a program that runs this service inside itself brings along. All of it stays the program's. */
export interface PopulatorOverrides extends GivenRegistries {
  readonly log?: Logger;
  readonly metrics?: MetricsRegistry;
  /** Of the embedded log that is open in this process. */
  readonly sink?: RecordSink | undefined;
  /** In place of `ROW_ADMIN_URL`; undefined as long as the control plane has no port: runs that end are told of later then. */
  readonly rowAdminUrl?: () => string | undefined;
  /** Admitted beside `ADMIN_TOKEN`, which may be unset: the program's own. */
  readonly ownToken?: string;
}

/** A running populator. */
export interface Populator {
  /** The one that was opened, also where 0 was asked for. */
  readonly port: number;
  readonly health: Health;
  readonly metrics: MetricsRegistry;
  /** @throws {FeatureStoreError} DEADLINE_EXCEEDED, saying what is not ready */
  waitUntilReady(timeoutMs: number): Promise<void>;
  /**
   * Begins nothing more, notes the batches under way and closes everything; others go on with what is left. Idempotent.
   *
   * @throws {AggregateError} if something could not be closed
   */
  close(): Promise<void>;
}

/**
 * Starts the populator. A database, registry, log or etcd that cannot be reached is tried again and again in the background.
 *
 * @throws for settings that make no sense, a port that is taken, files that cannot be read; nothing stays open then
 */
export async function startPopulator(
  config: PopulatorConfig,
  overrides: PopulatorOverrides = {},
): Promise<Populator> {
  const { process: settings } = config;
  const openTracer = tracerOpener(config.tracing);
  return openService({ service: "populator", settings, given: overrides, openTracer }, (base) =>
    openAll(config, overrides, base),
  );
}

interface Parts {
  readonly id: string;
  readonly runs: RunStore;
  readonly shards: ShardStore;
  readonly files: FileList;
  readonly access: TableAccess;
  readonly workMetrics: WorkMetrics;
  readonly registries: Registries;
  readonly rejects: RejectFiles;
}

async function openAll(
  config: PopulatorConfig,
  overrides: PopulatorOverrides,
  base: ServiceBase,
): Promise<Populator> {
  const { log, metrics, health, lifecycle } = base;
  const parts = await openParts(config, overrides, base);
  const { work, workers, isHeld } = await openWork(config, overrides, base, parts);
  registerHealthMetrics(metrics, health);
  registerRunMetrics(metrics, parts.runs, log);
  watchHealth(health, lifecycle);
  const routes = [
    ...publicRoutes({
      health,
      metrics,
      workers: () => new Map(workers.map((worker) => [worker, isHeld()])),
      assignments: () => parts.shards.assignments(),
    }),
    ...tableRoutes({
      ...parts,
      maxRequestBytes: config.process.MAX_REQUEST_BYTES,
      onChange: work.kick,
      registrar: new Registrar({
        ...parts,
        defaultTopic: config.process.POPULATOR_DEFAULT_TOPIC,
        now: Date.now,
        onRun: work.kick,
      }),
    }),
  ];
  const http = await openPort(config, overrides.ownToken, routes, log);
  lifecycle.register("port", (signal) => http.close(signal));
  await parts.registries.open();
  // Closed before what it works with, and before the port, which tells meanwhile that the process drains.
  lifecycle.register("work", work.close);
  work.start();
  log.info({ port: http.port, workerCount: workers.length }, "populating");
  return {
    port: http.port,
    health,
    metrics,
    waitUntilReady: (timeoutMs) => waitUntilReady(health, timeoutMs),
    async close() {
      health.startDraining();
      await lifecycle.close();
    },
  };
}

/** Opens in the order of dependence; what is registered first is closed last. */
async function openParts(
  config: PopulatorConfig,
  given: PopulatorOverrides,
  base: ServiceBase,
): Promise<Parts> {
  const { log, lifecycle, metrics } = base;
  const { process: settings, registry } = config;
  const workMetrics = new WorkMetrics(metrics);
  const database = await openState(
    await readDatabaseFiles(config.database, registry.dataFolder),
    log,
  );
  lifecycle.register("database", () => database.close());
  const reader = new LateReader(settings.POPULATOR_WORKERS);
  lifecycle.register("file reader", () => reader.close());
  const { dataFolder } = registry;
  const rejectsFolder =
    settings.POPULATOR_REJECTS_FOLDER ?? (dataFolder && join(dataFolder, REJECTS_FOLDER));
  return {
    id: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    runs: new RunStore(database, Date.now),
    shards: new ShardStore(database, Date.now),
    files: new FileList(database),
    access: openAccess(config, reader, workMetrics, base),
    workMetrics,
    registries: await openRegistries(config, given, base),
    rejects: new RejectFiles(rejectsFolder),
  };
}

/** One spool for the whole process: workers that have parts of one file share its copy. */
function openAccess(
  { process: settings }: PopulatorConfig,
  reader: LateReader,
  observer: StorageObserver,
  { lifecycle }: ServiceBase,
): TableAccess {
  const { POPULATOR_SPOOL_FOLDER: folder, POPULATOR_SPOOL_BYTES: bytesMax } = settings;
  const spool = new SharedSpool(folder, bytesMax);
  lifecycle.register("spool", () => spool.close());
  const s3 = {
    endpoint: settings.POPULATOR_S3_ENDPOINT,
    region: settings.POPULATOR_S3_REGION,
    isPathStyle: settings.POPULATOR_S3_PATH_STYLE,
  };
  return { reader, storage: { spool, s3, observer }, spill: { folder, bytesMax } };
}

/** Planning and sending, started and stopped together. */
interface Work {
  readonly start: () => void;
  readonly kick: () => void;
  readonly close: () => Promise<void>;
}

async function openWork(
  config: PopulatorConfig,
  given: PopulatorOverrides,
  base: ServiceBase,
  parts: Parts,
): Promise<{
  readonly work: Work;
  readonly workers: readonly string[];
  readonly isHeld: () => boolean;
}> {
  const { log, metrics, health, lifecycle } = base;
  const { process: settings, registry } = config;
  const outputs = await openOutputs(config, given.sink, log);
  lifecycle.register("output", () => outputs.close());
  let pool: WorkerPool | undefined;
  const events = { onHeld: () => pool?.kick(), onLost: () => pool?.interrupt() };
  const claims = await openClaims(config, parts.id, events, base);
  const requiredOf = (tenant: string): number | undefined =>
    parts.registries.catalog()?.populators.get(tenant)?.numWorkers;
  const slots = new TenantSlots(claims, requiredOf);
  const populatorMetrics = new PopulatorMetrics(metrics, parts.id, {
    assigned: () => slots.assigned(),
    required: () => requiredSlots(parts.registries),
  });
  const planLoop = openPlanning(config, given, base, parts, () => pool?.kick());
  health.register("runs", () => planLoop.check());
  const limit = new RateLimit(settings.POPULATOR_ROWS_PER_SECOND, () => performance.now());
  const ids = Array.from({ length: settings.POPULATOR_WORKERS }, (_, i) => `${parts.id}-${i}`);
  const leaseMs = settings.POPULATOR_LEASE_SECONDS * 1_000;
  pool = new WorkerPool({
    workers: ids.map(
      (id, index) =>
        new Worker({
          ...parts,
          id,
          claims,
          slots,
          limit,
          metrics: populatorMetrics,
          sinks: outputs.sinksOf(String(index)),
          // Without etcd there is nobody else.
          staleMs: registry.etcd === undefined ? 0 : leaseMs / 2,
          onEnd: () => planLoop.kick(),
          log,
          tracer: base.tracer,
        }),
    ),
    pollMs: settings.POPULATOR_POLL_MS,
    log,
  });
  const opened = pool;
  return {
    workers: ids,
    isHeld: () => claims.isHeld,
    work: {
      start() {
        planLoop.start();
        opened.start();
      },
      kick: () => planLoop.kick(),
      async close() {
        await Promise.all([planLoop.close(), opened.close()]);
      },
    },
  };
}

function openPlanning(
  { process: settings }: PopulatorConfig,
  given: PopulatorOverrides,
  { log }: ServiceBase,
  parts: Parts,
  onWork: () => void,
): PlanLoop {
  const adminUrl = given.rowAdminUrl ?? (() => settings.ROW_ADMIN_URL);
  const common = { ...parts, now: Date.now, log };
  const reporter = new RunReporter({ ...common, adminUrl });
  return new PlanLoop({
    planner: new Planner({
      ...common,
      rowsPerShard: settings.POPULATOR_ROWS_PER_SHARD,
      watchMs: settings.POPULATOR_WATCH_MS,
    }),
    report: (signal) => reporter.reportAll(signal),
    onWork,
    pollMs: settings.POPULATOR_POLL_MS,
    log,
  });
}

function requiredSlots({ catalog }: Registries): ReadonlyMap<string, number> {
  const populators = [...(catalog()?.populators.values() ?? [])];
  return new Map(populators.map(({ tenantName, numWorkers }) => [tenantName, numWorkers]));
}

async function openPort(
  { process: settings }: PopulatorConfig,
  ownToken: string | undefined,
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
    guard: new AdminGuard(settings.ADMIN_TOKEN, ownToken),
    log,
  });
}
