import { createLogger, FeatureStoreError, Health, Lifecycle, type Tracer } from "@ofs/platform";
import { type OtlpReceiver, startOtlpReceiver, waitUntil } from "@ofs/testkit";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tracerOpener } from "../src/open-tracer.ts";
import type { TracingSettings } from "../src/settings.ts";

let receiver: OtlpReceiver;
let lifecycle: Lifecycle;

beforeEach(async () => {
  receiver = await startOtlpReceiver();
});

afterEach(async () => {
  await lifecycle.close();
  await receiver.close();
});

async function open(changes: Partial<TracingSettings> = {}): Promise<Tracer> {
  const log = createLogger({ service: "t", level: "DISABLED" });
  lifecycle = new Lifecycle(log, 20_000);
  const settings: TracingSettings = {
    url: `${receiver.url}/v1/traces`,
    protocol: "http/json",
    headers: {},
    timeoutMs: 10_000,
    serviceName: undefined,
    resourceAttributes: {},
    sampler: "always_on",
    ratio: 1,
    exportDelayMs: 600_000,
    maxQueuedSpans: 100,
    maxBatchSpans: 100,
    ...changes,
  };
  const base = { log, metrics: new Registry(), health: new Health(), lifecycle };
  const service = { service: "t", appName: "onfs", appEnv: "test" };
  const tracer = await tracerOpener(settings)(service, base);
  if (tracer === undefined) throw new Error("no tracer");
  return tracer;
}

test("what is left is sent at the end, and failures tell their code and no message", async () => {
  const tracer = await open();
  const span = tracer.keep()?.start("work", "server", { attributes: { "ofs.keys": 2 } });
  const child = span?.startChild("part", "client");
  child?.end(new FeatureStoreError("UNAVAILABLE", "user alice is not there"));
  span?.end();
  await lifecycle.close();
  expect(receiver.spans).toMatchObject([
    { name: "part", statusCode: 2, attributes: { "error.type": "UNAVAILABLE" } },
    { name: "work", statusCode: 0, attributes: { "ofs.keys": 2 }, service: "ofs-t" },
  ]);
  expect(receiver.spans[0]?.parentSpanId).toBe(receiver.spans[1]?.spanId);
  expect(span?.traceparent).toBe(
    `00-${receiver.spans[1]?.traceId}-${receiver.spans[1]?.spanId}-01`,
  );
  expect(JSON.stringify(receiver.spans)).not.toContain("alice");
});

test("protobuf is what is sent by default", async () => {
  const tracer = await open({ protocol: "http/protobuf" });
  tracer.keep()?.start("work", "server", {}).end();
  await lifecycle.close();
  expect(receiver.contentTypes).toEqual(["application/x-protobuf"]);
});

test("a collector that never answers holds the end up by seconds, and does not fail it", async () => {
  receiver.mode = "hang";
  const tracer = await open();
  tracer.keep()?.start("work", "server", {}).end();
  const startedMs = performance.now();
  await lifecycle.close();
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  expect(receiver.contentTypes).toHaveLength(1);
});

test.each([
  ["nonsense"],
  ["00-00000000000000000000000000000000-b7ad6b7169203331-01"],
  ["ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
  ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"],
])("traceparent %s begins a trace of its own", async (traceparent) => {
  const tracer = await open();
  tracer.keep(traceparent)?.start("work", "server", { traceparent, tracestate: "a=1" }).end();
  await lifecycle.close();
  await waitUntil(() => receiver.spans.length === 1, { what: "the span" });
  expect(receiver.spans[0]?.parentSpanId).toBe("");
  expect(receiver.spans[0]?.traceId).toMatch(/^[\da-f]{32}$/);
});

test("a share of traces is kept", async () => {
  const tracer = await open({ sampler: "traceidratio", ratio: 0.5 });
  const kept = Array.from({ length: 2_000 }, () => tracer.keep());
  const share = kept.filter((starter) => starter !== undefined).length / kept.length;
  expect(share).toBeGreaterThan(0.4);
  expect(share).toBeLessThan(0.6);
  receiver.mode = "refuse";
});
