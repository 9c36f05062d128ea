import { median, quantileOf } from "../quantiles.ts";
import { type CpuSample, coreShareOf } from "./cpu-watch.ts";
import { type LoadReport, SLICE_MS, type Slice } from "./load-plan.ts";

export interface Outcome {
  readonly name: string;
  /** How often `peak`, `overload` and `after` took turns; the phases are numbered from 0. */
  readonly rounds: number;
  readonly report: LoadReport;
  /** What a client saw meanwhile that makes few calls: its own event loop adds nothing to its times. */
  readonly quiet: LoadReport;
  /** Of the stores, and what else the server needs. */
  readonly storeCpu: readonly CpuSample[];
  /** Largest memory of the server. */
  readonly rssMebibytes: number;
}

/** The server has recovered when this share of a second's calls is answered in time, and of every second's that follow. */
const RECOVERED_SHARE = 0.9;
const SLICES_PER_SECOND = 1000 / SLICE_MS;

/** Answers in time a second, by the time of their arrival. */
export function goodputOf(slices: readonly Slice[], phase: string): number {
  return rateOf(slices, phase, "good");
}

function rateOf(
  slices: readonly Slice[],
  phase: string,
  what: "offered" | "good" | "refused" | "late" | "unsent" | "failed",
): number {
  const own = slices.filter((slice) => slice.phase === phase);
  const seconds = (own.length * SLICE_MS) / 1000;
  return own.reduce((sum, slice) => sum + slice[what], 0) / seconds;
}

/** Seconds from the end of the overload; `Infinity` if it never came. */
function recoverySeconds(all: readonly Slice[], phase: string): number {
  const after = all.filter((slice) => slice.phase === phase);
  const [first] = after;
  if (first === undefined) return Number.POSITIVE_INFINITY;
  const seconds = after.map((_, index) => after.slice(index, index + SLICES_PER_SECOND));
  const lastBad = seconds.findLastIndex((slices) => {
    const good = slices.reduce((sum, slice) => sum + slice.good, 0);
    return good < slices.reduce((sum, slice) => sum + slice.offered, 0) * RECOVERED_SHARE;
  });
  const recovered = after[lastBad + 1];
  if (recovered === undefined) return Number.POSITIVE_INFINITY;
  return (recovered.startMs - first.startMs) / 1000;
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
  "the same, quiet client",
  "late/s",
  "unsent/s",
  "failed/s",
  "RSS max MiB",
  "recovery s",
  "load's core",
  "stores' core, peak / overload",
  "good by stores' CPU",
];

/** Markdown; each figure is the median of the rounds. */
export function renderOutcomes(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(({ name, rounds, report, quiet, rssMebibytes, storeCpu }) => {
    const { startedAtUnixMs, slices, goodMs, refusedMs, ownCpu } = report;
    const ofRounds = (figure: (round: number) => number): number =>
      median(Array.from({ length: rounds }, (_, round) => figure(round)));
    const rate = (what: "offered" | "refused" | "late" | "unsent" | "failed"): string =>
      ofRounds((round) => rateOf(slices, `overload ${round}`, what)).toFixed(0);
    const peakOf = (round: number): number => goodputOf(slices, `peak ${round}`);
    const goodOf = (round: number): number => goodputOf(slices, `overload ${round}`);
    const storeShareIn = (phase: string): number => {
      const own = slices.filter((slice) => slice.phase === phase);
      const fromMs = startedAtUnixMs + (own[0]?.startMs ?? 0);
      return coreShareOf(storeCpu, fromMs, fromMs + own.length * SLICE_MS);
    };
    const byStoreCpu = (round: number): number =>
      (goodOf(round) / storeShareIn(`overload ${round}`)) *
      (storeShareIn(`peak ${round}`) / peakOf(round));
    const storeShare = (phase: string): string =>
      percent(ofRounds((round) => storeShareIn(`${phase} ${round}`)));
    const at = (times: ReadonlyMap<string, readonly number[]>, share: number): string =>
      ofRounds((round) => quantileOf(times.get(`overload ${round}`) ?? [], share)).toFixed(1);
    return [
      name,
      ofRounds(peakOf).toFixed(0),
      rate("offered"),
      ofRounds(goodOf).toFixed(0),
      percent(ofRounds((round) => goodOf(round) / peakOf(round))),
      `${at(goodMs, 0.5)} / ${at(goodMs, 0.99)}`,
      rate("refused"),
      `${at(refusedMs, 0.5)} / ${at(refusedMs, 0.99)}`,
      `${at(quiet.refusedMs, 0.5)} / ${at(quiet.refusedMs, 0.99)}`,
      rate("late"),
      rate("unsent"),
      rate("failed"),
      String(rssMebibytes),
      ofRounds((round) => recoverySeconds(slices, `after ${round}`)).toFixed(1),
      percent(ofRounds((round) => ownCpu.get(`overload ${round}`) ?? 0)),
      `${storeShare("peak")} / ${storeShare("overload")}`,
      percent(ofRounds(byStoreCpu)),
    ];
  });
  const divider = HEAD.map((_, i) => (i < 1 ? "---" : "---:"));
  return [HEAD, divider, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** @returns "-" for what is not known */
function percent(share: number): string {
  return Number.isNaN(share) ? "-" : `${(share * 100).toFixed(0)} %`;
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
