import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@ofs/platform";
import { ofs, persist, retrieve } from "@ofs/proto";
import { MemoryRegistrySource } from "@ofs/registry";
import { entityTree, type RegistryEntries } from "@ofs/testkit";
import Long from "long";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ApiServer, startApiServer } from "../src/api-server.ts";
import { loadConfig } from "../src/config.ts";
import { PERSIST_METHOD, RETRIEVE_METHOD } from "../src/routes/feature-routes.ts";
import { DESCRIBE_METHOD } from "../src/routes/schema-routes.ts";
import { failureOf, RawClient } from "./support/grpc-client.ts";
import { credentialsOf } from "./support/test-api.ts";

const READER = { "security/reader/ranker": '{"token":"ranker-token"}' };
const EMBEDDED_STORE = {
  "storage/stores/1": JSON.stringify({
    "db-type": "embedded",
    "conf-id": 0,
    table: "user_features",
    "max-column-size-in-bytes": 1024,
    "max-row-size-in-bytes": 102_400,
    "primary-keys": ["user_id"],
    "table-ttl": 0,
  }),
};
const USER = entityTree("user", ["user_id"], {
  clicks: {
    id: 0,
    type: "Int64",
    process: true,
    versions: [{ day: { default: Buffer.alloc(8) }, week: { default: Buffer.alloc(8, 1) } }],
  },
});

let folder: string;
let server: ApiServer | undefined;
let client: RawClient | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ofs-api-"));
});

afterEach(async () => {
  client?.close();
  await server?.close();
  client = undefined;
  server = undefined;
  await rm(folder, { recursive: true });
});

async function start(
  entries: RegistryEntries,
  env: Record<string, string> = {},
): Promise<MemoryRegistrySource> {
  const registrySource = new MemoryRegistrySource(entries);
  await startWith(registrySource, env);
  return registrySource;
}

async function startWith(
  registrySource: MemoryRegistrySource,
  env: Record<string, string>,
): Promise<void> {
  const config = loadConfig({
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    ENABLE_HTTP_API: "true",
    OFS_DATA_FOLDER: folder,
    IN_MEM_CACHE_ACTIVE_CONFIG_IDS: "3",
    IN_MEM_CACHE_3_SIZE_IN_BYTES: "1000000",
    IN_MEM_CACHE_3_NAME: "main",
    ...env,
  });
  const log = createLogger({ service: "t", level: "DISABLED" });
  server = await startApiServer(config, { log, metrics: new Registry(), registrySource });
  client = new RawClient(server.port);
}

async function get(path: string): Promise<[number, unknown]> {
  const response = await fetch(`http://127.0.0.1:${server?.port}${path}`);
  const text = await response.text();
  return [response.status, text.startsWith("{") ? JSON.parse(text) : text];
}

function query(keys: string[]): Uint8Array {
  return retrieve.Query.encode({
    entityLabel: "user",
    featureGroups: [{ label: "clicks", featureLabels: ["week", "day"] }],
    keysSchema: ["user_id"],
    keys: keys.map((key) => ({ cols: [key] })),
  }).finish();
}

async function read(keys: string[]): Promise<bigint[][]> {
  const reply = await client?.call(RETRIEVE_METHOD, query(keys), credentialsOf("ranker"));
  const { rows } = retrieve.Result.decode(reply?.response ?? new Uint8Array(0));
  return rows.map((row) =>
    (row.columns ?? []).map((column) => Buffer.from(column).readBigInt64LE()),
  );
}

const PERSIST_BODY = `{
  "entity_label": "user",
  "keys_schema": ["user_id"],
  "feature_group_schema": [{"label": "clicks", "feature_labels": ["day", "week"]}],
  "data": [{
    "key_values": ["a"],
    "feature_values": [{"values": {"int64_values": [9007199254740993, "-9223372036854775808"]}}]
  }]
}`;

test("what is written over HTTP is read over gRPC, every digit of it", async () => {
  await start({ ...READER, ...EMBEDDED_STORE, ...USER });
  await server?.waitUntilReady(5_000);
  const ones = 0x0101010101010101n;
  expect(await read(["a"])).toEqual([[ones, 0n]]);
  const response = await fetch(`http://127.0.0.1:${server?.port}/api/v1/features/persist`, {
    method: "POST",
    headers: credentialsOf("ranker"),
    body: PERSIST_BODY,
  });
  expect(await response.json()).toEqual({ message: "Data Persisted Successfully" });
  const written = [-9223372036854775808n, 9007199254740993n];
  expect(await read(["b", "a", "a"])).toEqual([[ones, 0n], written, written]);
  expect(await get("/metrics")).toEqual([
    200,
    expect.stringMatching(/ofs_in_memory_cache_item_count\{cache_name="main"\} 2/),
  ]);
});

test("persist over gRPC answers its message", async () => {
  await start({ ...READER, ...EMBEDDED_STORE, ...USER });
  const body = persist.Query.encode({
    entityLabel: "user",
    keysSchema: ["user_id"],
    featureGroupSchema: [{ label: "clicks", featureLabels: ["day"] }],
    data: [{ keyValues: ["a"], featureValues: [{ values: { int64Values: [Long.ONE] } }] }],
  }).finish();
  const reply = await client?.call(PERSIST_METHOD, body, credentialsOf("ranker"));
  const { message } = persist.Result.decode(reply?.response ?? new Uint8Array(0));
  expect(message).toBe("Data Persisted Successfully");
});

