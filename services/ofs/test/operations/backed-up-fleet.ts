import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OfsClient } from "@ofs/client";
import { ensureKeyspace } from "@ofs/store";
import {
  type CassandraWithTools,
  freePorts,
  type PrivateServer,
  type ServerAddress,
  serverAddress,
  startCassandraWithTools,
  startEtcd,
  startMariadb,
  startProcess,
  startRedis,
  writeClientPrograms,
} from "@ofs/testkit";
import { TestTopic } from "../../../consumer/test/pipeline/topic.ts";
import {
  createTestDatabase,
  type TestDatabase,
} from "../../../horizon/test/database/mysql-fixtures.ts";
import { Operator } from "../../../horizon/test/support/operator.ts";
import { connect } from "../live/feature-rows.ts";
import { ADMIN } from "../live/live-fleet.ts";
import { SERVER_STORES } from "../live/server-fleet.ts";

const SERVICES = join(import.meta.dirname, "../../..");
const CLI = join(SERVICES, "ofs/dist/cli/main.js");
const READY_TIMEOUT_MS = 120_000;
const METASTORE = "metastore";

export const APP_NAME = "onfs";
export const KEYSPACES = ["onfs", "ofs_rows"];
const [KEYSPACE = "", ROW_KEYSPACE = ""] = KEYSPACES;

/** Servers that a test may empty, and what their operators have to work with. */
export interface BackedUpServers {
  readonly cassandra: CassandraWithTools;
  readonly mariadb: PrivateServer;
  readonly etcd: PrivateServer;
  readonly redis: PrivateServer;
  readonly topic: TestTopic;
  /** Those of the control plane. */
  readonly databases: readonly string[];
  /** Asks MariaDB, also while it has none of these. */
  readonly probe: TestDatabase;
  /** The guide's, with this test's values. */
  readonly settings: Readonly<Record<string, string>>;
  readonly programFolders: readonly string[];
  close(): Promise<void>;
}

/** Control plane, api-server and consumer, of both dialects. */
export interface RunningServices {
  readonly client: OfsClient;
  readonly operator: Operator;
  readonly origins: Readonly<Record<"api" | "consumer" | "horizon", string>>;
  stop(): Promise<void>;
}

/** Ends things in the order opposite to their beginning. */
class Endings {
  readonly #all: (() => unknown)[] = [];

  add(end: () => unknown): void {
    this.#all.push(end);
  }

