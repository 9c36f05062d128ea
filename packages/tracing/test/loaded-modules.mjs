// Says which modules of OpenTelemetry (but its API, which prom-client needs) a process has loaded after opening its tracer, with the endpoint of its argument.
import module from "node:module";
import { createLogger, createMetrics, EnvReader, Health, Lifecycle } from "@ofs/platform";
import { readTracingSettings, tracerOpener } from "@ofs/tracing";

const [endpoint] = process.argv.slice(2);
const env = endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
const log = createLogger({ service: "t", level: "DISABLED" });
const metrics = createMetrics({ service: "t", env: "" });
const lifecycle = new Lifecycle(log, 5_000);
const service = { service: "t", appName: "t", appEnv: "" };
const base = { log, metrics, health: new Health(), lifecycle };
const tracer = await tracerOpener(readTracingSettings(new EnvReader(env)))(service, base);
const loaded = Object.keys(module._cache).filter((path) => /@opentelemetry\/(?!api\/)/.test(path));
await lifecycle.close();
process.stdout.write(JSON.stringify({ hasTracer: tracer !== undefined, loaded: loaded.length }));
