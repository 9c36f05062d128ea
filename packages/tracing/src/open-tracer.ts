import type { OpenTracer } from "@ofs/platform";
import type { TracingSettings } from "./settings.ts";

/** For sending what is left at the end; the service has stopped its work by then. */
const FLUSH_MS = 3_000;

/**
 * The way of a service's traces to a collector, if there is one. When the service ends, what is left is sent, or given up
 * after 3 s. A collector that is away, slow or refuses costs spans, which are counted, and nothing else.
 *
 * @param settings undefined: tracing is off, and OpenTelemetry is not even loaded
 */
export function tracerOpener(settings: TracingSettings | undefined): OpenTracer {
  return async (service, { lifecycle, log, metrics }) => {
    if (settings === undefined) return undefined;
    const { OtelTracing } = await import("./otel/otel-tracing.ts");
    const tracing = await OtelTracing.open(service, settings, { log, metrics });
    lifecycle.register("tracing", (signal) =>
      tracing.close(AbortSignal.any([signal, AbortSignal.timeout(FLUSH_MS)])),
    );
    return tracing.tracer;
  };
}
