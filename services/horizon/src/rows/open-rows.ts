import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { type RegistrySettings, readEtcdTls } from "@ofs/connections";
import type { DatabaseSettings } from "@ofs/database";
import { KafkaAdmin, type LogAdmin } from "@ofs/ingest";
import { FeatureStoreError, type ServiceBase } from "@ofs/platform";
import {
  EtcdLocks,
  EtcdRegistrySource,
  type EtcdSourceOptions,
  type RegistryAuthor,
} from "@ofs/registry";
import { DEFAULT_TENANT } from "@ofs/rows";
import { type EmbeddedEnvironment, EmbeddedRegistrySource } from "@ofs/store";
import type { FastifyInstance } from "fastify";
import type { AuditTrail } from "../apply/audit-trail.ts";
import type { HorizonConfig } from "../config/config.ts";
import type { RowSettings } from "../config/row-settings.ts";
import { RepeatedTask } from "../repeated-task.ts";
import type { RequestTraces } from "../tracing/request-traces.ts";
import { openBackup } from "./backup/open-backup.ts";
import { consoleRoutes } from "./console/console-routes.ts";
import { createRowAdmin, type RowControlPlane } from "./create-row-admin.ts";
import { rowHealthRoute } from "./http/health-routes.ts";
import { serveRowAdmin } from "./http/serve-row-admin.ts";
import { openMetastore } from "./metastore/open-metastore.ts";
import { AppliedRevisions, type Served } from "./publication/served.ts";
import { ClusterConnections } from "./tenants/cluster-connections.ts";
import { type DdlLock, QueuedDdlLock } from "./tenants/ddl-lock.ts";
import type { TenantClusters } from "./tenants/entity-tables.ts";
import { EmbeddedTopics } from "./topics/embedded-topics.ts";
import { KafkaTopics } from "./topics/kafka-topics.ts";
import type { TopicAdmin } from "./topics/topic-admin.ts";

/** How long a lock of DDL outlives the process that holds it. */
const LOCK_TTL_SECONDS = 10;
/** For others' changes of schema to end. */
const LOCK_WAIT_MS = 120_000;
/** After a look for what was interrupted has failed. */
const RETRY_MS = 2_000;
/** Of the default topic, where it is made. */
const DEFAULT_PARTITIONS = 4;

/** What a program that runs this service inside itself brings along for the row dialect. All of it stays the program's. */
export interface GivenRowConnections {
  /** In place of etcd or the data folder's registry. */
  readonly rowRegistrySource?: RegistryAuthor;
  /** Resolves when what was written at a revision is served. */
  readonly rowsServed?: Served;
  /** The log in the data folder. */
  readonly logAdmin?: LogAdmin;
}

export interface RowSurroundings {
  readonly config: HorizonConfig;
  readonly settings: RowSettings;
  readonly database: DatabaseSettings;
  readonly embedded: EmbeddedEnvironment | undefined;
  readonly given: GivenRowConnections;
  readonly base: ServiceBase;
  readonly traces: RequestTraces | undefined;
  readonly audit: Pick<AuditTrail, "note">;
}

/** Opens the row dialect's control plane. @returns its endpoints, for the port of this service */
export async function openRows(
  surroundings: RowSurroundings,
): Promise<(app: FastifyInstance) => Promise<void>> {
  const { base, config, given, settings } = surroundings;
  const { lifecycle, log } = base;
  const etcd = await etcdOptions(config.registry);
  const { traces } = surroundings;
  const source = openRegistry(surroundings, etcd);
  const registry = traces?.registryAuthor(source) ?? source;
  const metastore = await openMetastore(surroundings.database, log);
  lifecycle.register("metastore", () => metastore.close());
  const places = { settings: settings.stores, scylla: config.stores.scylla };
  const clusters = new ClusterConnections({ ...places, embedded: surroundings.embedded }, log);
  lifecycle.register("tenants' clusters", () => clusters.close());
  const topics = openTopics(surroundings);
  const backups =
    settings.backup &&
    (await openBackup({
      settings: settings.backup,
      metastore,
      topics,
      etcd: etcd && { ...etcd, root: `${rootOf(config)}/runtime/locks` },
      owner: processName(),
      base,
    }));
  const admin = createRowAdmin({
    metastore,
    registry,
    clusters: traces === undefined ? clusters : tracedClusters(clusters, traces),
    ddlLock: new QueuedDdlLock(openSharedLock(surroundings, etcd)),
    served: given.rowsServed ?? openServed(surroundings, etcd),
    topics,
    backups,
    log,
    now: Date.now,
  });
  lifecycle.register("row publication", () => admin.close());
  startReconciler(surroundings, admin);
  const checks = {
    metastore: () => metastore.ping(),
    rows: async () => (await clusters.tables(DEFAULT_TENANT)).ping(),
  };
  return async (app) => {
    await serveRowAdmin(app, admin, {
      isAuthEnabled: settings.isAuthEnabled,
      maxRequestBytes: config.process.MAX_REQUEST_BYTES,
      audit: surroundings.audit,
      log,
    });
    rowHealthRoute(app, checks);
    consoleRoutes(app, { admin, topics });
  };
}

