import { randomBytes } from "node:crypto";
import { createLogger } from "@ofs/platform";
import { EtcdRegistrySource } from "@ofs/registry";
import { connectScylla } from "@ofs/store";
import { serverAddress, waitUntil } from "@ofs/testkit";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Horizon, loadConfig, startHorizon } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../database/mysql-fixtures.ts";
import { entityBody, groupBody } from "./support/bodies.ts";
import { rowHorizonEnv } from "./support/row-horizon-env.ts";

const TIMEOUT_MS = 180_000;

const name = `rows_${randomBytes(6).toString("hex")}`;
const cassandra = serverAddress("cassandra");
const etcd = serverAddress("etcd").text;
const registry = new EtcdRegistrySource({ endpoints: etcd, root: `/row/${name}/registry` });
let database: TestDatabase;
let horizon: Horizon | undefined;

beforeAll(async () => {
  const mysql = serverAddress("mysql");
  database = await createTestDatabase(mysql);
  const config = loadConfig({
    ...rowHorizonEnv({ name, database, etcd }),
    ROW_KAFKA_BOOTSTRAP_SERVERS: serverAddress("kafka").text,
    ROW_DEFAULT_TOPIC: name,
    HORIZON_RECONCILE_INTERVAL_MS: "200",
  });
  horizon = await startHorizon(config, {
    log: createLogger({ service: "horizon", level: "DISABLED" }),
    metrics: new Registry(),
    onFirstAdmin: () => undefined,
  });
}, TIMEOUT_MS);

afterAll(async () => {
  await horizon?.close();
  await database?.run(`drop database if exists ${name}`);
  await database?.drop();
  const { entries } = await registry.load(AbortSignal.timeout(TIMEOUT_MS));
  await registry.write([...entries.keys()].map((path) => ({ path, value: undefined })));
  await registry.close();
  const options = { contactPoints: [cassandra.host], port: cassandra.port, keyspace: "system" };
  const connection = await connectScylla(options);
  await connection.client.execute(`DROP KEYSPACE IF EXISTS ${name}`);
  await connection.close();
}, TIMEOUT_MS);

async function call(method: string, path: string, body?: object) {
  const reply = await fetch(`http://127.0.0.1:${horizon?.port}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: await reply.json() };
}

test(
  "over MariaDB, etcd, Cassandra and Kafka: creation, topics, publication",
  async () => {
    expect(await call("POST", "/entity", entityBody("users"))).toMatchObject({ status: 200 });
    const created = await call("POST", "/feature-group", groupBody("stats", "users"));
    expect(created).toMatchObject({ status: 200, body: { data: { version: "v1" } } });
    const topic = () => call("GET", "/feature-group/topic?name=stats");
    await waitUntil(async () => (await topic()).status === 200, {
      what: "the default tenant to have its topic",
      timeoutMs: TIMEOUT_MS,
    });
    expect(await topic()).toMatchObject({ body: { data: { topic: name } } });
    const partitions = { tenantName: "default-tenant", numPartitions: 6 };
    expect(await call("PUT", "/consumer/partitions", partitions)).toMatchObject({ status: 200 });
    const { entries } = await registry.load(AbortSignal.timeout(TIMEOUT_MS));
    expect([...entries.keys()].sort()).toEqual([
      "consumers/default-tenant",
      "entities/users",
      "feature-groups/stats/v1",
      "versions/stats",
    ]);
    const checks = { metastore: "UP", rows: "UP" };
    expect(await call("GET", "/healthcheck")).toEqual({ status: 200, body: { data: checks } });
  },
  TIMEOUT_MS,
);
