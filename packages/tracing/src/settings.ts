import { choice, type EnvReader, flag, integer, text } from "@ofs/platform";
import { z } from "zod";
import { parsePairs } from "./pairs.ts";

/** Spans that may wait for their export, at most; each is a few kilobytes. */
const MAX_QUEUE_LIMIT = 100_000;

const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

/** Which traces are kept; `parentbased_*` ask the caller's first. */
export type SamplerName = (typeof SAMPLERS)[number];

/** OpenTelemetry's own variables, with its defaults. */
const SCHEMA = z.object({
  OTEL_SDK_DISABLED: flag().default(false),
  OTEL_TRACES_EXPORTER: choice("otlp", "none").default("otlp"),
  OTEL_EXPORTER_OTLP_ENDPOINT: url().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url().optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: choice("http/protobuf", "http/json").default("http/protobuf"),
  OTEL_EXPORTER_OTLP_HEADERS: pairs().default({}),
  OTEL_EXPORTER_OTLP_TIMEOUT: integer(1, 60_000).default(10_000),
  OTEL_SERVICE_NAME: text().optional(),
  OTEL_RESOURCE_ATTRIBUTES: pairs().default({}),
  OTEL_TRACES_SAMPLER: choice(...SAMPLERS).default("parentbased_always_on"),
  OTEL_TRACES_SAMPLER_ARG: ratio().default(1),
  OTEL_BSP_SCHEDULE_DELAY: integer(1, 600_000).default(5_000),
  OTEL_BSP_MAX_QUEUE_SIZE: integer(1, MAX_QUEUE_LIMIT).default(2_048),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: integer(1, MAX_QUEUE_LIMIT).default(512),
});

/** Names of the variables that `readTracingSettings` reads. */
export const TRACING_VARIABLES: readonly string[] = Object.keys(SCHEMA.shape);

/** Where traces go, and which. */
export interface TracingSettings {
  /** Whole, path included. */
  readonly url: string;
  readonly protocol: "http/protobuf" | "http/json";
  readonly headers: Readonly<Record<string, string>>;
  /** Of one export, repetitions included. */
  readonly timeoutMs: number;
  /** undefined: as the service calls itself. */
  readonly serviceName: string | undefined;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly sampler: SamplerName;
  /** Share of traces that are kept, where the sampler asks for one. */
  readonly ratio: number;
  /** Between two exports. */
  readonly exportDelayMs: number;
  /** Spans beyond it are dropped, and counted. */
  readonly maxQueuedSpans: number;
  readonly maxBatchSpans: number;
}

/**
 * Reads the standard variables of OpenTelemetry; what they leave out has its standard default.
 *
 * @returns undefined where tracing is off: no endpoint is named, or it is switched off
 */
export function readTracingSettings(reader: EnvReader): TracingSettings | undefined {
  const env = reader.read(SCHEMA);
  if (env === undefined) return undefined;
  if (env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE > env.OTEL_BSP_MAX_QUEUE_SIZE) {
    const limit = `OTEL_BSP_MAX_QUEUE_SIZE, which is ${env.OTEL_BSP_MAX_QUEUE_SIZE}`;
    reader.fault("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", `must not be more than ${limit}`);
  }
  const url = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? pathOf(env.OTEL_EXPORTER_OTLP_ENDPOINT);
  if (url === undefined || env.OTEL_SDK_DISABLED || env.OTEL_TRACES_EXPORTER === "none") {
    return undefined;
  }
  return {
    url,
    protocol: env.OTEL_EXPORTER_OTLP_PROTOCOL,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS,
    timeoutMs: env.OTEL_EXPORTER_OTLP_TIMEOUT,
    serviceName: env.OTEL_SERVICE_NAME,
    resourceAttributes: env.OTEL_RESOURCE_ATTRIBUTES,
    sampler: env.OTEL_TRACES_SAMPLER,
    ratio: env.OTEL_TRACES_SAMPLER_ARG,
    exportDelayMs: env.OTEL_BSP_SCHEDULE_DELAY,
    maxQueuedSpans: env.OTEL_BSP_MAX_QUEUE_SIZE,
    maxBatchSpans: env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
  };
}

/** Of the endpoint for all signals: traces have a path below it. */
function pathOf(endpoint: string | undefined): string | undefined {
  return endpoint === undefined ? undefined : `${endpoint.replace(/\/+$/, "")}/v1/traces`;
}

function url(): z.ZodType<string> {
  return text().refine(
    (value) => /^https?:\/\/[^/]/.test(value) && URL.canParse(value),
    "must be an http or https URL",
  );
}

function ratio(): z.ZodType<number> {
  return text()
    .refine((value) => /^(?:0|1|0?\.\d+|1\.0*|0\.\d*)$/.test(value), "must be a number from 0 to 1")
    .transform(Number);
}

function pairs(): z.ZodType<Readonly<Record<string, string>>> {
  return text()
    .refine((value) => parsePairs(value) !== undefined, "must be name=value, comma-separated")
    .transform((value) => parsePairs(value) ?? {});
}
