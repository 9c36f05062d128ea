import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@ofs/platform";
import { retrieve } from "@ofs/proto";
import { MemoryRegistrySource } from "@ofs/registry";
import {
  entityTree,
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
  waitUntil,
} from "@ofs/testkit";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ApiServer, startApiServer } from "../src/api-server.ts";
import { loadConfig } from "../src/config.ts";
import { RETRIEVE_METHOD } from "../src/routes/feature-routes.ts";
import { RawClient } from "./support/grpc-client.ts";
import { credentialsOf } from "./support/test-api.ts";

const TREE = {
  "security/reader/ranker": '{"token":"ranker-token"}',
  "storage/stores/1": JSON.stringify({ "db-type": "embedded", "conf-id": 0, table: "t" }),
  ...entityTree("user", ["user_id"], {
    clicks: { id: 0, type: "Int64", process: true, versions: [{ day: {} }] },
  }),
};
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER_SPAN = "00f067aa0ba902b7";
const CALL = "retrieve.FeatureService/RetrieveFeatures";

let folder: string;
let receiver: OtlpReceiver;
let server: ApiServer | undefined;
let client: RawClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ofs-traces-"));
  receiver = await startOtlpReceiver();
});

afterEach(async () => {
  client.close();
  await server?.close();
  await receiver.close();
  await rm(folder, { recursive: true });
});

async function start(env: Record<string, string>): Promise<Registry> {
  const config = loadConfig({
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    ENABLE_HTTP_API: "true",
    OFS_DATA_FOLDER: folder,
    IN_MEM_CACHE_ACTIVE_CONFIG_IDS: "3",
    IN_MEM_CACHE_3_SIZE_IN_BYTES: "1000000",
    IN_MEM_CACHE_3_NAME: "main",
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_BSP_SCHEDULE_DELAY: "20",
    OVERLOAD_QUEUE_MS: "0",
    ...env,
  });
  const log = createLogger({ service: "t", level: "DISABLED" });
  const metrics = new Registry();
  const registrySource = new MemoryRegistrySource(TREE);
  server = await startApiServer(config, { log, metrics, registrySource });
  client = new RawClient(server.port);
  await server.waitUntilReady(10_000);
  return metrics;
}

function read(key: string, headers: Record<string, string> = {}): Promise<unknown> {
  const query = retrieve.Query.encode({
    entityLabel: "user",
    featureGroups: [{ label: "clicks", featureLabels: ["day"] }],
    keysSchema: ["user_id"],
    keys: [{ cols: [key] }],
  }).finish();
  return client.call(RETRIEVE_METHOD, query, { ...credentialsOf("ranker"), ...headers });
}

function traceparent(flags: "00" | "01"): Record<string, string> {
  return { traceparent: `00-${TRACE_ID}-${CALLER_SPAN}-${flags}` };
}

async function received(count: number): Promise<readonly ReceivedSpan[]> {
  await waitUntil(() => receiver.spans.length >= count, { what: "spans", timeoutMs: 20_000 });
  return receiver.spans;
}

async function spanCount(metrics: Registry, outcome: string): Promise<number> {
  const text = await metrics.metrics();
  return Number(
    new RegExp(`ofs_tracing_spans_total\\{outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1],
  );
}

test("a caller's trace goes on through the server to the store, and tells no keys", async () => {
  await start({ OTEL_SERVICE_NAME: "features" });
  await read("secret-key", traceparent("01"));
  const spans = await received(2);
  const call = spans.find(({ name }) => name === CALL);
  const store = spans.find(({ name }) => name === "read user");
  expect(call).toMatchObject({
    service: "features",
    traceId: TRACE_ID,
    parentSpanId: CALLER_SPAN,
    kind: 2,
    statusCode: 0,
    attributes: {
      "rpc.system.name": "grpc",
      "rpc.method": CALL,
      "rpc.response.status_code": "OK",
      "ofs.entity": "user",
      "ofs.keys": 1,
      "ofs.process_cache.misses": 1,
    },
  });
  expect(store).toMatchObject({
    traceId: TRACE_ID,
    parentSpanId: call?.spanId,
    kind: 3,
    attributes: { "db.system.name": "embedded", "db.operation.batch.size": 1 },
  });
  expect(JSON.stringify(spans)).not.toContain("secret-key");
});

test("what the process cache holds is one span", async () => {
  await start({});
  await read("a", traceparent("00"));
  await read("a", traceparent("01"));
  expect(await received(1)).toMatchObject([
    { name: CALL, attributes: { "ofs.process_cache.hits": 1, "ofs.process_cache.misses": 0 } },
  ]);
});

test("the mirror over HTTP is traced as well, and a caller's mistake is no error of the server", async () => {
  await start({});
  const response = await fetch(`http://127.0.0.1:${server?.port}/api/v1/features/retrieve`, {
    method: "POST",
    headers: { ...credentialsOf("ranker"), ...traceparent("01") },
    body: '{"entity_label": "nobody", "keys_schema": ["k"], "keys": [{"cols": ["1"]}]}',
  });
  expect(response.status).toBe(404);
  expect(await received(1)).toMatchObject([
    {
      traceId: TRACE_ID,
      parentSpanId: CALLER_SPAN,
      statusCode: 0,
      attributes: { "rpc.response.status_code": "NOT_FOUND" },
    },
  ]);
});

test("traces that the caller does not keep are not kept here", async () => {
  const metrics = await start({ OTEL_TRACES_SAMPLER: "parentbased_always_on" });
  await read("a", traceparent("00"));
  await read("b");
  const spans = await received(2);
  expect(spans.some(({ traceId }) => traceId === TRACE_ID)).toBe(false);
  await waitUntil(async () => (await spanCount(metrics, "exported")) === 2, { what: "the count" });
});

test.each(["refuse", "hang"] as const)(
  "a collector that does %s costs spans and no reads",
  async (mode) => {
    receiver.mode = mode;
    const metrics = await start({
      OTEL_BSP_MAX_QUEUE_SIZE: "4",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "2",
      OTEL_EXPORTER_OTLP_TIMEOUT: "60000",
    });
    await read("first");
    await waitUntil(() => receiver.contentTypes.length > 0, {
      what: "an export",
      timeoutMs: 20_000,
    });
    const reads = Array.from({ length: 300 }, (_, index) => read(`key-${index}`));
    await Promise.all(reads);
    const lost = mode === "refuse" ? "failed" : "dropped";
    await waitUntil(async () => (await spanCount(metrics, lost)) > 0, {
      what: lost,
      timeoutMs: 20_000,
    });
    expect(receiver.spans).toEqual([]);
  },
);
