import type { Shape, Tier } from "../cases.ts";
import type { LoadResult } from "../load.ts";
import { median } from "../quantiles.ts";
import type { LoadKind } from "./loads.ts";

/** One row of the table: what is asked for, where it comes from, and who asks. */
export interface Cell {
  readonly tier: Tier;
  readonly shape: Shape;
  readonly keyCount: number;
  readonly load: LoadKind;
}

/** What one turn of one server has shown. */
export interface Turn extends LoadResult {
  readonly cpuMicros: number;
  readonly rssMebibytes: number;
}

/** All turns of one server in one cell, in the order of the rounds. */
export interface Series {
  readonly tier: string;
  readonly shape: string;
  readonly keyCount: number;
  readonly load: LoadKind;
  readonly candidate: string;
  readonly turns: readonly Turn[];
  /** Of the yardstick in the same rounds. */
  readonly yardstick: readonly Turn[];
}

/** Names a cell and who was measured in it: the same in all runs. */
export function seriesName({ tier, shape, keyCount, load, candidate }: Series): string {
  return `${tier}, ${shape}, ${keyCount} ${keyCount === 1 ? "key" : "keys"}, ${load}, ${candidate}`;
}

/** CPU of the candidate over that of the yardstick, round by round; those where both are known. */
export function cpuRatios({ turns, yardstick }: Series): number[] {
  return turns
    .map(({ cpuMicros }, i) => cpuMicros / (yardstick[i]?.cpuMicros ?? Number.NaN))
    .filter(Number.isFinite);
}

/** The median of the rounds' own ratios. */
export function cpuRatio(series: Series): number {
  return median(cpuRatios(series));
}
