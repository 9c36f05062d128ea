import type { Measurement } from "./measure.ts";

export interface ReportRow {
  readonly tier: string;
  readonly shape: string;
  readonly keyCount: number;
  readonly ours: Measurement;
  readonly bare: Measurement;
}

/** The median of each figure by itself. */
export function medianOf(measurements: readonly Measurement[]): Measurement {
  const median = (figure: (m: Measurement) => number): number => {
    const sorted = measurements.map(figure).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] as number;
  };
  return {
    cpuMicros: median((m) => m.cpuMicros),
    requestsPerSecond: median((m) => m.requestsPerSecond),
    rowsPerSecond: median((m) => m.rowsPerSecond),
    p50Ms: median((m) => m.p50Ms),
    p99Ms: median((m) => m.p99Ms),
  };
}

const HEAD = [
  "tier",
  "features",
  "keys",
  "server CPU us/request",
  "x bare grpc-js",
  "requests/s",
  "rows/s",
  "p50 ms",
  "p99 ms",
];

/** Markdown. */
export function renderTable(rows: readonly ReportRow[]): string {
  const lines = rows.map(({ tier, shape, keyCount, ours, bare }) => [
    tier,
    shape,
    String(keyCount),
    ours.cpuMicros.toFixed(0),
    (ours.cpuMicros / bare.cpuMicros).toFixed(2),
    ours.requestsPerSecond.toFixed(0),
    ours.rowsPerSecond.toFixed(0),
    ours.p50Ms.toFixed(2),
    ours.p99Ms.toFixed(2),
  ]);
  const divider = HEAD.map((_, i) => (i < 2 ? "---" : "---:"));
  return [HEAD, divider, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
