import { randomBytes } from "node:crypto";
import { EtcdRegistrySource } from "@ofs/registry";
import { serverAddress } from "@ofs/testkit";
import { afterAll, beforeAll, describe } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database/mysql-fixtures.ts";
import { testManyVersions } from "./many-versions-contract.ts";
import { MemoryClusters } from "./support/memory-clusters.ts";
import { RowApp } from "./support/row-app.ts";

/** Of servers that others use too. */
const TIMEOUT_MS = 120_000;

describe("with MariaDB and etcd", () => {
  const root = `/row/rows_${randomBytes(6).toString("hex")}/registry`;
  const registry = new EtcdRegistrySource({ endpoints: serverAddress("etcd").text, root });
  let database: TestDatabase;
  let app: RowApp<MemoryClusters>;
  beforeAll(async () => {
    database = await createTestDatabase(serverAddress("mysql"));
    const clusters = new MemoryClusters("default-tenant");
    app = await RowApp.open({ settings: database.settings, clusters, topics: undefined, registry });
  }, TIMEOUT_MS);
  afterAll(async () => {
    await app?.close();
    await database?.drop();
    const { entries } = await registry.load(AbortSignal.timeout(TIMEOUT_MS));
    const changes = [...entries.keys()].map((path) => ({ path, value: undefined }));
    await registry.write(changes, { isChunked: true });
    await registry.close();
  }, TIMEOUT_MS);
  testManyVersions(() => ({ app, settings: database.settings }));
});