function tracedClusters(clusters: TenantClusters, traces: RequestTraces): TenantClusters {
  return {
    tables: async (tenant) => traces.rowTables(await clusters.tables(tenant)),
    retain: (tenants) => clusters.retain(tenants),
    close: () => clusters.close(),
  };
}

type EtcdConnectionOptions = Omit<EtcdSourceOptions, "root">;

async function etcdOptions({ etcd }: RegistrySettings): Promise<EtcdConnectionOptions | undefined> {
  if (etcd === undefined) return undefined;
  const { endpoints, username, password } = etcd;
  const tls = etcd.tls && (await readEtcdTls(etcd.tls));
  return { endpoints, username, password, tls, isWatchEnabled: false };
}

function rootOf({ registryName }: HorizonConfig): string {
  return `/row/${registryName}`;
}

function openRegistry(
  { base, config, embedded, given }: RowSurroundings,
  etcd: EtcdConnectionOptions | undefined,
): RegistryAuthor {
  if (given.rowRegistrySource !== undefined) return given.rowRegistrySource;
  const source = createRegistry(config, embedded, etcd);
  base.lifecycle.register("row registry source", () => source.close());
  return source;
}

function createRegistry(
  config: HorizonConfig,
  embedded: EmbeddedEnvironment | undefined,
  etcd: EtcdConnectionOptions | undefined,
): RegistryAuthor {
  if (etcd !== undefined) {
    return new EtcdRegistrySource({ ...etcd, root: `${rootOf(config)}/registry` });
  }
  if (embedded !== undefined) return new EmbeddedRegistrySource(embedded, "row");
  throw new FeatureStoreError("FAILED_PRECONDITION", "the row dialect wants etcd or a data folder");
}

function openSharedLock(
  { base, config }: RowSurroundings,
  etcd: EtcdConnectionOptions | undefined,
): DdlLock | undefined {
  if (etcd === undefined) return undefined;
  const locks = new EtcdLocks({
    etcd: { ...etcd, root: `${rootOf(config)}/runtime/locks/ddl` },
    ttlSeconds: LOCK_TTL_SECONDS,
    waitTimeoutMs: LOCK_WAIT_MS,
    owner: processName(),
    log: base.log,
  });
  base.lifecycle.register("locks of DDL", async () => locks.close());
  return { hold: (tenant, work) => locks.hold(encodeURIComponent(tenant), work) };
}

/** For people who look at a lock. */
function processName(): string {
  return `${hostname()} ${randomUUID()}`;
}

/** In a data folder, whoever serves is told by the folder itself. */
function openServed(
  { base, config }: RowSurroundings,
  etcd: EtcdConnectionOptions | undefined,
): Served {
  if (etcd === undefined) return { waitFor: async () => undefined };
  const source = new EtcdRegistrySource({
    ...etcd,
    root: `${rootOf(config)}/runtime/applied`,
  });
  base.lifecycle.register("applied revisions", () => source.close());
  return new AppliedRevisions(source, base.log);
}

function openTopics({ base, given, settings }: RowSurroundings): TopicAdmin | undefined {
  const { kafkaServers: brokers, kafkaSecurity, replicationFactor, retentionMs } = settings;
  if (brokers.length === 0) {
    return given.logAdmin && new EmbeddedTopics(given.logAdmin, retentionMs);
  }
  const admin = new KafkaAdmin({
    brokers,
    ...kafkaSecurity,
    clientId: "ofs-horizon",
    log: base.log,
  });
  const topics = new KafkaTopics(admin, { replicationFactor, retentionMs }, base.log);
  base.lifecycle.register("topics", () => topics.close());
  return topics;
}

/** Finishes what was interrupted, publishes what was imported, and gives the default tenant its topic. */
function startReconciler(
  { base, config, settings }: RowSurroundings,
  admin: RowControlPlane,
): void {
  const task = new RepeatedTask({
    name: "row reconciler",
    intervalMs: config.process.HORIZON_RECONCILE_INTERVAL_MS,
    retryMs: RETRY_MS,
    log: base.log,
    async run() {
      await admin.reconcile();
      const { defaultTopic } = settings;
      if (defaultTopic === undefined) return;
      await admin.consumers.onboardDefault(defaultTopic, DEFAULT_PARTITIONS);
    },
  });
  base.lifecycle.register("row reconciler", () => task.close());
  void task.start(); // failures are logged, and it is tried again
}
