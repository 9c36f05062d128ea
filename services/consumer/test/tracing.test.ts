import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@ofs/platform";
import { MemoryRegistrySource } from "@ofs/registry";
import { openEmbeddedEnvironment } from "@ofs/store";
import { entityTree, type OtlpReceiver, startOtlpReceiver, waitUntil } from "@ofs/testkit";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DEFAULT_TOPIC } from "../src/config/kafka-settings.ts";
import { loadConfig } from "../src/config.ts";
import { type Consumer, startConsumer } from "../src/consumer.ts";
import { FEATURE, GROUP, KEY, numbers } from "./pipeline/messages.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PRODUCER_SPAN = "b7ad6b7169203331";
const TREE = {
  "storage/stores/1": JSON.stringify({ "db-type": "embedded", "conf-id": 0, table: "t" }),
  ...entityTree("user", [KEY], {
    [GROUP]: { id: 0, type: "Int64", versions: [{ [FEATURE]: {} }] },
  }),
};

let folder: string;
let receiver: OtlpReceiver;
let consumer: Consumer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ofs-traces-"));
  await openEmbeddedEnvironment(folder).close();
  receiver = await startOtlpReceiver();
  const config = loadConfig({
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    OFS_DATA_FOLDER: folder,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_BSP_SCHEDULE_DELAY: "20",
    OTEL_TRACES_SAMPLER: "parentbased_always_off",
  });
  consumer = await startConsumer(config, {
    log: createLogger({ service: "t", level: "DISABLED" }),
    metrics: new Registry(),
    registrySource: new MemoryRegistrySource(TREE),
  });
  await consumer.waitUntilReady(20_000);
});

afterEach(async () => {
  await consumer.close();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

async function produce(value: Uint8Array, traceparent?: string): Promise<void> {
  const headers =
    traceparent === undefined ? [] : [["traceparent", Buffer.from(traceparent)] as const];
  const record = { topic: DEFAULT_TOPIC, key: Buffer.from("k"), value, headers };
  await consumer.embeddedSink?.produce([record]);
}

test("a producer's trace goes on through the consumer to the store", async () => {
  await produce(numbers("user", { untraced: 1 }));
  await produce(numbers("user", { "secret-key": 2 }), `00-${TRACE_ID}-${PRODUCER_SPAN}-01`);
  await waitUntil(() => receiver.spans.some(({ name }) => name === `process ${DEFAULT_TOPIC}`), {
    what: "the message's span",
    timeoutMs: 20_000,
  });
  const byName = new Map(receiver.spans.map((span) => [span.name, span]));
  const message = byName.get(`process ${DEFAULT_TOPIC}`);
  const batch = byName.get("engine.write");
  expect(message).toMatchObject({
    service: "ofs-consumer",
    traceId: TRACE_ID,
    parentSpanId: PRODUCER_SPAN,
    kind: 5,
    statusCode: 0,
    attributes: { "messaging.destination.name": DEFAULT_TOPIC, "messaging.kafka.offset": 1 },
  });
  expect(batch).toMatchObject({ traceId: TRACE_ID, parentSpanId: message?.spanId });
  expect(byName.get("write user")).toMatchObject({
    traceId: TRACE_ID,
    parentSpanId: batch?.spanId,
    kind: 3,
    attributes: { "db.system.name": "embedded", "db.operation.name": "write" },
  });
  expect(receiver.spans.every(({ traceId }) => traceId === TRACE_ID)).toBe(true);
  expect(JSON.stringify(receiver.spans)).not.toContain("secret-key");
});

test("a dead letter is an error of its message, told by its code", async () => {
  await produce(Buffer.from([0xff, 0xff]), `00-${TRACE_ID}-${PRODUCER_SPAN}-01`);
  await waitUntil(() => receiver.spans.length > 0, { what: "a span", timeoutMs: 20_000 });
  expect(receiver.spans).toMatchObject([
    {
      name: `process ${DEFAULT_TOPIC}`,
      statusCode: 2,
      attributes: { "ofs.dead_letter": true, "error.type": "INVALID_ARGUMENT" },
    },
  ]);
});
