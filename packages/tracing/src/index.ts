export { tracerOpener } from "./open-tracer.ts";
export { readTracingSettings, TRACING_VARIABLES, type TracingSettings } from "./settings.ts";
