import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { EtcdRegistrySource } from "@ofs/registry";
import { connectScylla } from "@ofs/store";
import { freePort, serverAddress, startProcess, type TestProcess } from "@ofs/testkit";
import { createTestDatabase, type TestDatabase } from "../../database/mysql-fixtures.ts";

const MAIN = join(import.meta.dirname, "../../../dist/main.js");
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 40_000;

export interface ReplicaAnswer {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly code: string | undefined;
}

/** Built control planes with the row dialect, over one MariaDB, one etcd and one Cassandra of the run. */
export class RowReplicas {
  readonly #name = `rows_${randomBytes(6).toString("hex")}`;
  readonly #registry: EtcdRegistrySource;
  readonly #database: TestDatabase;
  readonly #running: { readonly origin: string; readonly process: TestProcess }[] = [];

  private constructor(database: TestDatabase) {
    this.#database = database;
    const root = `/row/${this.#name}/registry`;
    this.#registry = new EtcdRegistrySource({ endpoints: serverAddress("etcd").text, root });
  }

  static async start(count: number): Promise<RowReplicas> {
    const replicas = new RowReplicas(await createTestDatabase(serverAddress("mysql")));
    try {
      while (replicas.#running.length < count) await replicas.#startOne();
    } catch (error) {
      await replicas.close();
      throw error;
    }
    return replicas;
  }

  /** @param turn which of the processes is asked: they take turns */
  async call(turn: number, method: string, path: string, body?: object): Promise<ReplicaAnswer> {
    const replica = this.#running[turn % this.#running.length];
    const reply = await fetch(`${replica?.origin}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { data, error } = (await reply.json()) as {
      data: Record<string, unknown>;
      error?: { code: string };
    };
    return { status: reply.status, data, code: error?.code };
  }

  /** Paths of what is published, in order. */
  async published(): Promise<string[]> {
    const { entries } = await this.#registry.load(AbortSignal.timeout(READY_TIMEOUT_MS));
    return [...entries.keys()].sort();
  }

  async close(): Promise<void> {
    for (const { process } of this.#running) await process.stop(STOP_TIMEOUT_MS);
    const paths = await this.published();
    const changes = paths.map((path) => ({ path, value: undefined }));
    await this.#registry.write(changes, { isChunked: true });
    await this.#registry.close();
    await this.#database.run(`drop database if exists ${this.#name}`);
    await this.#database.drop();
    const { host, port } = serverAddress("cassandra");
    const connection = await connectScylla({ contactPoints: [host], port, keyspace: "system" });
    await connection.client.execute(`DROP KEYSPACE IF EXISTS ${this.#name}`);
    await connection.close();
  }

  async #startOne(): Promise<void> {
    const { settings } = this.#database;
    const cassandra = serverAddress("cassandra");
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const process = await startProcess({
      script: MAIN,
      env: {
        APP_HOST: "127.0.0.1",
        APP_PORT: String(port),
        APP_LOG_LEVEL: "WARN",
        JWT_SECRET: "a secret that all replicas have in common",
        ADMIN_EMAIL: "replicas@example.org",
        ADMIN_PASSWORD: "Rolling-restart-1",
        MYSQL_MASTER_HOST: settings.host,
        MYSQL_MASTER_PORT: String(settings.port),
        MYSQL_MASTER_USERNAME: settings.username,
        MYSQL_MASTER_PASSWORD: settings.password,
        MYSQL_DB_NAME: settings.database,
        ETCD_SERVER: serverAddress("etcd").text,
        ONLINE_FEATURE_STORE_APP_NAME: this.#name,
        SCYLLA_ACTIVE_CONFIG_IDS: "1",
        SCYLLA_1_CONTACT_POINTS: cassandra.host,
        SCYLLA_1_PORT: String(cassandra.port),
        SCYLLA_1_KEYSPACE: this.#name,
        ROW_ENABLED: "true",
        ROW_MYSQL_DB_NAME: this.#name,
        ROW_KEYSPACE: this.#name,
        HORIZON_REQUESTS_PER_MINUTE: "1000000",
      },
      ready: { http: `${origin}/healthcheck` },
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
    this.#running.push({ origin, process });
  }
}
