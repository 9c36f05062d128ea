import { median } from "../quantiles.ts";
import { cpuRatio, type Series, type Turn } from "./cell.ts";

const HEAD = [
  "tier",
  "features",
  "keys",
  "load",
  "server",
  "CPU us/request",
  "us/key",
  "grpc-go us",
  "x grpc-go",
  "requests/s",
  "p50 ms",
  "p99 ms",
  "p99.9 ms",
  "RSS MiB",
];
const TEXT_COLUMNS = [0, 1, 3, 4];

/** Markdown: medians, and of the CPU the least and the most of a round. */
export function renderTable(all: readonly Series[]): string {
  const divider = HEAD.map((_, i) => (TEXT_COLUMNS.includes(i) ? "---" : "---:"));
  return [HEAD, divider, ...all.map(cellsOf)].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function cellsOf(series: Series): string[] {
  const { tier, shape, keyCount, load, candidate, turns, yardstick } = series;
  const of = (figure: (turn: Turn) => number): number => median(turns.map(figure));
  const cpu = turns.map(({ cpuMicros }) => cpuMicros);
  const range = `[${Math.min(...cpu).toFixed(1)}..${Math.max(...cpu).toFixed(1)}]`;
  return [
    tier,
    shape,
    String(keyCount),
    load,
    candidate,
    `${median(cpu).toFixed(1)} ${range}`,
    (median(cpu) / keyCount).toFixed(2),
    median(yardstick.map(({ cpuMicros }) => cpuMicros)).toFixed(1),
    cpuRatio(series).toFixed(2),
    of((t) => t.callsPerSecond).toFixed(0),
    of((t) => t.p50Ms).toFixed(2),
    of((t) => t.p99Ms).toFixed(2),
    of((t) => t.p999Ms).toFixed(2),
    of((t) => t.rssMebibytes).toFixed(0),
  ];
}
