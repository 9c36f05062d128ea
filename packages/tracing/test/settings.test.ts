import { ConfigError, EnvReader } from "@ofs/platform";
import { expect, test } from "vitest";
import { readTracingSettings, type TracingSettings } from "../src/settings.ts";

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };

function read(env: Record<string, string>): TracingSettings | undefined {
  const reader = new EnvReader(env);
  const settings = readTracingSettings(reader);
  return reader.finish<{ settings: TracingSettings | undefined }>({ settings }).settings;
}

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test.each([
  {},
  { OTEL_TRACES_SAMPLER: "always_on" },
  { ...ENDPOINT, OTEL_SDK_DISABLED: "true" },
  { ...ENDPOINT, OTEL_TRACES_EXPORTER: "none" },
])("off: %j", (env) => {
  expect(read(env)).toBeUndefined();
});

test("what is left out has OpenTelemetry's defaults", () => {
  expect(read(ENDPOINT)).toEqual({
    url: "http://collector:4318/v1/traces",
    protocol: "http/protobuf",
    headers: {},
    timeoutMs: 10_000,
    serviceName: undefined,
    resourceAttributes: {},
    sampler: "parentbased_always_on",
    ratio: 1,
    exportDelayMs: 5_000,
    maxQueuedSpans: 2_048,
    maxBatchSpans: 512,
  });
});

test("an endpoint for traces is taken as it is", () => {
  const traces = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://c/traces/" };
  expect(read({ ...ENDPOINT, ...traces })?.url).toBe("https://c/traces/");
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: "https://c/otlp/" })?.url).toBe(
    "https://c/otlp/v1/traces",
  );
});

test("pairs are percent-decoded", () => {
  const env = {
    ...ENDPOINT,
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20a%3Db, x-tenant = t ",
    OTEL_RESOURCE_ATTRIBUTES: "k8s.pod.name=p-1,team=ml",
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.01",
  };
  expect(read(env)).toMatchObject({
    headers: { authorization: "Bearer a=b", "x-tenant": "t" },
    resourceAttributes: { "k8s.pod.name": "p-1", team: "ml" },
    ratio: 0.01,
  });
});

test.each([
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "must be an http or https URL"],
  ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "must be one of http/protobuf, http/json"],
  ["OTEL_TRACES_SAMPLER", "jaeger_remote", "must be one of always_on"],
  ["OTEL_TRACES_SAMPLER_ARG", "1.5", "must be a number from 0 to 1"],
  ["OTEL_RESOURCE_ATTRIBUTES", "team", "must be name=value, comma-separated"],
  ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096", "must not be more than OTEL_BSP_MAX_QUEUE_SIZE"],
])("%s=%s is refused", (name, value, fault) => {
  const [first, ...others] = faultsOf({ ...ENDPOINT, [name]: value });
  expect(first).toContain(`${name}: ${fault}`);
  expect(first).toContain(`(value ${JSON.stringify(value)})`);
  expect(others).toEqual([]);
});

test("headers may be secrets: a fault does not show them", () => {
  expect(faultsOf({ OTEL_EXPORTER_OTLP_HEADERS: "hunter2" })).toEqual([
    "OTEL_EXPORTER_OTLP_HEADERS: must be name=value, comma-separated",
  ]);
});
