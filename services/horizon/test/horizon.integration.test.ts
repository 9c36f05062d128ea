import { randomBytes } from "node:crypto";
import { createLogger } from "@ofs/platform";
import { EtcdRegistrySource } from "@ofs/registry";
import { connectScylla, ensureKeyspace, type ScyllaConnection } from "@ofs/store";
import { serverAddress } from "@ofs/testkit";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FirstAdmin, type Horizon, loadConfig, startHorizon } from "../src/index.ts";
import { createTestDatabase, type TestDatabase } from "./database/mysql-fixtures.ts";
import { ONBOARDING } from "./support/onboarding.ts";
import { Operator } from "./support/operator.ts";

const READY_MS = 30_000;
const NAME = `ofs_http_${randomBytes(6).toString("hex")}`;

let database: TestDatabase;
let cassandra: ScyllaConnection;
const replicas: Horizon[] = [];
const admins: FirstAdmin[] = [];

beforeAll(async () => {
  const { host, port } = serverAddress("cassandra");
  const options = { contactPoints: [host], port, keyspace: NAME, connectionsPerHost: 1 };
  await ensureKeyspace(options, { factor: 1 });
  cassandra = await connectScylla(options);
  database = await createTestDatabase(serverAddress("mysql"));
});

afterAll(async () => {
  for (const replica of replicas) await replica.close();
  const etcd = new EtcdRegistrySource({
    endpoints: serverAddress("etcd").text,
    root: `/config/${NAME}`,
    isWatchEnabled: false,
  });
  const { entries } = await etcd.load(AbortSignal.timeout(READY_MS));
  await etcd.write([...entries.keys()].map((path) => ({ path, value: undefined })));
  await etcd.close();
  await cassandra.client.execute(`DROP KEYSPACE ${NAME}`);
  await cassandra.close();
  await database.drop();
});

/** With the names of existing deployments. */
async function startReplica(): Promise<string> {
  const { host, port } = serverAddress("cassandra");
  const { settings } = database;
  const config = loadConfig({
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    JWT_SECRET: "a secret that both replicas have in common",
    MYSQL_MASTER_HOST: settings.host,
    MYSQL_MASTER_PORT: String(settings.port),
    MYSQL_MASTER_USERNAME: settings.username,
    MYSQL_MASTER_PASSWORD: settings.password,
    MYSQL_DB_NAME: settings.database,
    ETCD_SERVER: serverAddress("etcd").text,
    ONLINE_FEATURE_STORE_APP_NAME: NAME,
    SCYLLA_ACTIVE_CONFIG_IDS: "1",
    SCYLLA_1_CONTACT_POINTS: host,
    SCYLLA_1_PORT: String(port),
    SCYLLA_1_KEYSPACE: NAME,
    DISTRIBUTED_CACHE_ACTIVE_CONFIG_IDS: "2",
    IN_MEMORY_CACHE_ACTIVE_CONFIG_IDS: "3",
  });
  const replica = await startHorizon(config, {
    log: createLogger({ service: "horizon", level: "DISABLED" }),
    metrics: new Registry(),
    onFirstAdmin: (admin) => void admins.push(admin),
  });
  replicas.push(replica);
  await replica.waitUntilReady(READY_MS);
  return `http://127.0.0.1:${replica.port}`;
}

it("onboards an entity over MySQL, etcd and Cassandra, asked for at one replica and approved at another", async () => {
  const [first, second] = [await startReplica(), await startReplica()];
  expect(admins).toHaveLength(1);
  const author = await Operator.signIn(first, admins[0]);
  const approver = author.at(second);
  for (const { submit, decide, body } of ONBOARDING) {
    const isStore = submit === "register-store";
    const wanted = isStore ? { ...body, "conf-id": 1, "db-type": "scylla" } : body;
    const submitted = await author.call("POST", submit, wanted);
    expect(submitted).toMatchObject({ status: 200 });
    const decision = { "request-id": submitted.body["request-id"], status: "APPROVED" };
    const decided = await approver.call("POST", decide, decision);
    expect(decided).toMatchObject({ status: 200, body: { status: "APPROVED" } });
  }
  const { rows } = await cassandra.client.execute(
    "SELECT column_name FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?",
    [NAME, "user_features"],
  );
  expect(rows.map(({ column_name: name }) => String(name)).toSorted()).toEqual([
    "seg_0",
    "user_id",
  ]);
  const mapping = await fetch(`${second}/api/v1/orion/get-source-mapping`, {
    method: "POST",
    headers: { "ofs-job-id": "user_job", "ofs-job-token": "s3cret-of-the-job" },
  });
  expect(mapping.status).toBe(200);
  expect(await mapping.json()).toMatchObject({ keys: { user: ["user_id"] } });
  expect((await approver.call("GET", "drift")).body).toMatchObject({ total: 0 });
});
