import { randomBytes } from "node:crypto";
import { EtcdLocks, EtcdRegistrySource } from "@ofs/registry";
import { connectScylla } from "@ofs/store";
import { serverAddress } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ClusterConnections } from "../../src/rows/tenants/cluster-connections.ts";
import { QueuedDdlLock } from "../../src/rows/tenants/ddl-lock.ts";
import { createTestDatabase, type TestDatabase } from "../database/mysql-fixtures.ts";
import { silentLog } from "../database/new-requests.ts";
import { testRowLists } from "./lists-contract.ts";
import { testRaces } from "./races-contract.ts";
import { testRowAdmin } from "./row-admin-contract.ts";
import { column, entityBody, groupBody } from "./support/bodies.ts";
import { MemoryClusters } from "./support/memory-clusters.ts";
import { MemoryTopics } from "./support/memory-topics.ts";
import { RowApp } from "./support/row-app.ts";
import { testTenants } from "./tenants-contract.ts";

/** Of servers that others use too. */
const TIMEOUT_MS = 300_000;

function openRegistry(): {
  registry: EtcdRegistrySource;
  remove: () => Promise<void>;
  root: string;
} {
  const root = `/row/test-${randomBytes(6).toString("hex")}`;
  const endpoints = serverAddress("etcd").text;
  const registry = new EtcdRegistrySource({ endpoints, root: `${root}/registry` });
  return {
    registry,
    root,
    async remove() {
      const { entries } = await registry.load(AbortSignal.timeout(TIMEOUT_MS));
      const changes = [...entries.keys()].map((path) => ({ path, value: undefined }));
      await registry.write(changes, { isChunked: true });
      await registry.close();
    },
  };
}

describe("with MariaDB and etcd", { timeout: TIMEOUT_MS }, () => {
  const topics = new MemoryTopics();
  const etcd = openRegistry();
  let database: TestDatabase;
  let app: RowApp<MemoryClusters>;
  beforeAll(async () => {
    database = await createTestDatabase(serverAddress("mysql"));
    app = await RowApp.open({
      settings: database.settings,
      clusters: new MemoryClusters("default-tenant", "second", "third"),
      topics,
      registry: etcd.registry,
    });
  }, TIMEOUT_MS);
  afterAll(async () => {
    await app?.close();
    await database?.drop();
    await etcd.remove();
  }, TIMEOUT_MS);
  testRowAdmin(() => app);
  testRowLists(() => app);
  testTenants(
    () => app,
    () => topics,
  );
  testRaces(() => app);
});

describe("with MariaDB, etcd and Cassandra", { timeout: TIMEOUT_MS }, () => {
  const etcd = openRegistry();
  const { host, port } = serverAddress("cassandra");
  const keyspace = `rows_${randomBytes(6).toString("hex")}`;
  const options = { contactPoints: [host], port, keyspace, connectionsPerHost: 1 };
  const clusters = new ClusterConnections(
    {
      settings: {
        confIds: new Map([["default-tenant", 1]]),
        hostPattern: undefined,
        keyspace,
        consistency: "LOCAL_QUORUM",
      },
      scylla: [{ confId: 1, options }],
      embedded: undefined,
    },
    silentLog,
  );
  const locks = new EtcdLocks({
    etcd: { endpoints: serverAddress("etcd").text, root: `${etcd.root}/runtime/locks/ddl` },
    ttlSeconds: 10,
    waitTimeoutMs: TIMEOUT_MS,
    owner: "a test",
    log: silentLog,
  });
  let database: TestDatabase;
  let app: RowApp<ClusterConnections>;

  beforeAll(async () => {
    database = await createTestDatabase(serverAddress("mysql"));
    app = await RowApp.open({
      settings: { ...database.settings, database: `${database.settings.database}_rows` },
      clusters,
      topics: undefined,
      registry: etcd.registry,
      ddlLock: new QueuedDdlLock(locks),
    });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await app?.close();
    await clusters.close();
    locks.close();
    await database?.run(`drop database ${database.settings.database}_rows`);
    await database?.drop();
    await etcd.remove();
    const connection = await connectScylla({ ...options, keyspace: "system" });
    await connection.client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`);
    await connection.close();
  }, TIMEOUT_MS);

  test("an entity, versions, a TTL and a refused column, in real tables", async () => {
    const { status } = await app.call("POST", "/entity", entityBody("Users", { ttl: 60 }));
    expect(status).toBe(200);
    const upgrade = { upgrade: "true" };
    await app.call("POST", "/feature-group", groupBody("Stats", "Users"), upgrade);
    const features = [column("wins", "BIGINT"), column("when", "TIMESTAMP")];
    const second = groupBody("Stats", "Users", { features });
    expect((await app.call("POST", "/feature-group", second, upgrade)).data).toMatchObject({
      version: "v2",
    });
    const tables = await clusters.tables("default-tenant");
    expect(await tables.describe("users")).toMatchObject({
      keys: [
        { name: "user_id", type: "BIGINT" },
        { name: "season", type: "INT" },
      ],
      columns: expect.arrayContaining([
        { name: "stats__v1__wins", type: "INT" },
        { name: "stats__v2__wins", type: "BIGINT" },
        { name: "stats__v2__when", type: "TIMESTAMP" },
      ]),
      ttlSeconds: 60,
    });
    await app.call("PUT", "/feature-group/ttl", { name: "Stats", ttl: 90 });
    expect((await tables.describe("users"))?.ttlSeconds).toBe(90);
    const stray = { name: "stats__v3__wins", type: "TEXT" } as const;
    const existing = await tables.describe("users");
    if (existing === undefined) throw new Error("the table is gone");
    await tables.ensure(existing, [stray], 0);
    const refused = await app.call("POST", "/feature-group", groupBody("Stats", "Users"), upgrade);
    expect(refused.failure).toMatchObject({
      status: 500,
      code: "FEATURE-GROUP-REGISTRATION-ERROR",
    });
    expect(refused.json.error?.cause).toContain("stats__v3__wins");
  });

  test("one of many equal creations is made, and upgrades are consecutive", async () => {
    await app.call("POST", "/entity", entityBody("crowd"));
    const many = (name: string, headers: Record<string, string>) =>
      Promise.all(
        Array.from({ length: 10 }, () =>
          app.call("POST", "/feature-group", groupBody(name, "crowd"), headers),
        ),
      );
    const equal = await many("equal", {});
    expect(equal.filter(({ status }) => status === 200)).toHaveLength(1);
    const upgrades = await many("upgrades", { upgrade: "true" });
    const versions = upgrades.map(({ data: { version } }) => Number(String(version).slice(1)));
    expect(versions.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
