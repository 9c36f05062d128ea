import { randomBytes } from "node:crypto";
import { type Backend, BackendMonitor, openRegistrySource } from "@ofs/connections";
import { type DatabaseSettings, readDatabaseFiles } from "@ofs/database";
import type { ServiceBase } from "@ofs/platform";
import type { RegistryAuthor } from "@ofs/registry";
import type { EmbeddedEnvironment } from "@ofs/store";
import { AuditTrail } from "./apply/audit-trail.ts";
import { createChangeService } from "./apply/change-service.ts";
import type { ChangeService } from "./apply/ports.ts";
import { StoreTables } from "./apply/store-tables.ts";
import { TokenRevoker } from "./apply/token-revoker.ts";
import { checkCatalog } from "./check-catalog.ts";
import type { HorizonConfig } from "./config/config.ts";
import { openDatabase } from "./database/index.ts";
import type { Database } from "./database/ports.ts";
import { LiveCatalog } from "./discovery/index.ts";
import { RepeatedTask } from "./repeated-task.ts";
import type { GivenRowConnections } from "./rows/open-rows.ts";
import { RequestTraces } from "./tracing/request-traces.ts";
import { noteWrites, withVisibleDecisions } from "./visible-changes.ts";

/** Of job tokens that are made here. */
const TOKEN_BYTES = 24;

/** No store has such a table: asking for it shows whether the store answers. */
const PROBED_TABLE = "ofs_probe";

function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** What a program that runs this service inside itself brings along. All of it stays the program's. */
export interface GivenConnections extends GivenRowConnections {
  /** In place of opening `OFS_DATA_FOLDER`. */
  readonly embedded?: EmbeddedEnvironment;
  /** In place of etcd or the data folder's registry. */
  readonly registrySource?: RegistryAuthor;
}

/** What HTTP stands on. */
export interface Parts {
  readonly database: Database;
  readonly registry: RegistryAuthor;
  readonly tables: StoreTables;
  readonly catalog: LiveCatalog;
  readonly changes: ChangeService;
  readonly revoker: TokenRevoker;
  /** undefined: nothing is traced. */
  readonly traces: RequestTraces | undefined;
  /** Of what is not a request. */
  readonly trail: AuditTrail;
  /** The data folder, if there is one. */
  readonly embedded: EmbeddedEnvironment | undefined;
}

/** Opens in the order of dependence; what is registered first is closed last. */
export async function openParts(
  config: HorizonConfig,
  given: GivenConnections,
  base: ServiceBase,
): Promise<Parts> {
  const { log, health, lifecycle, tracer } = base;
  const traces = tracer && new RequestTraces(tracer);
  const origin = await openRegistrySource(config.registryName, config.registry, given);
  lifecycle.register("registry source", () => origin.close());
  const registry = traces?.registryAuthor(origin.source) ?? origin.source;
  const database = await openDatabase(await databaseSettings(config), log);
  lifecycle.register("database", () => database.close());
  const tables = new StoreTables(config.stores.scylla, log);
  lifecycle.register("stores", () => tables.close());
  const catalog = new LiveCatalog(registry, log);
  lifecycle.register("catalog", () => catalog.close());
  health.register("registry", () => checkCatalog(catalog));
  watchBackends(config, { database, tables }, base);
  const noted = noteWrites(registry);
  const runtime = { log, now: Date.now, random: Math.random };
  const changes = createChangeService({
    requests: database.requests,
    audit: database.audit,
    registry: noted.registry,
    tables: traces?.tableMaker(tables) ?? tables,
    context: {
      storeConfigs: config.stores.kinds,
      distributedCacheConfIds: config.stores.distributedCacheConfIds,
      processCacheConfIds: config.stores.processCacheConfIds,
      newToken,
      nowSeconds: () => Math.floor(Date.now() / 1_000),
    },
    isFourEyes: config.process.HORIZON_FOUR_EYES,
    ...runtime,
  });
  return {
    database,
    registry,
    tables,
    traces,
    catalog,
    embedded: origin.embedded,
    changes: withVisibleDecisions(changes, noted, catalog),
    trail: openTrail(config, database, base),
    revoker: new TokenRevoker({ registry, catalog, audit: database.audit, newToken, ...runtime }),
  };
}

/** What could not be written is tried again. */
function openTrail(
  { process: settings }: HorizonConfig,
  { audit }: Database,
  { log, lifecycle }: ServiceBase,
): AuditTrail {
  const trail = new AuditTrail(audit, Date.now, log);
  const intervalMs = settings.HORIZON_RECONCILE_INTERVAL_MS;
  const task = new RepeatedTask({
    name: "audit trail",
    intervalMs,
    retryMs: intervalMs,
    run: () => trail.writeUnwritten(),
    log,
  });
  lifecycle.register("audit trail", () => task.close());
  void task.start(); // never rejects: failures are logged
  return trail;
}

/** Without the database nothing can be answered; a store that is away holds up only its own changes. */
function watchBackends(
  { stores }: HorizonConfig,
  { database, tables }: Pick<Parts, "database" | "tables">,
  { log, health, lifecycle }: ServiceBase,
): void {
  const ping = async (confId: number): Promise<void> => {
    await tables.describe({ dbType: "scylla", confId, table: PROBED_TABLE });
  };
  const scylla = stores.scylla.map(
    ({ confId }): Backend => ({
      name: `scylla ${confId}`,
      isRequired: false,
      ping: () => ping(confId),
    }),
  );
  const needed: Backend = { name: "database", isRequired: true, ping: () => database.ping() };
  for (const [name, backends] of [
    ["database", [needed]],
    ["stores", scylla],
  ] as const) {
    const monitor = new BackendMonitor(backends, log);
    lifecycle.register(`${name} monitor`, () => monitor.close());
    health.register(name, () => monitor.check());
    monitor.start();
  }
}

/** Where requests and users are kept. */
export function databaseSettings({ database, registry }: HorizonConfig): Promise<DatabaseSettings> {
  return readDatabaseFiles(database, registry.dataFolder);
}
