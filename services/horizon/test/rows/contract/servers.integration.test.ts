import { randomBytes } from "node:crypto";
import { KafkaAdmin } from "@ofs/ingest";
import { EtcdRegistrySource } from "@ofs/registry";
import { connectScylla } from "@ofs/store";
import { serverAddress } from "@ofs/testkit";
import { afterAll, beforeAll, describe } from "vitest";
import { ClusterConnections } from "../../../src/rows/tenants/cluster-connections.ts";
import { KafkaTopics } from "../../../src/rows/topics/kafka-topics.ts";
import { createTestDatabase, type TestDatabase } from "../../database/mysql-fixtures.ts";
import { silentLog } from "../../database/new-requests.ts";
import { testAdmin } from "./admin-contract.ts";
import { AdminWorld } from "./admin-world.ts";

/** Of servers that others use too. */
const TIMEOUT_MS = 300_000;
const RETENTION_MS = 7_200_000;

describe("on MariaDB, etcd, Cassandra and Kafka", { timeout: TIMEOUT_MS }, () => {
  const name = `rows_${randomBytes(6).toString("hex")}`;
  const etcd = { endpoints: serverAddress("etcd").text, root: `/row/${name}/registry` };
  const registry = new EtcdRegistrySource(etcd);
  const { host, port } = serverAddress("cassandra");
  const options = { contactPoints: [host], port, keyspace: name, connectionsPerHost: 1 };
  const settings = {
    confIds: new Map([
      ["default-tenant", 1],
      ["second", 2],
    ]),
    hostPattern: undefined,
    keyspace: name,
    consistency: "LOCAL_QUORUM",
  } as const;
  const scylla = [1, 2].map((confId) => ({ confId, options }));
  const clusters = new ClusterConnections({ settings, scylla, embedded: undefined }, silentLog);
  const kafka = new KafkaAdmin({ brokers: [serverAddress("kafka").text], clientId: "ofs-test" });
  const topics = new KafkaTopics(
    kafka,
    { replicationFactor: 1, retentionMs: RETENTION_MS },
    silentLog,
  );
  let database: TestDatabase;
  let world: AdminWorld;

  beforeAll(async () => {
    database = await createTestDatabase(serverAddress("mysql"));
    world = await AdminWorld.open({ database: database.settings, registry, clusters, topics });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await world?.app.close();
    await clusters.close();
    await topics.close();
    await database?.drop();
    const { entries } = await registry.load(AbortSignal.timeout(TIMEOUT_MS));
    const changes = [...entries.keys()].map((path) => ({ path, value: undefined }));
    await registry.write(changes, { isChunked: true });
    await registry.close();
    const connection = await connectScylla({ ...options, keyspace: "system" });
    await connection.client.execute(`DROP KEYSPACE IF EXISTS ${name}`);
    await connection.close();
  }, TIMEOUT_MS);

  testAdmin(() => world, {
    topicPrefix: name,
    retentionMs: RETENTION_MS,
    growsTopics: true,
    refusesTenants: true,
  });
});
