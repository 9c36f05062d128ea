import { randomBytes } from "node:crypto";
import { createLogger } from "@ofs/platform";
import { EtcdRegistrySource } from "@ofs/registry";
import { connectScylla, ensureKeyspace } from "@ofs/store";
import {
  type PrivateServer,
  serverAddress,
  startEtcd,
  startMariadb,
  startTcpProxy,
  type TcpProxy,
  waitUntil,
} from "@ofs/testkit";
import { Registry } from "prom-client";
import { type Horizon, loadConfig, startHorizon } from "../../src/index.ts";
import { createTestDatabase } from "../database/mysql-fixtures.ts";
import { type Answer, type ApprovedRequest, Operator } from "../support/operator.ts";

/**
 * For whatever must come about again by itself, on a machine that has much else to do. Longer than a request belongs to a process
 * that was cut off from the database right after it had begun.
 */
export const MENDED_MS = 200_000;

const ADMIN = { email: "faults@example.org", madePassword: "Mended-by-itself-1" };

/**
 * A control plane with a database and an etcd that only it has, each to be stopped and started, and both etcd and the run's
 * Cassandra behind proxies.
 */
export class FaultWorld {
  readonly origin: string;
  readonly operator: Operator;
  readonly database: PrivateServer;
  readonly etcd: PrivateServer;
  readonly etcdProxy: TcpProxy;
  readonly cassandraProxy: TcpProxy;
  readonly #name: string;
  readonly #undo: (() => Promise<unknown>)[];

  private constructor(
    name: string,
    parts: Pick<
      FaultWorld,
      "origin" | "operator" | "database" | "etcd" | "etcdProxy" | "cassandraProxy"
    >,
    undo: (() => Promise<unknown>)[],
  ) {
    this.origin = parts.origin;
    this.operator = parts.operator;
    this.database = parts.database;
    this.etcd = parts.etcd;
    this.etcdProxy = parts.etcdProxy;
    this.cassandraProxy = parts.cassandraProxy;
    this.#name = name;
    this.#undo = undo;
  }

  static async open(): Promise<FaultWorld> {
    const undo: (() => Promise<unknown>)[] = [];
    try {
      return await FaultWorld.#open(undo);
    } catch (error) {
      for (const one of undo.toReversed()) await one();
      throw error;
    }
  }

  static async #open(undo: (() => Promise<unknown>)[]): Promise<FaultWorld> {
    const name = `ofs_faults_${randomBytes(6).toString("hex")}`;
    const database = await startMariadb();
    undo.push(() => database.close());
    const etcd = await startEtcd();
    undo.push(() => etcd.close());
    undo.push(await createKeyspace(name));
    const etcdProxy = await startTcpProxy({ target: etcd.address });
    undo.push(() => etcdProxy.close());
    const cassandraProxy = await startTcpProxy({ target: serverAddress("cassandra") });
    undo.push(() => cassandraProxy.close());
    const { settings } = await createTestDatabase(database.address);
    const horizon = await start({
      MYSQL_MASTER_HOST: settings.host,
      MYSQL_MASTER_PORT: String(settings.port),
      MYSQL_MASTER_USERNAME: settings.username,
      MYSQL_DB_NAME: settings.database,
      ETCD_SERVER: etcdProxy.text,
      ONLINE_FEATURE_STORE_APP_NAME: name,
      SCYLLA_ACTIVE_CONFIG_IDS: "1",
      SCYLLA_1_CONTACT_POINTS: cassandraProxy.host,
      SCYLLA_1_PORT: String(cassandraProxy.port),
      SCYLLA_1_KEYSPACE: name,
      SCYLLA_1_TIMEOUT_IN_MS: "5000",
    });
    undo.push(() => horizon.close());
    await horizon.waitUntilReady(MENDED_MS);
    const origin = `http://127.0.0.1:${horizon.port}`;
    const operator = await Operator.signIn(origin, ADMIN);
    const parts = { origin, operator, database, etcd, etcdProxy, cassandraProxy };
    return new FaultWorld(name, parts, undo);
  }

  async close(): Promise<void> {
    for (const one of this.#undo.splice(0).toReversed()) await one();
  }

  /** Ends the faults of proxies, and waits until the control plane has noticed that all is well. */
  async mend(): Promise<void> {
    await this.etcdProxy.heal();
    await this.cassandraProxy.heal();
    for (const part of ["database", "registry", "stores"] as const) {
      await this.whenPartIs(part, "ok");
    }
  }

  /** Decides without a claim about the answer. */
  decide({ decide }: ApprovedRequest, id: number): Promise<Answer> {
    return this.operator.call("POST", decide, { "request-id": id, status: "APPROVED" });
  }

  /** What the request says of itself. */
  async statusOf(kind: string, id: number): Promise<string> {
    const { status, body, text } = await this.operator.call("GET", `requests/${kind}/${id}`);
    if (status !== 200) throw new Error(`${kind} ${id}: ${status} ${text}`);
    return body.Status;
  }

  /** Waits until the request is no longer being carried out. @returns its status then */
  async endOf(kind: string, id: number): Promise<string> {
    return waitUntil(
      async () => {
        const status = await this.statusOf(kind, id);
        return status === "APPLYING" ? undefined : status;
      },
      { what: `${kind} request ${id} to end`, timeoutMs: MENDED_MS, intervalMs: 100 },
    );
  }

  /** Waits until `/ready` says this of a part. @returns its detail, as text */
  async whenPartIs(part: "database" | "registry" | "stores", status: string): Promise<string> {
    let last = "";
    const isSo = async (): Promise<boolean> => {
      const reply = await fetch(`${this.origin}/ready`);
      const { checks } = (await reply.json()) as { checks: Record<string, { status: string }> };
      last = JSON.stringify(checks[part]);
      return checks[part]?.status === status;
    };
    try {
      const what = `/ready to say ${part} ${status}`;
      await waitUntil(isSo, { what, timeoutMs: MENDED_MS, intervalMs: 100 });
    } catch (error) {
      throw new Error(`${String(error)}; it was ${last}`, { cause: error });
    }
    return last;
  }

  /** The registry's texts by path, past the proxy. */
  async tree(): Promise<ReadonlyMap<string, string>> {
    const source = new EtcdRegistrySource({
      endpoints: this.etcd.address.text,
      root: `/config/${this.#name}`,
      isWatchEnabled: false,
    });
    try {
      const { entries } = await source.load(AbortSignal.timeout(MENDED_MS));
      return new Map(
        [...entries].map(([path, value]) => [path, Buffer.from(value).toString()] as const),
      );
    } finally {
      await source.close();
    }
  }
}

async function createKeyspace(name: string): Promise<() => Promise<void>> {
  const { host, port } = serverAddress("cassandra");
  const options = { contactPoints: [host], port, keyspace: name, connectionsPerHost: 1 };
  await ensureKeyspace(options, { factor: 1 });
  return async () => {
    const connection = await connectScylla(options);
    await connection.client.execute(`DROP KEYSPACE ${name}`);
    await connection.close();
  };
}

function start(env: NodeJS.ProcessEnv): Promise<Horizon> {
  const config = loadConfig({
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    JWT_SECRET: "a secret of the faults, for one test only",
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.madePassword,
    HORIZON_RECONCILE_INTERVAL_MS: "500",
    ...env,
  });
  return startHorizon(config, {
    log: createLogger({ service: "horizon", level: "DISABLED" }),
    metrics: new Registry(),
    onFirstAdmin: () => undefined,
  });
}
