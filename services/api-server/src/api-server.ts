import type { InvalidationChannel, RingPeerCache } from "@ofs/cache";
import {
  BackendMonitor,
  checkRegistry,
  openRegistrySource,
  openRowRegistrySource,
  RegistryMetrics,
  registerHealthMetrics,
  StoreConnections,
  waitUntilReady,
  watchHealth,
} from "@ofs/connections";
import { createEngine, type Engine } from "@ofs/engine";
import {
  type Health,
  InFlightLimit,
  type Lifecycle,
  type Logger,
  openService,
  type ServiceBase,
  type WorkerLink,
} from "@ofs/platform";
import {
  openRegistry,
  type Reader,
  type Registry,
  type RegistrySource,
  type RowRegistry,
} from "@ofs/registry";
import type { EmbeddedEnvironment } from "@ofs/store";
import { tracerOpener } from "@ofs/tracing";
import type { Registry as MetricsRegistry } from "prom-client";
import { Authenticator } from "./auth/authenticator.ts";
import type { ApiServerConfig } from "./config.ts";
import { openCaches } from "./connections/caches.ts";
import { type Front, openFront, readTls } from "./front.ts";
import { adminRoutes } from "./http/admin-routes.ts";
import { mirrorRoutes } from "./http/mirror-routes.ts";
import { RequestMetrics } from "./metrics/request-metrics.ts";
import {
  featureRoutes,
  INSPECT_SERVICE,
  PERSIST_SERVICE,
  RETRIEVE_SERVICE,
} from "./routes/feature-routes.ts";
import type { GuardDeps } from "./routes/guarded-handler.ts";
import { PEER_SERVICE, peerRoutes } from "./routes/peer-routes.ts";
import { SCHEMA_SERVICE, schemaRoutes } from "./routes/schema-routes.ts";
import { openRows, type Rows } from "./rows/open-rows.ts";
import type { RowAdmin } from "./rows/row-admin.ts";
import { openRowPort, type RowPort } from "./rows/row-port.ts";
import { CallQueue } from "./transport/call-queue.ts";
import { splitConnections } from "./transport/split-connections.ts";
import { hostChannels, joinHost } from "./worker.ts";

const SERVICES = [RETRIEVE_SERVICE, PERSIST_SERVICE, SCHEMA_SERVICE, INSPECT_SERVICE];

/** What a program that runs this server inside itself brings along. All of it stays the program's. */
export interface ApiServerOverrides {
  readonly log?: Logger;
  readonly metrics?: MetricsRegistry;
  /** In place of opening `OFS_DATA_FOLDER`. */
  readonly embedded?: EmbeddedEnvironment;
  /** In place of etcd or the data folder's registry. */
  readonly registrySource?: RegistrySource;
  /** Ways to others that write or cache the same data, beside the one over Redis. */
  readonly invalidationChannels?: readonly InvalidationChannel[];
  /** Callers within the program, whatever the registry says. */
  readonly ownReaders?: readonly Reader[];
  /** The same of the row dialect. */
  readonly rowRegistrySource?: RegistrySource;
  /** In place of asking `ROW_ADMIN_URL` for tables. */
  readonly rowAdmin?: RowAdmin;
  /** The tie to the primary, which listens in place of this server. */
  readonly worker?: WorkerLink;
}

/** A running server. */
export interface ApiServer {
  /** The one that was opened, also where 0 was asked for. */
  readonly port: number;
  /** The row dialect's; undefined where it is off. */
  readonly rowPort: number | undefined;
  readonly engine: Engine;
  readonly registry: Registry;
  /** The row dialect's; undefined where it is off. */
  readonly rowRegistry: RowRegistry | undefined;
  readonly health: Health;
  readonly metrics: MetricsRegistry;
  /** @throws {FeatureStoreError} DEADLINE_EXCEEDED, saying what is not ready */
  waitUntilReady(timeoutMs: number): Promise<void>;
  /**
   * Takes no more calls, answers those in flight and closes everything in reverse order of opening. Idempotent.
   *
   * @throws {AggregateError} if calls had to be cut off or something could not be closed
   */
  close(): Promise<void>;
}

/**
 * Starts the server: the port opens when the registry is loaded, or has not answered for 5 s, for health; it is ready when the
 * registry is loaded and every store has answered. What cannot be reached is tried again and again in the background.
 *
 * @throws for settings that make no sense, a port that is taken, files that cannot be read; nothing stays open then
 */
export async function startApiServer(
  config: ApiServerConfig,
  overrides: ApiServerOverrides = {},
): Promise<ApiServer> {
  const { server: settings } = config;
  const openTracer = tracerOpener(config.tracing);
  const options = { service: "api-server", settings, given: overrides, openTracer };
  return openService(options, (base) => {
    warnOfInactiveSettings(config, base.log);
    return openAll(config, overrides, base);
  });
}

