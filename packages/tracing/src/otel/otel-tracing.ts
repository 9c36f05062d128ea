import { hostname } from "node:os";
import type { Logger, TracedService, Tracer } from "@ofs/platform";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type SpanExporter,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Registry } from "prom-client";
import type { TracingSettings } from "../settings.ts";
import { BoundedProcessor, CountedExporter, SpanCounts } from "./bounded-export.ts";
import { OtelTracer } from "./otel-tracer.ts";
import { type Sampling, samplingOf } from "./sampling.ts";

/** A name for whoever reads traces: all spans are made by these seams. */
const SCOPE = "ofs";

/** OpenTelemetry's SDK, wired. Registers nothing globally: several services may run in one program. */
export class OtelTracing {
  readonly tracer: Tracer;
  readonly #provider: TracerProvider;
  readonly #log: Logger;

  private constructor(provider: TracerProvider, sampling: Sampling, log: Logger) {
    this.#provider = provider;
    this.#log = log;
    this.tracer = new OtelTracer(provider.getTracer(SCOPE), sampling);
  }

  static async open(
    service: TracedService,
    settings: TracingSettings,
    { log, metrics }: { readonly log: Logger; readonly metrics: Registry },
  ): Promise<OtelTracing> {
    const counts = new SpanCounts(metrics);
    const exporter = new CountedExporter(await createExporter(settings), counts, log);
    const { exportDelayMs, maxBatchSpans, maxQueuedSpans, ratio, sampler, timeoutMs } = settings;
    const batches = new BatchSpanProcessor({
      exporter,
      maxQueueSize: maxQueuedSpans,
      maxExportBatchSize: maxBatchSpans,
      scheduledDelayMillis: exportDelayMs,
      exportTimeoutMillis: timeoutMs,
    });
    const provider = new TracerProvider({
      resource: resourceFromAttributes(resourceOf(service, settings)),
      // What is not kept never gets here.
      sampler: new AlwaysOnSampler(),
      spanProcessors: [new BoundedProcessor(batches, counts, maxQueuedSpans)],
    });
    log.info({ host: new URL(settings.url).host, sampler, ratio }, "tracing");
    return new OtelTracing(provider, samplingOf(sampler, ratio), log);
  }

  /** Sends what is left, until the signal aborts. Never rejects: traces are no reason for an unclean end. */
  async close(signal: AbortSignal): Promise<void> {
    const sent = this.#provider.shutdown().catch((err: unknown) => {
      this.#log.warn({ err }, "the last traces could not be exported");
    });
    const given = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([sent, given]);
  }
}

/** Only the one that is asked for is loaded. */
async function createExporter({
  headers,
  protocol,
  timeoutMs,
  url,
}: TracingSettings): Promise<SpanExporter> {
  const options = { url, headers: { ...headers }, timeoutMillis: timeoutMs };
  if (protocol === "http/json") {
    const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
    return new OTLPTraceExporter(options);
  }
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-proto");
  return new OTLPTraceExporter(options);
}

function resourceOf(
  { appEnv, appName, service }: TracedService,
  { resourceAttributes, serviceName }: TracingSettings,
): Record<string, string | number> {
  const name = serviceName ?? resourceAttributes["service.name"] ?? `ofs-${service}`;
  return {
    "service.namespace": appName,
    ...(appEnv === "" ? {} : { "deployment.environment.name": appEnv }),
    "host.name": hostname(),
    "process.pid": process.pid,
    ...resourceAttributes,
    "service.name": name,
  };
}
