import { median } from "../quantiles.ts";
import { cpuRatio, cpuRatios, type Series, type Turn } from "./cell.ts";

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
/** Of servers whose process is somebody else's. */
const UNKNOWN = "-";

/** Markdown: medians, and of the CPU the least and the most of a round. */
export function renderTable(all: readonly Series[]): string {
  const divider = HEAD.map((_, i) => (TEXT_COLUMNS.includes(i) ? "---" : "---:"));
  return [HEAD, divider, ...all.map(cellsOf)].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function figure(value: number, digits: number): string {
  return Number.isNaN(value) ? UNKNOWN : value.toFixed(digits);
}

function cellsOf(series: Series): string[] {
  const { tier, shape, keyCount, load, candidate, turns, yardstick } = series;
  const of = (figure: (turn: Turn) => number): number => median(turns.map(figure));
  const cpu = turns.map(({ cpuMicros }) => cpuMicros);
  const range = `[${Math.min(...cpu).toFixed(1)}..${Math.max(...cpu).toFixed(1)}]`;
  const isKnown = !Number.isNaN(median(cpu));
  return [
    tier,
    shape,
    String(keyCount),
    load,
    candidate,
    isKnown ? `${median(cpu).toFixed(1)} ${range}` : UNKNOWN,
    figure(median(cpu) / keyCount, 2),
    median(yardstick.map(({ cpuMicros }) => cpuMicros)).toFixed(1),
    figure(cpuRatio(series), 2),
    of((t) => t.callsPerSecond).toFixed(0),
    of((t) => t.p50Ms).toFixed(2),
    of((t) => t.p99Ms).toFixed(2),
    of((t) => t.p999Ms).toFixed(2),
    figure(
      of((t) => t.rssMebibytes),
      0,
    ),
  ];
}

/** Markdown, where several servers took turns: CPU of each over that of the first in the same round. */
export function renderAgainstFirst(all: readonly Series[]): string {
  const rows = all.flatMap((series) => {
    const first = all.find((other) => isSameCell(other, series));
    if (first === undefined || first === series || cpuRatios(series).length === 0) return [];
    const ratios = series.turns.map(
      ({ cpuMicros }, round) => cpuMicros / (first.turns[round]?.cpuMicros ?? Number.NaN),
    );
    const range = `[${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}]`;
    const { candidate, keyCount, load, shape, tier } = series;
    const figure = `${median(ratios).toFixed(2)} ${range}`;
    return [[tier, shape, keyCount, load, candidate, first.candidate, figure]];
  });
  if (rows.length === 0) return "";
  const head = ["tier", "features", "keys", "load", "server", "over", "x CPU"];
  const divider = head.map((_, i) => (i === 2 || i === 6 ? "---:" : "---"));
  return `\n${[head, divider, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

function isSameCell(one: Series, other: Series): boolean {
  return (
    one.tier === other.tier &&
    one.shape === other.shape &&
    one.keyCount === other.keyCount &&
    one.load === other.load
  );
}