/** Opens in the order of dependence; what is registered first is closed last. */
async function openAll(
  config: ApiServerConfig,
  overrides: ApiServerOverrides,
  base: ServiceBase,
): Promise<ApiServer> {
  const { log, metrics, health, lifecycle } = base;
  const origin = await openRegistrySource(config.server.APP_NAME, config.registry, overrides);
  lifecycle.register("registry source", () => origin.close());
  const stores = new StoreConnections(config, origin.embedded, log);
  lifecycle.register("stores", () => stores.close());
  const monitor = new BackendMonitor(stores.backends, log);
  lifecycle.register("backend monitor", () => monitor.close());
  const { worker } = overrides;
  const { invalidation, distributed, processCaches, peers } = await openCaches(
    config,
    stores,
    {
      channels: [...(overrides.invalidationChannels ?? []), ...hostChannels(worker, metrics)],
      // One process of a pod holds its keys and the UDP port; the others ask it.
      peerPlace: {
        role: (worker?.slot ?? 0) === 0 ? "holder" : "client",
        isSuccessor: worker !== undefined,
      },
    },
    base,
  );
  let registry: Registry | undefined;
  lifecycle.register("registry", () => registry?.close());

  const engine = createEngine({
    registry: {
      snapshot: () => registry?.snapshot(),
      refresh: async () => registry?.refresh(),
    },
    storeFor: (definition) => stores.storeFor(definition),
    processCaches: processCaches.byConfId,
    peerCache: peers?.cache,
    distributedCacheFor: (confId) => distributed.get(confId),
    invalidationChannels: invalidation.channels,
    onStoreFailure: config.server.ON_STORE_FAILURE,
    storeTimeoutMs: config.server.STORE_TIMEOUT_MS,
    distributedTimeoutMs: config.server.DISTRIBUTED_CACHE_TIMEOUT_MS,
    limits: { maxStoreInFlight: config.server.STORE_MAX_IN_FLIGHT },
    now: Date.now,
    random: Math.random,
    metrics,
    log,
  });
  health.register("registry", () =>
    checkRegistry(registry, (store) => stores.storeFor(store) !== undefined),
  );
  health.register("stores", () => monitor.check());
  const registryMetrics = new RegistryMetrics(metrics, () => registry);
  registerHealthMetrics(metrics, health, monitor);
  watchHealth(health, lifecycle);
  const rows = await openRowDialect(config, overrides, origin.embedded, base);
  monitor.start();
  const loading = openRegistry({
    source: origin.source,
    snapshotFile: config.registry.snapshotFile,
    log,
    onChange(snapshot) {
      registryMetrics.swapped();
      distributed.configure(snapshot);
    },
  });
  // Before the ports: clients that know them from before this start connect at once, and call.
  [registry] = await Promise.all([loadBoth(loading, rows), monitor.firstRound(STORES_WAIT_MS)]);
  const ports = await openApi(config, engine, () => registry, base, overrides, peers?.cache, rows);
  health.refresh();
  log.info({ ...ports, revision: registry.revision }, "serving");
  return {
    ...ports,
    engine,
    registry,
    rowRegistry: rows?.registry(),
    health,
    metrics,
    waitUntilReady: (timeoutMs) => waitUntilReady(health, timeoutMs),
    async close() {
      health.startDraining();
      await lifecycle.close();
    },
  };
}

/** For stores to be connected before the ports open; what is away then is connected while the process serves. */
const STORES_WAIT_MS = 5_000;

/** Waits for both registries; a source that is away is not waited for long. @returns that of the block dialect */
async function loadBoth(loading: Promise<Registry>, rows: Rows | undefined): Promise<Registry> {
  const [loaded, rowsLoaded] = await Promise.allSettled([loading, rows?.start()]);
  if (loaded.status === "rejected") throw loaded.reason;
  if (rowsLoaded.status === "rejected") {
    await loaded.value.close();
    throw rowsLoaded.reason;
  }
  return loaded.value;
}

/** @returns undefined where it is off */
async function openRowDialect(
  { rows: settings, registry, scylla, server }: ApiServerConfig,
  { rowRegistrySource, rowAdmin }: ApiServerOverrides,
  embedded: EmbeddedEnvironment | undefined,
  base: ServiceBase,
): Promise<Rows | undefined> {
  if (settings === undefined) return undefined;
  const own =
    rowRegistrySource === undefined
      ? await openRowRegistrySource(server.APP_NAME, registry, embedded)
      : undefined;
  base.lifecycle.register("row registry source", () => own?.close());
  const source = rowRegistrySource ?? own;
  if (source === undefined) throw new Error("the row dialect has no registry");
  const { snapshotFile } = registry;
  return openRows(
    {
      settings,
      scylla,
      embedded,
      source,
      etcd: rowRegistrySource === undefined ? registry.etcd : undefined,
      appName: server.APP_NAME,
      snapshotFile: snapshotFile === undefined ? undefined : `${snapshotFile}.rows`,
      admin: rowAdmin,
      storeTimeoutMs: server.STORE_TIMEOUT_MS,
      maxStoreInFlight: server.STORE_MAX_IN_FLIGHT,
    },
    base,
  );
}

