import { median } from "../quantiles.ts";
import { cpuRatios, type Series } from "./cell.ts";
import { decades, type LogScale, logScale, rounded, tag, text } from "./svg.ts";

const WIDTH = 940;
const LEFT = { from: 170, to: 470 };
const RIGHT = { from: 580, to: 860 };
const ROW = 18;
const GROUP_GAP = 8;
const TITLE = 58;
const FOOT = 34;

const INK = "#1f2933";
const FAINT = "#d5dae0";
const MUTED = "#5c6773";
const CHEAPER = "#0f766e";
const DEARER = "#b45309";
const COST = "#1d4ed8";

const HALVINGS = [0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];

/** One line of a panel: a tier and a number of keys. */
interface Line {
  readonly tier: string;
  readonly keyCount: number;
  /** Sorted, round by round. */
  readonly ratios: readonly number[];
  readonly microsPerKey: readonly number[];
}

/**
 * SVG: for each shape, load and server a panel with CPU beside grpc-go on the left (bars to the left of 1 cost less than it) and
 * CPU for each key on the right, both logarithmic; whiskers reach from the least to the most of a round. Servers whose
 * CPU is not known are left out.
 */
export function renderChart(all: readonly Series[]): string {
  const panels = new Map<string, Line[]>();
  for (const series of all) {
    const line = lineOf(series);
    if (line.ratios.length === 0) continue;
    const title = `${series.shape}, ${series.load}, ${series.candidate}`;
    panels.set(title, [...(panels.get(title) ?? []), line]);
  }
  const lines = [...panels.values()].flat();
  const ratios = logScale(
    ticksOver(HALVINGS, lines.flatMap((line) => line.ratios).concat(0.5, 2)),
    LEFT.from,
    LEFT.to,
  );
  const costs = logScale(decades(lines.flatMap((line) => line.microsPerKey)), RIGHT.from, RIGHT.to);
  const parts: string[] = [];
  let top = 0;
  for (const [title, panel] of panels) {
    const height = heightOf(panel);
    parts.push(renderPanel(title, panel, top, ratios, costs));
    top += height;
  }
  const size = { viewBox: `0 0 ${WIDTH} ${top}`, width: WIDTH, height: top };
  const background = tag("rect", { width: WIDTH, height: top, fill: "#ffffff" });
  return `${tag(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", ...size, "font-family": "sans-serif", "font-size": 12 },
    [background, ...parts].join("\n"),
  )}\n`;
}

function lineOf(series: Series): Line {
  const ascending = (values: readonly number[]): number[] =>
    values.filter(Number.isFinite).toSorted((a, b) => a - b);
  return {
    tier: series.tier,
    keyCount: series.keyCount,
    ratios: ascending(cpuRatios(series)),
    microsPerKey: ascending(series.turns.map(({ cpuMicros }) => cpuMicros / series.keyCount)),
  };
}

function heightOf(lines: readonly Line[]): number {
  const tiers = new Set(lines.map(({ tier }) => tier)).size;
  return TITLE + lines.length * ROW + tiers * GROUP_GAP + FOOT;
}

function renderPanel(
  title: string,
  lines: readonly Line[],
  top: number,
  ratios: LogScale,
  costs: LogScale,
): string {
  const first = top + TITLE;
  const last = top + heightOf(lines) - FOOT;
  const parts = [
    text(title, { x: 16, y: top + 24, "font-size": 14, "font-weight": "bold", fill: INK }),
    text("CPU, x grpc-go", { x: LEFT.from, y: top + 46, fill: MUTED }),
    text("CPU, us/key", { x: RIGHT.from, y: top + 46, fill: MUTED }),
    ...renderAxis(ratios, first, last),
    ...renderAxis(costs, first, last),
    tag("line", { ...vertical(ratios.at(1), first, last), stroke: INK, "stroke-width": 1.5 }),
  ];
  let y = first;
  let tier: string | undefined;
  for (const line of lines) {
    if (line.tier !== tier) {
      y += GROUP_GAP;
      tier = line.tier;
      parts.push(text(tier, { x: 16, y: y + ROW - 5, fill: INK }));
    }
    parts.push(...renderLine(line, y, ratios, costs));
    y += ROW;
  }
  return parts.join("\n");
}

function renderAxis(scale: LogScale, top: number, bottom: number): string[] {
  return scale.ticks.flatMap((tick) => [
    tag("line", { ...vertical(scale.at(tick), top, bottom), stroke: FAINT }),
    text(rounded(tick), {
      x: scale.at(tick),
      y: bottom + 15,
      fill: MUTED,
      "font-size": 11,
      "text-anchor": "middle",
    }),
  ]);
}

function renderLine(line: Line, y: number, ratios: LogScale, costs: LogScale): string[] {
  const middle = y + ROW / 2;
  const [ratio, cost] = [median(line.ratios), median(line.microsPerKey)];
  const [zero, end] = [ratios.at(1), ratios.at(ratio)];
  const label = `${line.keyCount} ${line.keyCount === 1 ? "key" : "keys"}`;
  return [
    text(label, { x: LEFT.from - 12, y: middle + 4, fill: MUTED, "text-anchor": "end" }),
    tag("rect", {
      x: Math.min(zero, end),
      y: y + 3,
      width: Math.abs(end - zero),
      height: ROW - 6,
      fill: ratio <= 1 ? CHEAPER : DEARER,
    }),
    whisker(line.ratios, ratios, middle),
    // Beside the longer of bar and whisker, so that neither runs through it.
    text(ratio.toFixed(2), {
      x: rightEnd(line.ratios, ratios, zero) + 6,
      y: middle + 4,
      fill: INK,
    }),
    whisker(line.microsPerKey, costs, middle),
    tag("circle", { cx: costs.at(cost), cy: middle, r: 4.5, fill: COST }),
    text(cost.toFixed(2), {
      x: rightEnd(line.microsPerKey, costs, 0) + 9,
      y: middle + 4,
      fill: INK,
    }),
  ];
}

function whisker(sorted: readonly number[], scale: LogScale, y: number): string {
  const [x1, x2] = [scale.at(sorted[0] as number), scale.at(sorted.at(-1) as number)];
  return tag("line", { x1, x2, y1: y, y2: y, stroke: INK, "stroke-width": 1.5 });
}

function rightEnd(sorted: readonly number[], scale: LogScale, atLeast: number): number {
  return Math.max(atLeast, scale.at(sorted.at(-1) as number));
}

function vertical(x: number, y1: number, y2: number): Record<string, number> {
  return { x1: x, x2: x, y1, y2 };
}

/** Those of the candidates that hold all values, and no more than they need. */
function ticksOver(candidates: readonly number[], values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const from = Math.max(
    0,
    candidates.findLastIndex((tick) => tick <= least),
  );
  const to = candidates.findIndex((tick) => tick >= most);
  return candidates.slice(from, to < 0 ? undefined : to + 1);
}
