import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { EtcdRegistrySource } from "@ofs/registry";
import { freePort, serverAddress, startProcess, type TestProcess } from "@ofs/testkit";
import { createTestDatabase, type TestDatabase } from "../database/mysql-fixtures.ts";

const MAIN = join(import.meta.dirname, "../../dist/main.js");
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 40_000;

export const ADMIN = { email: "replicas@example.org", madePassword: "Rolling-restart-1" };

/** Built control planes over one database of the run's MariaDB and one tree of its etcd. Each keeps its port. */
export class ReplicaSet {
  readonly #name: string;
  readonly #database: TestDatabase;
  readonly #ports: readonly number[];
  readonly #processes: (TestProcess | undefined)[];

  private constructor(name: string, database: TestDatabase, ports: readonly number[]) {
    this.#name = name;
    this.#database = database;
    this.#ports = ports;
    this.#processes = ports.map(() => undefined);
  }

  static async start(count: number): Promise<ReplicaSet> {
    const database = await createTestDatabase(serverAddress("mysql"));
    const ports: number[] = [];
    while (ports.length < count) ports.push(await freePort());
    const name = `ofs_replicas_${randomBytes(6).toString("hex")}`;
    const replicas = new ReplicaSet(name, database, ports);
    try {
      for (const index of ports.keys()) await replicas.#startOne(index);
    } catch (error) {
      await replicas.close();
      throw error;
    }
    return replicas;
  }

  get origins(): readonly string[] {
    return this.#ports.map((port) => `http://127.0.0.1:${port}`);
  }

  /** SIGTERM, and a new process on the same port when it has ended. @returns the exit code */
  async restart(index: number): Promise<number | null> {
    const end = await this.#processes[index]?.stop(STOP_TIMEOUT_MS);
    this.#processes[index] = undefined;
    await this.#startOne(index);
    return end?.code ?? null;
  }

  /** Paths of the registry. */
  async paths(): Promise<ReadonlySet<string>> {
    const source = this.#registry();
    const { entries } = await source.load(AbortSignal.timeout(READY_TIMEOUT_MS));
    await source.close();
    return new Set(entries.keys());
  }

  async close(): Promise<void> {
    for (const process of this.#processes) await process?.stop(STOP_TIMEOUT_MS);
    const paths = await this.paths();
    const source = this.#registry();
    await source.write(
      [...paths].map((path) => ({ path, value: undefined })),
      { isChunked: true },
    );
    await source.close();
    await this.#database.drop();
  }

  #registry(): EtcdRegistrySource {
    return new EtcdRegistrySource({
      endpoints: serverAddress("etcd").text,
      root: `/config/${this.#name}`,
      isWatchEnabled: false,
    });
  }

  async #startOne(index: number): Promise<void> {
    const { settings } = this.#database;
    const port = this.#ports[index];
    this.#processes[index] = await startProcess({
      script: MAIN,
      env: {
        APP_HOST: "127.0.0.1",
        APP_PORT: String(port),
        APP_LOG_LEVEL: "WARN",
        JWT_SECRET: "a secret that all replicas have in common",
        ADMIN_EMAIL: ADMIN.email,
        ADMIN_PASSWORD: ADMIN.madePassword,
        MYSQL_MASTER_HOST: settings.host,
        MYSQL_MASTER_PORT: String(settings.port),
        MYSQL_MASTER_USERNAME: settings.username,
        MYSQL_MASTER_PASSWORD: settings.password,
        MYSQL_DB_NAME: settings.database,
        ETCD_SERVER: serverAddress("etcd").text,
        ONLINE_FEATURE_STORE_APP_NAME: this.#name,
        HORIZON_REQUESTS_PER_MINUTE: "1000000",
      },
      ready: { http: `http://127.0.0.1:${port}/ready` },
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
  }
}