/** Opens the ports with everything behind them, and registers their drain. */
async function openApi(
  config: ApiServerConfig,
  engine: Engine,
  registry: () => Registry | undefined,
  { log, metrics, health, lifecycle, tracer }: ServiceBase,
  { worker, ownReaders }: ApiServerOverrides,
  peerCache: RingPeerCache | undefined,
  rows: Rows | undefined,
): Promise<Pick<ApiServer, "port" | "rowPort">> {
  const { server } = config;
  const snapshot = () => registry()?.snapshot();
  const authenticator = new Authenticator(snapshot, Date.now, ownReaders);
  const limit = new InFlightLimit("MAX_IN_FLIGHT", server.MAX_IN_FLIGHT);
  const queue = new CallQueue({ maxWaitMs: server.OVERLOAD_QUEUE_MS });
  const requestMetrics = new RequestMetrics(metrics, limit);
  const guard: GuardDeps = { authenticator, limit, queue, metrics: requestMetrics, log, tracer };
  const grpcRoutes = new Map([
    ...featureRoutes(engine, guard),
    ...schemaRoutes(snapshot, guard),
    ...(peerCache === undefined ? [] : peerRoutes(peerCache, guard)),
  ]);
  const services = peerCache === undefined ? SERVICES : [...SERVICES, PEER_SERVICE];
  const httpRoutes = adminRoutes(health, metrics, worker);
  if (server.ENABLE_HTTP_API) {
    const mirror = mirrorRoutes({
      routes: grpcRoutes,
      maxRequestBytes: server.MAX_REQUEST_BYTES,
      queue,
      isKnownCaller: (source) => authenticator.isKnown(source),
    });
    for (const [path, route] of mirror) httpRoutes.set(path, route);
  }
  const rowRoutes = rows?.routes({
    authenticator: config.rows?.ROW_AUTH_ENABLED === true ? authenticator : undefined,
    limit,
    queue,
    metrics: requestMetrics,
    log,
    tracer,
  });
  for (const [path, route] of rowRoutes ?? []) httpRoutes.set(path, route);
  const split =
    worker === undefined || config.rows === undefined
      ? undefined
      : splitConnections(worker, config.rows.ROW_PORT);
  const tls = tlsFiles(config);
  const front = await openFront(
    {
      host: server.APP_HOST,
      port: server.APP_PORT,
      tls,
      maxRequestBytes: server.MAX_REQUEST_BYTES,
      maxConnections: server.MAX_CONNECTIONS,
      maxConcurrentStreams: server.MAX_CONCURRENT_STREAMS,
      isReflectionOn: server.GRPC_REFLECTION,
      transport: server.GRPC_TRANSPORT,
    },
    {
      grpcRoutes,
      services,
      httpRoutes,
      health,
      queue,
      metrics,
      log,
      connections: split?.main ?? worker,
    },
  );
  registerDrain(lifecycle, "port", front, server.SHUTDOWN_GRACE_MS);
  let rowPort: RowPort | undefined;
  if (config.rows !== undefined && rowRoutes !== undefined) {
    rowPort = await openRowPort({
      host: server.APP_HOST,
      port: config.rows.ROW_PORT,
      tls: await readTls(tls),
      maxConnections: server.MAX_CONNECTIONS,
      routes: new Map([...adminRoutes(health, metrics, worker), ...rowRoutes]),
      connections: split?.other,
      metrics,
      log,
    });
    registerDrain(lifecycle, "row port", rowPort, server.SHUTDOWN_GRACE_MS);
  }
  if (worker !== undefined) joinHost(worker, health, metrics);
  return { port: front.port, rowPort: rowPort?.port };
}

function registerDrain(
  lifecycle: Lifecycle,
  name: string,
  port: Pick<Front, "drain">,
  graceMs: number,
): void {
  lifecycle.register(name, async (signal) => {
    const isClean = await port.drain(AbortSignal.any([signal, AbortSignal.timeout(graceMs)]));
    if (!isClean) throw new Error(`calls were cut off after ${graceMs} ms`);
  });
}

function tlsFiles({ server }: ApiServerConfig) {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, TLS_CLIENT_CA_FILE } = server;
  if (certFile === undefined || keyFile === undefined) return undefined;
  return { certFile, keyFile, clientCaFile: TLS_CLIENT_CA_FILE };
}

function warnOfInactiveSettings({ server }: ApiServerConfig, log: Logger): void {
  if (server.IS_MEESHO_ENABLED) log.warn("IS_MEESHO_ENABLED has no effect: there is one driver");
}
