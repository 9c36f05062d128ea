import { createLogger, EnvReader, FeatureStoreError, Health, Lifecycle } from "@ofs/platform";
import { MemoryRegistrySource, type RegistryAuthor } from "@ofs/registry";
import { type OtlpReceiver, startOtlpReceiver } from "@ofs/testkit";
import { readTracingSettings, tracerOpener } from "@ofs/tracing";
import fastify, { type FastifyInstance } from "fastify";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RequestTraces } from "../../src/tracing/request-traces.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const CALLER_SPAN = "b7ad6b7169203331";
const TRACEPARENT = `00-${TRACE_ID}-${CALLER_SPAN}-01`;

let receiver: OtlpReceiver;
let lifecycle: Lifecycle;
let app: FastifyInstance;

beforeEach(async () => {
  receiver = await startOtlpReceiver();
  const log = createLogger({ service: "t", level: "DISABLED" });
  lifecycle = new Lifecycle(log, 20_000);
  const settings = readTracingSettings(
    new EnvReader({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_TRACES_SAMPLER: "parentbased_always_off",
    }),
  );
  const base = { log, metrics: new Registry(), health: new Health(), lifecycle };
  const service = { service: "horizon", appName: "t", appEnv: "" };
  const tracer = await tracerOpener(settings)(service, base);
  if (tracer === undefined) throw new Error("no tracer");
  const traces = new RequestTraces(tracer);
  app = fastify();
  traces.observe(app);
  const registry = traces.registryAuthor(author());
  const tables = traces.tableMaker({
    make: async ({ table }) => {
      if (table === "bad") throw new FeatureStoreError("FAILED_PRECONDITION", "another key");
    },
    describe: () => Promise.resolve(undefined),
  });
  app.post<{ Params: { table: string } }>("/things/:table", async ({ params: { table } }) => {
    await tables.make({ dbType: "scylla", confId: 1, table } as Parameters<typeof tables.make>[0]);
    await registry.writeIf([{ path: "a/b", value: Buffer.from("1") }], []);
    return {};
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
});

afterEach(async () => {
  await app.close();
  await lifecycle.close();
  await receiver.close();
});

/** Whatever is written, it was at revision 7. */
function author(): RegistryAuthor {
  const source = new MemoryRegistrySource({});
  return Object.assign(source, {
    loadForWrite: () => Promise.reject(new Error("not expected")),
    writeIf: () => Promise.resolve({ revision: 7 }),
  }) as unknown as RegistryAuthor;
}

async function post(path: string, headers: Record<string, string>): Promise<number> {
  const url = new URL(path, app.listeningOrigin);
  const all = { "content-type": "application/json", ...headers };
  return (await fetch(url, { method: "POST", headers: all, body: '{"a": 1}' })).status;
}

it("tells what a request asks of stores and registry, as part of its caller's trace", async () => {
  expect(await post("/things/users", {})).toBe(200);
  expect(await post("/things/users", { traceparent: TRACEPARENT })).toBe(200);
  await app.close();
  await lifecycle.close();
  const request = receiver.spans.find(({ name }) => name === "POST /things/:table");
  expect(request).toMatchObject({
    service: "ofs-horizon",
    traceId: TRACE_ID,
    parentSpanId: CALLER_SPAN,
    kind: 2,
    statusCode: 0,
    attributes: { "http.route": "/things/:table", "http.response.status_code": 200 },
  });
  const children = receiver.spans.filter(({ parentSpanId }) => parentSpanId === request?.spanId);
  expect(children).toMatchObject([
    { name: "ensure table", attributes: { "db.collection.name": "users" } },
    { name: "write registry", attributes: { "ofs.changes": 1 } },
  ]);
  expect(receiver.spans).toHaveLength(3);
});

it("marks what failed, by its code", async () => {
  expect(await post("/things/bad", { traceparent: TRACEPARENT })).toBe(500);
  await app.close();
  await lifecycle.close();
  expect(receiver.spans).toMatchObject([
    {
      name: "ensure table",
      statusCode: 2,
      attributes: { "error.type": "FAILED_PRECONDITION" },
    },
    { name: "POST /things/:table", statusCode: 2 },
  ]);
});
