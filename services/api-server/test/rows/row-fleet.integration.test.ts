import { randomUUID } from "node:crypto";
import { EtcdRegistrySource, encodeGroupVersion } from "@ofs/registry";
import type { EntityMetadata, GroupMetadata } from "@ofs/rows";
import { connectScylla, ensureKeyspace, ScyllaRowTables } from "@ofs/store";
import { freePort, serverAddress, startProcess, type TestProcess, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { entityOf, groupOf } from "../../../../packages/rows/test/support/row-objects.ts";
import { BUILT, etcdHome, toChanges } from "../scenarios/server-under-test.ts";
import { entriesOf, tablesOf } from "./support/row-objects.ts";
import { ask } from "./support/row-server.ts";

const LIMIT = { timeout: 240_000 };
const HOST = "127.0.0.1";
/** All tests share it; tables have names of their own. */
const KEYSPACE = "ofs_row_api";

const run = randomUUID().replaceAll("-", "").slice(0, 12);
const appName = `rows_${run}`;
const entityName = `Player_${run}`;

const PLAYER = entityOf(
  entityName,
  { Id: "BIGINT", At: "TIMESTAMP", Score: "DECIMAL", country: "TEXT" },
  ["Id", "At", "Score"],
);
const VALUES = {
  Ratio: "DOUBLE",
  small: "FLOAT",
  huge: "VARINT",
  bytes: "BLOB",
  flag: "BOOLEAN",
  host: "INET",
  who: "UUID",
} as const;

let rowPort: number;
let mainPort: number;
let server: TestProcess;
let home: Awaited<ReturnType<typeof etcdHome>>;
let registry: EtcdRegistrySource;

function cassandraOptions() {
  const { host, port } = serverAddress("cassandra");
  return { contactPoints: [host], port, keyspace: KEYSPACE, timeoutMs: 60_000 };
}

async function register(
  entities: readonly EntityMetadata[],
  groups: readonly GroupMetadata[],
): Promise<void> {
  const tables = new ScyllaRowTables(await connectScylla(cassandraOptions()));
  try {
    for (const { table, columns } of tablesOf(entities, groups)) {
      await tables.ensure(table, columns, 0);
    }
  } finally {
    await tables.close();
  }
  await registry.write(entriesOf(entities, groups));
}

beforeAll(async () => {
  home = etcdHome(appName);
  await home.write(toChanges({}));
  const etcd = serverAddress("etcd");
  registry = new EtcdRegistrySource({
    endpoints: `${etcd.host}:${etcd.port}`,
    root: `/row/${appName}/registry`,
    isWatchEnabled: true,
  });
  const cassandra = serverAddress("cassandra");
  await ensureKeyspace(cassandraOptions(), { factor: 1 });
  rowPort = await freePort();
  mainPort = await freePort();
  server = await startProcess({
    ...BUILT,
    env: {
      APP_NAME: appName,
      APP_HOST: HOST,
      APP_PORT: String(mainPort),
      ROW_ENABLED: "true",
      ROW_PORT: String(rowPort),
      ROW_KEYSPACE: KEYSPACE,
      WORKERS: "2",
      STORE_TIMEOUT_MS: "60000",
      OVERLOAD_QUEUE_MS: "60000",
      STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: "1",
      STORAGE_SCYLLA_1_CONTACT_POINTS: cassandra.host,
      STORAGE_SCYLLA_1_PORT: String(cassandra.port),
      STORAGE_SCYLLA_1_KEYSPACE: KEYSPACE,
      ...home.env,
    },
    ready: { http: `http://${HOST}:${mainPort}/ready` },
    readyTimeoutMs: 120_000,
  });
  await waitUntil(
    async () => {
      const { json } = await ask(mainPort, "GET", "/ready");
      return json?.worker?.readyCount === 2;
    },
    { what: "two ready workers", timeoutMs: 120_000 },
  );
}, 240_000);

afterAll(async () => {
  await server?.stop();
  await registry?.close();
  await home?.close();
});

describe("workers over etcd and Cassandra", () => {
  const names = ["Id", "At", "Score", "country", ...Object.keys(VALUES)];

  test(
    "serve a group as soon as it is registered, on both ports, whichever worker is asked",
    LIMIT,
    async () => {
      await register([PLAYER], [groupOf(`stats_${run}`, entityName, VALUES)]);
      const uuid = "6fa459ea-ee8a-3ca4-894e-db77e160355e";
      const value = ["c", 0.5, 1.25, 12345678901234567890n, "AAEC", true, "10.0.0.1", uuid];
      const row = (score: string) => `[9007199254740993,-5,${score},${valuesText(value)}]`;
      const body = (scores: string[]) =>
        `{"featureGroupName":"stats_${run}","features":{"names":${JSON.stringify(names)},"values":[${scores.map(row)}]}}`;
      const written = await ask(
        rowPort,
        "POST",
        "/feature-group/write-features-v2",
        body(["1.50", "-2", "0.1"]),
      );
      expect(written.text).toContain(
        `"successfulRows":[${row("1.50")},${row("-2")},${row("0.1")}],"failedRows":[]`,
      );
      const read =
        `{"featureGroupName":"stats_${run}","featureColumns":${JSON.stringify(names)},` +
        '"primaryKeys":{"names":["Id","At","Score"],"values":[[9007199254740993,-5,1.5]]}}';
      const features = `"features":[9007199254740993,-5,1.50,${valuesText(value)}]`;
      for (const port of [rowPort, rowPort, rowPort, mainPort, mainPort]) {
        const { status, text } = await ask(port, "GET", "/feature-group/read-features", read);
        expect(status).toBe(200);
        expect(text).toContain(features);
      }
      const partition = {
        featureGroupName: `stats_${run}`,
        featureColumns: ["Score"],
        partitionKey: { names: ["Id"], values: ["9007199254740993"] },
      };
      const { text } = await ask(rowPort, "GET", "/feature-group/read-partition", partition);
      expect(text).toContain('"features":[[-2],[0.1],[1.50]]');
    },
  );

  test("know which port a connection came to", LIMIT, async () => {
    for (let round = 0; round < 4; round++) {
      expect((await ask(mainPort, "GET", "/nope")).json).toEqual({ error: "not found" });
      expect((await ask(rowPort, "GET", "/nope")).json.error.code).toBe("INVALID_REQUEST");
    }
  });

  test("stream a partition of many pages", LIMIT, async () => {
    const count = 5_000;
    const head = { featureGroupName: `stats_${run}` };
    for (let from = 0; from < count; from += 1_000) {
      const values = Array.from({ length: 1_000 }, (_, index) => [
        7,
        from + index,
        "1",
        "x".repeat(50),
      ]);
      const features = { names: ["Id", "At", "Score", "country"], values };
      const { json } = await ask(rowPort, "POST", "/feature-group/write-features-v2", {
        ...head,
        features,
      });
      expect(json.data.failedRows).toEqual([]);
    }
    const { json } = await ask(rowPort, "GET", "/feature-group/read-partition", {
      ...head,
      featureColumns: ["At"],
      partitionKey: { names: ["Id"], values: [7] },
    });
    expect(json.data.features).toEqual(Array.from({ length: count }, (_, at) => [at]));
  });

  test("tell in etcd which revision they serve", LIMIT, async () => {
    const etcd = serverAddress("etcd");
    const root = `/row/${appName}/runtime/applied`;
    const runtime = new EtcdRegistrySource({ endpoints: `${etcd.host}:${etcd.port}`, root });
    onTestFinished(() => runtime.close());
    const versions = { name: `stats_${run}`, latestVersion: "v1", updatedAt: 2 };
    const revision = await registry.write([encodeGroupVersion(versions)]);
    const applied = async (): Promise<number[]> => {
      const { entries } = await runtime.load(AbortSignal.timeout(30_000));
      expect([...entries.keys()].every((path) => path.startsWith("api-server/"))).toBe(true);
      return [...entries.values()].map((value) => Number(Buffer.from(value).toString()));
    };
    await waitUntil(
      async () => {
        const revisions = await applied();
        return revisions.length === 2 && revisions.every((one) => one >= revision);
      },
      { what: "both workers' revisions", timeoutMs: 60_000 },
    );
  });

  test("tell of the store", LIMIT, async () => {
    await waitUntil(
      async () => (await ask(rowPort, "GET", "/healthcheck")).json?.data?.store === "UP",
      { what: "the store's answer", timeoutMs: 60_000 },
    );
  });
});

/** JSON texts, joined. */
function valuesText(values: readonly unknown[]): string {
  return values
    .map((value) => (typeof value === "bigint" ? String(value) : JSON.stringify(value)))
    .join(",");
}
