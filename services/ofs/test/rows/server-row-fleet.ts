import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { KafkaAdmin, KafkaSink, type RecordHeader, type SourceRecord } from "@ofs/ingest";
import { EtcdRegistrySource } from "@ofs/registry";
import { connectScylla, ensureKeyspace } from "@ofs/store";
import {
  freePorts,
  serverAddress,
  startProcess,
  startTcpProxy,
  type TcpProxy,
  type TestProcess,
} from "@ofs/testkit";
import { createTestDatabase } from "../../../horizon/test/database/mysql-fixtures.ts";
import { call, type DarwinAnswer } from "./darwin-client.ts";

const SERVICES = join(import.meta.dirname, "../../..");
const READY_TIMEOUT_MS = 150_000;
const CLEAN_TIMEOUT_MS = 60_000;
const READ_BYTES = 16 * 1024 * 1024;

/** Tenant whose store consumers reach through a proxy. */
export const FAR_TENANT = "far";

/** A consumer as a process of its own. */
export interface ConsumerProcess {
  readonly process: TestProcess;
  readonly origin: string;
}

/**
 * Built processes of the row dialect over the run's etcd, MariaDB, Cassandra and Kafka: a control plane, an api-server, and
 * as many consumers as are asked for.
 */
export class ServerRowFleet {
  /** Application, database, keyspace, and the default tenant's topic. */
  readonly name: string;
  /** Between consumers and the store of {@link FAR_TENANT}. */
  readonly proxy: TcpProxy;
  readonly admin: string;
  readonly app: string;
  readonly #undo: (() => Promise<unknown>)[];
  readonly #sink: KafkaSink;
  readonly #kafka: KafkaAdmin;

  private constructor(
    name: string,
    proxy: TcpProxy,
    [admin, app]: readonly [admin: number, app: number],
    undo: (() => Promise<unknown>)[],
  ) {
    this.name = name;
    this.proxy = proxy;
    this.admin = `http://127.0.0.1:${admin}`;
    this.app = `http://127.0.0.1:${app}`;
    this.#undo = undo;
    const connection = { brokers: [serverAddress("kafka").text], clientId: "row-fleet-test" };
    this.#sink = new KafkaSink(connection);
    this.#kafka = new KafkaAdmin(connection);
    undo.push(
      () => this.#sink.close(),
      () => this.#kafka.close(),
    );
  }

  static async start(): Promise<ServerRowFleet> {
    const name = `ofs_rows_${randomBytes(6).toString("hex")}`;
    const undo: (() => Promise<unknown>)[] = [() => dropStores(name)];
    try {
      // The block dialect's stores, which are there in every server, want it at once.
      const { host, port } = serverAddress("cassandra");
      await ensureKeyspace({ contactPoints: [host], port, keyspace: name }, { factor: 1 });
      const proxy = await startTcpProxy({ target: serverAddress("cassandra") });
      undo.push(() => proxy.close());
      const database = await createTestDatabase(serverAddress("mysql"));
      undo.push(() => database.drop());
      undo.push(() => database.run(`drop database if exists ${name}_meta`));
      const [admin = 0, api = 0, app = 0] = await freePorts(3);
      const { settings } = database;
      const horizon = start("horizon", admin, {
        ...scyllaEnvironment("SCYLLA", name, serverAddress("cassandra")),
        JWT_SECRET: "a secret of the row fleet, for one test",
        MYSQL_MASTER_HOST: settings.host,
        MYSQL_MASTER_PORT: String(settings.port),
        MYSQL_MASTER_USERNAME: settings.username,
        MYSQL_DB_NAME: settings.database,
        ONLINE_FEATURE_STORE_APP_NAME: name,
        ROW_MYSQL_DB_NAME: `${name}_meta`,
        ROW_DEFAULT_TOPIC: name,
        ROW_KAFKA_BOOTSTRAP_SERVERS: serverAddress("kafka").text,
        HORIZON_RECONCILE_INTERVAL_MS: "500",
      });
      const server = start("api-server", api, {
        ...scyllaEnvironment("STORAGE_SCYLLA", name, serverAddress("cassandra")),
        APP_NAME: name,
        ROW_PORT: String(app),
        WORKERS: "1",
        STORE_TIMEOUT_MS: "60000",
        OVERLOAD_QUEUE_MS: "60000",
      });
      const outcomes = await Promise.allSettled([horizon, server]);
      for (const one of outcomes) {
        if (one.status === "fulfilled") undo.push(() => one.value.stop());
      }
      for (const one of outcomes) if (one.status === "rejected") throw one.reason;
      return new ServerRowFleet(name, proxy, [admin, app], undo);
    } catch (error) {
      await undoAll(undo);
      throw error;
    }
  }