test("entities are described as they are served", async () => {
  await start({ ...READER, ...EMBEDDED_STORE, ...USER });
  const request = ofs.v1.DescribeRequest.encode({ entityLabels: ["user"] }).finish();
  const reply = await client?.call(DESCRIBE_METHOD, request, credentialsOf("ranker"));
  const { entities } = ofs.v1.DescribeResult.decode(reply?.response ?? new Uint8Array(0));
  expect(entities).toMatchObject([
    {
      label: "user",
      keyLabels: ["user_id"],
      groups: [{ label: "clicks", dataType: "DataTypeInt64", processCached: true }],
    },
  ]);
});

describe("readiness", () => {
  test("all is well: ok", async () => {
    await start({ ...READER, ...EMBEDDED_STORE, ...USER });
    await server?.waitUntilReady(5_000);
    expect(await get("/ready")).toEqual([
      200,
      {
        status: "ready",
        checks: {
          registry: {
            status: "ok",
            detail: expect.objectContaining({ source: "memory", isLive: true, faultCount: 0 }),
          },
          stores: { status: "ok", detail: { embedded: { state: "up" } } },
          invalidation: { status: "ok", detail: { channel: "none" } },
        },
      },
    ]);
  });

  test("a faulty node and a store without a connection are warnings", async () => {
    const scyllaStore = EMBEDDED_STORE["storage/stores/1"].replace("embedded", "scylla");
    await start({
      ...READER,
      ...EMBEDDED_STORE,
      ...USER,
      "storage/stores/2": scyllaStore.replace('"conf-id":0', '"conf-id":9'),
      "entities/user/feature-groups/clicks/data-type": "DataTypeNothing",
    });
    await server?.waitUntilReady(5_000);
    const [status, body] = await get("/ready");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: "warning",
      checks: {
        registry: {
          detail: {
            faultCount: 1,
            faults: [{ path: "entities/user/feature-groups/clicks/data-type" }],
            unconnectedStores: ["store 2: no scylla connection with conf-id 9"],
          },
        },
      },
    });
  });

  test("a source that is down after the load is a warning; reads go on", async () => {
    const source = await start({ ...READER, ...EMBEDDED_STORE, ...USER });
    await server?.waitUntilReady(5_000);
    source.goDown("etcd is away");
    const [status, body] = await get("/ready");
    expect([status, body]).toMatchObject([200, { status: "warning" }]);
    expect(JSON.stringify(body)).toContain("etcd is away");
    expect(await read(["a"])).toHaveLength(1);
    expect((await get("/metrics"))[1]).toMatch(/ofs_registry_live 0/);
  });

  test("before the registry is there: not ready, UNAVAILABLE, but alive", async () => {
    const source = new MemoryRegistrySource({ ...READER, ...EMBEDDED_STORE, ...USER });
    source.goDown("etcd is away");
    await startWith(source, {});
    expect(await get("/health/self")).toEqual([200, { message: "true" }]);
    const [status, body] = await get("/ready");
    expect([status, body]).toMatchObject([503, { status: "not-ready" }]);
    const call = client?.call(RETRIEVE_METHOD, query(["a"]), credentialsOf("ranker"));
    expect((await failureOf(call ?? Promise.resolve()))[0]).toBe(14);
    source.comeUp();
    await server?.waitUntilReady(10_000);
    expect(await read(["a"])).toHaveLength(1);
  }, 30_000);

  test("a store that never answered keeps the process out of service", async () => {
    // A port that nobody listens on any more.
    const placeholder = createServer();
    await new Promise<void>((resolve) => placeholder.listen(0, "127.0.0.1", resolve));
    const { port } = placeholder.address() as { port: number };
    await new Promise((resolve) => placeholder.close(resolve));
    const redis = {
      STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: "7",
      STORAGE_REDIS_STANDALONE_7_ADDR: `127.0.0.1:${port}`,
      STORAGE_REDIS_STANDALONE_7_DIAL_TIMEOUT_IN_MS: "200",
    };
    await start({ ...READER, ...EMBEDDED_STORE, ...USER }, redis);
    expect((await get("/ready"))[0]).toBe(503);
    await expect(server?.waitUntilReady(50)).rejects.toThrow(/redis 7.*connecting/);
    await server?.close();
    // The same as a cache only: the stores can do without it.
    await start(
      { ...READER, ...EMBEDDED_STORE, ...USER },
      { ...redis, DISTRIBUTED_CACHE_CONF_IDS: "7" },
    );
    await server?.waitUntilReady(5_000);
    expect(await get("/ready")).toMatchObject([200, { status: "warning" }]);
    expect(await read(["a"])).toHaveLength(1);
  });
});

describe("end", () => {
  test("closing ends everything; once more is harmless", async () => {
    await start({ ...READER, ...EMBEDDED_STORE, ...USER });
    const port = server?.port ?? 0;
    await Promise.all([server?.close(), server?.close()]);
    expect(server?.health.report().status).toBe("draining");
    await expect(fetch(`http://127.0.0.1:${port}/health/self`)).rejects.toThrow();
  });

  test("a start that fails leaves nothing open", async () => {
    await start({ ...READER, ...EMBEDDED_STORE, ...USER });
    const taken = String(server?.port);
    const config = loadConfig({ APP_HOST: "127.0.0.1", APP_PORT: taken, OFS_DATA_FOLDER: folder });
    const log = createLogger({ service: "t", level: "DISABLED" });
    const failed = startApiServer(config, { log, metrics: new Registry() });
    await expect(failed).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
