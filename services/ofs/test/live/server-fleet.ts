import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { persistQueryFromJson } from "@ofs/http";
import { EtcdRegistrySource } from "@ofs/registry";
import { connectScylla, ensureKeyspace } from "@ofs/store";
import { freePort, serverAddress, startProcess, type TestProcess } from "@ofs/testkit";
import { TestTopic } from "../../../consumer/test/pipeline/topic.ts";
import {
  createTestDatabase,
  type TestDatabase,
} from "../../../horizon/test/database/mysql-fixtures.ts";
import { Operator } from "../../../horizon/test/support/operator.ts";
import { ADMIN, type LiveFleet, type LiveStores } from "./live-fleet.ts";
import { groundwork } from "./registrations.ts";

const SERVICES = join(import.meta.dirname, "../../..");
const READY_TIMEOUT_MS = 90_000;
const CLEAN_TIMEOUT_MS = 30_000;
const API_SERVERS = 2;
const PARTITIONS = 2;
const CACHE_DB = "3";

/** What the servers are configured as. */
export const SERVER_STORES: LiveStores = {
  confId: 1,
  dbType: "scylla",
  processConfId: 3,
  distributedConfId: 2,
};

interface Started {
  readonly process: TestProcess;
  readonly port: number;
}

/**
 * Built processes over the run's etcd, MariaDB, Cassandra, Kafka and Redis: a control plane, through which the registry gets
 * its first entity, then two api-servers and a consumer.
 */
export async function startServerFleet(): Promise<LiveFleet> {
  const name = `ofs_live_${randomBytes(6).toString("hex")}`;
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of undo.splice(0).toReversed()) await one();
  };
  const start = async (
    service: string,
    env: Readonly<Record<string, string>>,
  ): Promise<Started> => {
    const port = await freePort();
    const process = await startProcess({
      script: join(SERVICES, service, "dist/main.js"),
      env: { ...env, APP_HOST: "127.0.0.1", APP_PORT: String(port), APP_LOG_LEVEL: "WARN" },
      ready: { http: `http://127.0.0.1:${port}/ready` },
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
    undo.push(() => process.stop());
    return { process, port };
  };
  try {
    undo.push(await prepareStores(name));
    const database = await createTestDatabase(serverAddress("mysql"));
    undo.push(() => database.drop());
    const topic = await TestTopic.create(serverAddress("kafka").text, PARTITIONS);
    undo.push(() => topic.close());
    const horizon = await start("horizon", horizonEnvironment(name, database));
    const admin = { email: ADMIN.ADMIN_EMAIL, madePassword: ADMIN.ADMIN_PASSWORD };
    const operator = await Operator.signIn(`http://127.0.0.1:${horizon.port}`, admin);
    for (const request of groundwork(SERVER_STORES)) {
      await operator.approve(request, await operator.submit(request));
    }
    const environment = dataPlaneEnvironment(name);
    const apis: Started[] = [];
    for (let count = 0; count < API_SERVERS; count += 1) {
      apis.push(await start("api-server", { ...environment, WORKERS: "1" }));
    }
    await start("consumer", { ...environment, ...topic.environment() });
    return {
      stores: SERVER_STORES,
      operator,
      addresses: apis.map(({ port }) => `127.0.0.1:${port}`),
      produce: (message) => topic.produce([persistQueryFromJson(JSON.stringify(message))]),
      letterCount: async () => (await topic.letters()).length,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @returns what removes the keyspace and the registry's tree again */
export async function prepareStores(name: string): Promise<() => Promise<void>> {
  const { host, port } = serverAddress("cassandra");
  const options = { contactPoints: [host], port, keyspace: name, connectionsPerHost: 1 };
  await ensureKeyspace(options, { factor: 1 });
  return async () => {
    const etcd = new EtcdRegistrySource({
      endpoints: serverAddress("etcd").text,
      root: `/config/${name}`,
      isWatchEnabled: false,
    });
    const { entries } = await etcd.load(AbortSignal.timeout(CLEAN_TIMEOUT_MS));
    const gone = [...entries.keys()].map((path) => ({ path, value: undefined }));
    await etcd.write(gone, { isChunked: true });
    await etcd.close();
    const cassandra = await connectScylla(options);
    await cassandra.client.execute(`DROP KEYSPACE ${name}`);
    await cassandra.close();
  };
}

/** @param name of the application and the keyspace */
export function horizonEnvironment(
  name: string,
  { settings }: TestDatabase,
): Record<string, string> {
  return {
    ...ADMIN,
    ...scyllaEnvironment("SCYLLA", name),
    JWT_SECRET: "a secret of the live changes, for one test",
    MYSQL_MASTER_HOST: settings.host,
    MYSQL_MASTER_PORT: String(settings.port),
    MYSQL_MASTER_USERNAME: settings.username,
    MYSQL_MASTER_PASSWORD: settings.password,
    MYSQL_DB_NAME: settings.database,
    ETCD_SERVER: serverAddress("etcd").text,
    ONLINE_FEATURE_STORE_APP_NAME: name,
    DISTRIBUTED_CACHE_ACTIVE_CONFIG_IDS: String(SERVER_STORES.distributedConfId),
    IN_MEMORY_CACHE_ACTIVE_CONFIG_IDS: String(SERVER_STORES.processConfId),
  };
}

/** What api-servers and consumer have in common. */
export function dataPlaneEnvironment(name: string): Record<string, string> {
  const { distributedConfId, processConfId } = SERVER_STORES;
  const redis = "STORAGE_REDIS_STANDALONE";
  return {
    ...scyllaEnvironment("STORAGE_SCYLLA", name),
    APP_NAME: name,
    ETCD_SERVER: serverAddress("etcd").text,
    ETCD_WATCHER_ENABLED: "true",
    [`${redis}_ACTIVE_CONFIG_IDS`]: String(distributedConfId),
    [`${redis}_${distributedConfId}_ADDR`]: serverAddress("redis").text,
    [`${redis}_${distributedConfId}_DB`]: CACHE_DB,
    DISTRIBUTED_CACHE_CONF_IDS: String(distributedConfId),
    IN_MEM_CACHE_ACTIVE_CONFIG_IDS: String(processConfId),
    [`IN_MEM_CACHE_${processConfId}_SIZE_IN_BYTES`]: "10000000",
    // A busy machine is no overload.
    OVERLOAD_QUEUE_MS: "60000",
  };
}

function scyllaEnvironment(prefix: string, keyspace: string): Record<string, string> {
  const { host, port } = serverAddress("cassandra");
  const { confId } = SERVER_STORES;
  return {
    [`${prefix}_ACTIVE_CONFIG_IDS`]: String(confId),
    [`${prefix}_${confId}_CONTACT_POINTS`]: host,
    [`${prefix}_${confId}_PORT`]: String(port),
    [`${prefix}_${confId}_KEYSPACE`]: keyspace,
  };
}
