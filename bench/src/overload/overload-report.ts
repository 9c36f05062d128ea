import { type LoadReport, SLICE_MS, type Slice } from "./load-plan.ts";

export interface Outcome {
  readonly name: string;
  /** Answers in time a second, at best. */
  readonly peak: number;
  readonly factor: number;
  readonly report: LoadReport;
  /** Largest memory of the server. */
  readonly rssMebibytes: number;
}

/** The server has recovered when this share of a second's calls is answered in time, and of every second's that follow. */
const RECOVERED_SHARE = 0.9;
const SLICES_PER_SECOND = 1000 / SLICE_MS;

/** Answers in time a second, by the time of their arrival. */
export function goodputOf(slices: readonly Slice[], phase: string): number {
  const own = slices.filter((slice) => slice.phase === phase);
  const seconds = (own.length * SLICE_MS) / 1000;
  return own.reduce((sum, { good }) => sum + good, 0) / seconds;
}

/** Seconds from the end of the overload; undefined if it never came. */
function recoverySeconds(slices: readonly Slice[]): number | undefined {
  const after = slices.filter(({ phase }) => phase === "after");
  const [first] = after;
  if (first === undefined) return undefined;
  const seconds = after.map((_, index) => after.slice(index, index + SLICES_PER_SECOND));
  const lastBad = seconds.findLastIndex((slices) => {
    const good = slices.reduce((sum, slice) => sum + slice.good, 0);
    return good < slices.reduce((sum, slice) => sum + slice.offered, 0) * RECOVERED_SHARE;
  });
  const recovered = after[lastBad + 1];
  return recovered === undefined ? undefined : (recovered.startMs - first.startMs) / 1000;
}

const HEAD = [
  "case",
  "peak/s",
  "offered/s",
  "good/s",
  "share of peak",
  "good p50/p99 ms",
  "refused/s",
  "refused p50/p99 ms",
  "late/s",
  "unsent/s",
  "failed/s",
  "RSS max MiB",
  "recovery s",
  "load's core",
];

/** Markdown. */
export function renderOutcomes(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(({ name, peak, report, rssMebibytes }) => {
    const own = report.slices.filter(({ phase }) => phase === "overload");
    const seconds = (own.length * SLICE_MS) / 1000;
    const rate = (count: (slice: Slice) => number): string =>
      (own.reduce((sum, slice) => sum + count(slice), 0) / seconds).toFixed(0);
    const good = goodputOf(report.slices, "overload");
    return [
      name,
      peak.toFixed(0),
      rate(({ offered }) => offered),
      good.toFixed(0),
      `${((good / peak) * 100).toFixed(0)} %`,
      quantiles(report.goodMs.get("overload")),
      rate(({ refused }) => refused),
      quantiles(report.refusedMs.get("overload")),
      rate(({ late }) => late),
      rate(({ unsent }) => unsent),
      rate(({ failed }) => failed),
      String(rssMebibytes),
      recoverySeconds(report.slices)?.toFixed(1) ?? "never",
      `${((report.ownCpu.get("overload") ?? 0) * 100).toFixed(0)} %`,
    ];
  });
  const divider = HEAD.map((_, i) => (i < 1 ? "---" : "---:"));
  return [HEAD, divider, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** One line a slice: what became of the calls that arrived in it. */
export function renderTimeline(slices: readonly Slice[]): string {
  return slices
    .map(({ phase, startMs, offered, good, refused, late, unsent, failed }) => {
      const at = (startMs / 1000).toFixed(2);
      return `${at} ${phase}: offered ${offered} good ${good} refused ${refused} late ${late} unsent ${unsent} failed ${failed}`;
    })
    .join("\n");
}

function quantiles(values: readonly number[] = []): string {
  if (values.length === 0) return "-";
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.floor(sorted.length * share)] as number).toFixed(0);
  return `${at(0.5)} / ${at(0.99)}`;
}
