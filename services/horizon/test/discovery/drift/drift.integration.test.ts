import { randomBytes } from "node:crypto";
import { EtcdRegistrySource } from "@ofs/registry";
import { connectScylla, ensureKeyspace, type ScyllaConnection } from "@ofs/store";
import { serverAddress } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChangeService, createChangeService } from "../../../src/apply/index.ts";
import { StoreTables } from "../../../src/apply/store-tables.ts";
import { openDatabase } from "../../../src/database/index.ts";
import type { Database } from "../../../src/database/ports.ts";
import { LiveCatalog } from "../../../src/discovery/catalog/live-catalog.ts";
import { DriftReporter } from "../../../src/discovery/drift/drift-reporter.ts";
import { CONTEXT, SCYLLA, silentLog } from "../../apply/support/memory-world.ts";
import { approveAll, groundwork, oneOfEach } from "../../apply/support/scenario.ts";
import { createTestDatabase, type TestDatabase } from "../../database/mysql-fixtures.ts";

const CHANGES_TIMEOUT_MS = 120_000;
const VISIBLE_TIMEOUT_MS = 10_000;

const name = `ofs_drift_${randomBytes(6).toString("hex")}`;
const root = `/config/${name}`;

let testDatabase: TestDatabase;
let database: Database;
let cassandra: ScyllaConnection;
let registry: EtcdRegistrySource;
let tables: StoreTables;
let catalog: LiveCatalog;
let changes: ChangeService;
let reporter: DriftReporter;

beforeAll(async () => {
  const { host, port } = serverAddress("cassandra");
  const options = { contactPoints: [host], port, keyspace: name, connectionsPerHost: 1 };
  await ensureKeyspace(options, { factor: 1 });
  cassandra = await connectScylla(options);
  testDatabase = await createTestDatabase(serverAddress("mysql"));
  database = await openDatabase(testDatabase.settings, silentLog);
  registry = new EtcdRegistrySource({ endpoints: serverAddress("etcd").text, root });
  tables = new StoreTables([{ confId: 1, options }], silentLog);
  catalog = new LiveCatalog(registry, silentLog);
  await catalog.start();
  const { requests, audit } = database;
  const common = { requests, audit, tables, log: silentLog, now: Date.now };
  reporter = new DriftReporter({ ...common, catalog, author: registry });
  changes = createChangeService({
    ...common,
    registry,
    context: CONTEXT,
    isFourEyes: false,
    random: Math.random,
  });
}, CHANGES_TIMEOUT_MS);

afterAll(async () => {
  await catalog.close();
  await registry.write(
    [...(await tree()).keys()].map((path) => ({ path, value: undefined })),
    {
      isChunked: true,
    },
  );
  await registry.close();
  await tables.close();
  await database.close();
  await testDatabase.drop();
  await cassandra.client.execute(`DROP KEYSPACE ${name}`);
  await cassandra.close();
}, CHANGES_TIMEOUT_MS);

async function tree(): Promise<Map<string, string>> {
  const { entries } = await registry.load(new AbortController().signal);
  return new Map([...entries].map(([path, value]) => [path, Buffer.from(value).toString()]));
}

async function differences() {
  return (await reporter.report()).differences;
}

describe("over MariaDB, etcd and Cassandra", () => {
  it(
    "what was carried out is no drift; what somebody damages is found, and repaired",
    async () => {
      await approveAll(changes, [...groundwork(SCYLLA), ...oneOfEach(SCYLLA)]);
      await expect.poll(differences, { timeout: VISIBLE_TIMEOUT_MS }).toEqual([]);
      const before = await tree();

      await cassandra.client.execute(`ALTER TABLE ${name}.t_longer DROP seg_0`);
      await cassandra.client.execute(`DROP TABLE ${name}.t_shorter`);
      const revision = await registry.write([
        { path: "source/longer|g|a", value: undefined },
        { path: "entities/regrouped/feature-groups/g/ttl-in-seconds", value: Buffer.from("1") },
      ]);
      await catalog.waitFor(revision, VISIBLE_TIMEOUT_MS);
      const found = await differences();
      expect(found.map(({ kind }) => kind).sort()).toEqual([
        "column-missing",
        "group-differs",
        "source-missing",
        "table-missing",
      ]);

      for (const { id } of found) {
        expect(await reporter.repair([id], "admin@x.io")).toMatchObject([{ result: "repaired" }]);
      }
      expect(await differences()).toEqual([]);
      expect(await tree()).toEqual(before);
    },
    CHANGES_TIMEOUT_MS,
  );
});