  /** One more consumer, of rows only. */
  async startConsumer(env: Readonly<Record<string, string>> = {}): Promise<ConsumerProcess> {
    const [port = 0] = await freePorts(1);
    const process = await start("consumer", port, {
      ...scyllaEnvironment("STORAGE_SCYLLA", this.name, serverAddress("cassandra"), this.proxy),
      APP_NAME: this.name,
      ROW_KAFKA_BOOTSTRAP_SERVERS: serverAddress("kafka").text,
      STORE_TIMEOUT_MS: "5000",
      KAFKA_CONSUMERS_FEATURE_CONSUMER_SESSION_TIMEOUT_MS: "6000",
      ...env,
    });
    this.#undo.push(() => process.stop());
    return { process, origin: `http://127.0.0.1:${port}` };
  }

  /** Adds a record to a topic. @param headers none: as the older clients */
  async produce(
    value: string | object,
    headers: Readonly<Record<string, string>> = {},
    topic = this.name,
  ): Promise<void> {
    await this.produceAll([value], headers, topic);
  }

  async produceAll(
    values: readonly (string | object)[],
    headers: Readonly<Record<string, string>> = {},
    topic = this.name,
  ): Promise<void> {
    const own = Object.entries(headers).map(
      ([name, text]): RecordHeader => [name, Buffer.from(text)],
    );
    await this.#sink.produce(
      values.map((value) => ({
        topic,
        key: undefined,
        value: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)),
        headers: own,
      })),
    );
  }

  /** All dead letters of a topic. */
  async letters(topic = this.name): Promise<SourceRecord[]> {
    const dead = `${topic}.dlq`;
    const letters: SourceRecord[] = [];
    for (const { partition, startOffset } of (await this.#kafka.offsets(dead)) ?? []) {
      letters.push(...(await this.#kafka.read(dead, partition, startOffset, 1_000, READ_BYTES)));
    }
    return letters;
  }

  /** A read through the api-server. @param values JSON text of the list of keys */
  read(
    group: string,
    columns: readonly string[],
    key: string,
    values: string,
  ): Promise<DarwinAnswer> {
    return call(
      this.app,
      "GET",
      "/feature-group/read-features",
      `{"featureGroupName":"${group}","featureColumns":${JSON.stringify(columns)},"primaryKeys":{"names":["${key}"],"values":${values}}}`,
    );
  }

  close(): Promise<void> {
    return undoAll(this.#undo);
  }
}

async function undoAll(undo: (() => Promise<unknown>)[]): Promise<void> {
  for (const one of undo.splice(0).toReversed()) await one();
}

function start(
  service: string,
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<TestProcess> {
  return startProcess({
    script: join(SERVICES, service, "dist/main.js"),
    env: {
      ETCD_SERVER: serverAddress("etcd").text,
      ETCD_WATCHER_ENABLED: "true",
      ROW_ENABLED: "true",
      APP_HOST: "127.0.0.1",
      APP_PORT: String(port),
      ...env,
    },
    ready: { http: `http://127.0.0.1:${port}/ready` },
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Two connections to one cluster: the second is {@link FAR_TENANT}'s. */
function scyllaEnvironment(
  prefix: string,
  keyspace: string,
  near: Address,
  far: Address = near,
): Record<string, string> {
  const of = (id: number, { host, port }: Address) => ({
    [`${prefix}_${id}_CONTACT_POINTS`]: host,
    [`${prefix}_${id}_PORT`]: String(port),
    [`${prefix}_${id}_KEYSPACE`]: keyspace,
  });
  return {
    [`${prefix}_ACTIVE_CONFIG_IDS`]: "1,2",
    ...of(1, near),
    ...of(2, far),
    ROW_TENANT_CONFIG_IDS: `default-tenant:1,${FAR_TENANT}:2`,
    ROW_KEYSPACE: keyspace,
  };
}

async function dropStores(name: string): Promise<void> {
  const etcd = new EtcdRegistrySource({
    endpoints: serverAddress("etcd").text,
    root: `/row/${name}`,
    isWatchEnabled: false,
  });
  const { entries } = await etcd.load(AbortSignal.timeout(CLEAN_TIMEOUT_MS));
  const gone = [...entries.keys()].map((path) => ({ path, value: undefined }));
  await etcd.write(gone, { isChunked: true });
  await etcd.close();
  const { host, port } = serverAddress("cassandra");
  const cassandra = await connectScylla({ contactPoints: [host], port, keyspace: "system" });
  await cassandra.client.execute(`DROP KEYSPACE IF EXISTS ${name}`);
  await cassandra.close();
}
