import type { Shape, Tier } from "../cases.ts";
import type { LoadKind } from "./loads.ts";

/** One row of the table: what is asked for, where it comes from, and who asks. */
export interface Cell {
  readonly tier: Tier;
  readonly shape: Shape;
  readonly keyCount: number;
  readonly load: LoadKind;
}

/** What one turn of one server has shown. */
export interface Turn {
  readonly cpuMicros: number;
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
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

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** CPU of the candidate over that of the yardstick: the median of the rounds' own ratios. */
export function cpuRatio({ turns, yardstick }: Series): number {
  return median(
    turns.map(({ cpuMicros }, i) => cpuMicros / (yardstick[i]?.cpuMicros ?? Number.NaN)),
  );
}
