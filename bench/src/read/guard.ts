import { median } from "../quantiles.ts";
import { cpuRatios, type Series, seriesName } from "./cell.ts";

/** A cell may cost so much more, beside the yardstick, than it did. */
export const TOLERATED_GROWTH = 0.1;

export type Verdict = "same" | "worse" | "better";

/** The ratio to the yardstick in one cell, then and now. Rounds are sorted. */
export interface Comparison {
  readonly name: string;
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Of the medians, as a share of that of then. */
  readonly growth: number;
  readonly verdict: Verdict;
}

/**
 * Cell by cell, those that both runs have. A cell is worse or better where the medians of the ratios differ by more than
 * is tolerated and each median lies outside of the other run's rounds: what rounds of one run differ by says nothing.
 *
 * @throws {Error} if the runs have no cell in common, or none with a known ratio
 */
export function compareRuns(before: readonly Series[], after: readonly Series[]): Comparison[] {
  const known = new Map(before.map((series) => [seriesName(series), cpuRatios(series)]));
  const all: Comparison[] = [];
  for (const series of after) {
    const name = seriesName(series);
    const [old, current] = [known.get(name) ?? [], cpuRatios(series)];
    if (old.length > 0 && current.length > 0) all.push(compareCell(name, old, current));
  }
  if (all.length > 0) return all;
  throw new Error(
    `nothing to compare: none of the ${after.length} cells of this run is among the ${before.length} of the other`,
  );
}

function compareCell(name: string, old: readonly number[], current: readonly number[]): Comparison {
  const before = old.toSorted((a, b) => a - b);
  const after = current.toSorted((a, b) => a - b);
  const growth = median(after) / median(before) - 1;
  const isBeyondRounds = isOutside(median(after), before) && isOutside(median(before), after);
  const isChanged = Math.abs(growth) > TOLERATED_GROWTH && isBeyondRounds;
  const verdict = isChanged ? (growth > 0 ? "worse" : "better") : "same";
  return { name, before, after, growth, verdict };
}

function isOutside(value: number, sorted: readonly number[]): boolean {
  return value < (sorted[0] as number) || value > (sorted.at(-1) as number);
}

/** Markdown. */
export function renderComparison(all: readonly Comparison[], beforeName: string): string {
  const rows = all.map(({ name, before, after, growth, verdict }) =>
    [
      name,
      described(before),
      described(after),
      percentOf(growth),
      verdict === "same" ? "" : verdict,
    ]
      .join(" | ")
      .trimEnd(),
  );
  const count = all.filter(({ verdict }) => verdict === "worse").length;
  return [
    `| x grpc-go | ${beforeName} | now | growth | |`,
    "| --- | ---: | ---: | ---: | --- |",
    ...rows.map((row) => `| ${row} |`),
    "",
    `${all.length} cells compared, ${count} worse by more than ${TOLERATED_GROWTH * 100} %`,
  ].join("\n");
}

function described(sorted: readonly number[]): string {
  const [least, most] = [sorted[0] as number, sorted.at(-1) as number];
  return `${median(sorted).toFixed(2)} [${least.toFixed(2)}..${most.toFixed(2)}]`;
}

function percentOf(share: number): string {
  const percent = Math.round(share * 100);
  return `${percent > 0 ? "+" : ""}${percent} %`;
}