  async run(): Promise<void> {
    for (const end of this.#all.splice(0).toReversed()) await end();
  }
}

/** Private ones, but for Kafka, where the topic is the test's own. */
export async function startServers(): Promise<BackedUpServers> {
  const endings = new Endings();
  try {
    const [cassandra, mariadb, etcd, redis, topic] = await allOf(
      endings,
      startCassandraWithTools(),
      startMariadb(),
      startEtcd(),
      startRedis(),
      TestTopic.create(serverAddress("kafka").text),
    );
    const { host, port } = cassandra.address;
    for (const keyspace of KEYSPACES) {
      await ensureKeyspace({ contactPoints: [host], port, keyspace }, { factor: 1 });
    }
    const folder = mkdtempSync(join(tmpdir(), "ofs-server-backup-"));
    endings.add(() => rmSync(folder, { recursive: true }));
    const settingsFile = join(folder, "mysql.cnf");
    const { host: mysqlHost, port: mysqlPort } = mariadb.address;
    writeFileSync(settingsFile, `[client]\nhost=${mysqlHost}\nport=${mysqlPort}\nuser=root\n`);
    await writeClientPrograms(folder);
    writeOwnProgram(folder);
    const { settings: database } = await createTestDatabase(mariadb.address);
    const databases = [database.database, METASTORE];
    const settings = {
      BACKUP: join(folder, "backup"),
      SNAPSHOT: "monday",
      ETCD_SERVER: etcd.address.text,
      APP_NAME,
      MYSQL_SETTINGS: settingsFile,
      MYSQL_DATABASES: databases.join(" "),
      CASSANDRA_DATA: cassandra.dataFolder,
      CASSANDRA_YAML: cassandra.configFile,
      CASSANDRA_HOSTS: host,
      KEYSPACES: KEYSPACES.join(" "),
      REDIS_CACHE: `redis://${redis.address.text}/0`,
      KAFKA: topic.broker,
      TOPIC: topic.name,
      GROUP: `group-${topic.name}`,
    };
    const probe = await createTestDatabase(mariadb.address);
    const programFolders = [folder, cassandra.toolsFolder];
    const close = (): Promise<void> => endings.run();
    return {
      cassandra,
      mariadb,
      etcd,
      redis,
      topic,
      databases,
      probe,
      settings,
      programFolders,
      close,
    };
  } catch (error) {
    await endings.run();
    throw error;
  }
}

/** The control plane first, as the guide has it. */
export async function startServices(servers: BackedUpServers): Promise<RunningServices> {
  const endings = new Endings();
  try {
    const [horizonPort = 0, apiPort = 0, rowPort = 0, consumerPort = 0] = await freePorts(4);
    const start = async (
      service: string,
      port: number,
      env: Readonly<Record<string, string>>,
    ): Promise<string> => {
      const origin = `http://127.0.0.1:${port}`;
      const process = await startProcess({
        script: join(SERVICES, service, "dist/main.js"),
        env: { ...env, APP_HOST: "127.0.0.1", APP_PORT: String(port), APP_LOG_LEVEL: "WARN" },
        ready: { http: `${origin}/ready` },
        readyTimeoutMs: READY_TIMEOUT_MS,
      });
      endings.add(() => process.stop());
      return origin;
    };
    const horizon = await start("horizon", horizonPort, controlPlaneEnvironment(servers));
    const dataPlane = dataPlaneEnvironment(servers);
    await Promise.all([
      start("api-server", apiPort, {
        ...dataPlane,
        ...ROWS,
        ROW_PORT: String(rowPort),
        WORKERS: "1",
      }),
      start("consumer", consumerPort, { ...dataPlane, ...servers.topic.environment() }),
    ]);
    const client = connect(`127.0.0.1:${apiPort}`);
    endings.add(() => client.close());
    const admin = { email: ADMIN.ADMIN_EMAIL, madePassword: ADMIN.ADMIN_PASSWORD };
    return {
      client,
      operator: await Operator.signIn(horizon, admin),
      origins: {
        api: `http://127.0.0.1:${rowPort}`,
        consumer: `http://127.0.0.1:${consumerPort}`,
        horizon,
      },
      stop: () => endings.run(),
    };
  } catch (error) {
    await endings.run();
    throw error;
  }
}

const ROWS = { ROW_ENABLED: "true", ROW_KEYSPACE } as const;

function controlPlaneEnvironment(servers: BackedUpServers): Record<string, string> {
  const { etcd, mariadb, databases, cassandra } = servers;
  return {
    ...ADMIN,
    ...ROWS,
    ...scyllaEnvironment("SCYLLA", cassandra.address),
    JWT_SECRET: "a secret of the server backup, for one test",
    MYSQL_MASTER_HOST: mariadb.address.host,
    MYSQL_MASTER_PORT: String(mariadb.address.port),
    MYSQL_MASTER_USERNAME: "root",
    MYSQL_DB_NAME: String(databases[0]),
    ROW_MYSQL_DB_NAME: METASTORE,
    ETCD_SERVER: etcd.address.text,
    ONLINE_FEATURE_STORE_APP_NAME: APP_NAME,
    DISTRIBUTED_CACHE_ACTIVE_CONFIG_IDS: String(SERVER_STORES.distributedConfId),
    IN_MEMORY_CACHE_ACTIVE_CONFIG_IDS: String(SERVER_STORES.processConfId),
  };
}

function dataPlaneEnvironment(servers: BackedUpServers): Record<string, string> {
  const { cassandra, etcd, redis } = servers;
  const { distributedConfId, processConfId } = SERVER_STORES;
  return {
    ...scyllaEnvironment("STORAGE_SCYLLA", cassandra.address),
    APP_NAME,
    ETCD_SERVER: etcd.address.text,
    ETCD_WATCHER_ENABLED: "true",
    STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: String(distributedConfId),
    [`STORAGE_REDIS_STANDALONE_${distributedConfId}_ADDR`]: redis.address.text,
    DISTRIBUTED_CACHE_CONF_IDS: String(distributedConfId),
    IN_MEM_CACHE_ACTIVE_CONFIG_IDS: String(processConfId),
    [`IN_MEM_CACHE_${processConfId}_SIZE_IN_BYTES`]: "10000000",
    // A busy machine is no overload.
    OVERLOAD_QUEUE_MS: "60000",
    STORE_TIMEOUT_MS: "60000",
  };
}

function scyllaEnvironment(prefix: string, { host, port }: ServerAddress): Record<string, string> {
  const { confId } = SERVER_STORES;
  return {
    [`${prefix}_ACTIVE_CONFIG_IDS`]: String(confId),
    [`${prefix}_${confId}_CONTACT_POINTS`]: host,
    [`${prefix}_${confId}_PORT`]: String(port),
    [`${prefix}_${confId}_KEYSPACE`]: KEYSPACE,
  };
}

/** `npm run -s ofs --`. What npm does besides is to build, and that has been done. */
function writeOwnProgram(folder: string): void {
  const script = `#!/bin/sh\nshift 4\nexec ${process.execPath} ${CLI} "$@"\n`;
  writeFileSync(join(folder, "npm"), script, { mode: 0o755 });
}

/** Waits for all, also when one fails, so that none is left over. */
async function allOf<T extends readonly Closable[]>(
  endings: Endings,
  ...starting: { [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  const outcomes = await Promise.allSettled(starting);
  for (const one of outcomes) {
    if (one.status === "fulfilled") endings.add(() => one.value.close());
  }
  for (const one of outcomes) if (one.status === "rejected") throw one.reason;
  return Promise.all(starting) as unknown as Promise<T>;
}

interface Closable {
  close(): Promise<void>;
}
