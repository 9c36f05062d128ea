import { readFileSync } from "node:fs";
import { Gauge, type Registry } from "prom-client";

const NAME = "ofs_build_info";
const LABELS = ["service", "version", "node"] as const;

/** Version of OFS: all its packages have the same. It is read from this package, the same from `src` and from `dist`. */
export function ofsVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/**
 * Puts `ofs_build_info{service,version,node} 1` among the metrics: which version runs where.
 *
 * @param service such as `api-server`; it takes the place of a default label of the same name
 */
export function registerBuildInfo(metrics: Registry, service: string): void {
  const known = metrics.getSingleMetric(NAME) as Gauge<(typeof LABELS)[number]> | undefined;
  const gauge =
    known ??
    new Gauge({
      name: NAME,
      help: "Always 1; its labels say which version of which service runs on which version of Node",
      labelNames: LABELS,
      // Workers of one process are one.
      aggregator: "max",
      registers: [metrics],
    });
  gauge.set({ service, version: ofsVersion(), node: process.versions.node }, 1);
}

/** Answers `--version`, before anything is configured or opened, and ends the process; does nothing without it. */
export function answerVersion(service: string, args: readonly string[]): void {
  if (!args.includes("--version")) return;
  process.stdout.write(`${service} ${ofsVersion()}, Node ${process.versions.node}\n`);
  process.exit(0);
}
