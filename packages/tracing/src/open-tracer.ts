import type { ServiceBase, Tracer } from "@ofs/platform";
import type { TracingSettings } from "./settings.ts";

/** For sending what is left at the end; the service has stopped its work by then. */
const FLUSH_MS = 3_000;

/** Who traces. */
export interface TracedService {
  /** For example `api-server`: its traces are `ofs-api-server`'s unless `OTEL_SERVICE_NAME` says otherwise. */
  readonly service: string;
  readonly appName: string;
  readonly appEnv: string;
}

/**
 * Opens the way of traces to a collector, if there is one. Call first, so that it is closed last: what is left is sent then,
 * or given up after 3 s. A collector that is away, slow or refuses costs spans, which are counted, and nothing else.
 *
 * @returns undefined where tracing is off; OpenTelemetry is not even loaded then
 */
export async function openTracer(
  service: TracedService,
  settings: TracingSettings | undefined,
  { lifecycle, log, metrics }: Pick<ServiceBase, "lifecycle" | "log" | "metrics">,
): Promise<Tracer | undefined> {
  if (settings === undefined) return undefined;
  const { OtelTracing } = await import("./otel/otel-tracing.ts");
  const tracing = await OtelTracing.open(service, settings, { log, metrics });
  lifecycle.register("tracing", (signal) =>
    tracing.close(AbortSignal.any([signal, AbortSignal.timeout(FLUSH_MS)])),
  );
  return tracing.tracer;
}
