import { quantileOf } from "../quantiles.ts";
import type { SoakResult } from "./run-soak.ts";
import { fitSlope, inTenths, mean, type Point } from "./statistics.ts";

const MEGABYTE = 1_000_000;

/**
 * Beyond these a soak has failed. Wrong values and errors are never allowed. Latency and event-loop lag are reported and
 * not judged: neighbours on the machine change them more than any fault would.
 */
export interface SoakLimits {
  /** Growth of memory over the judged part of the run, relative to its mean size; what may be chance is taken off. */
  readonly memoryGrowthMax: number;
  /** Handles more in the last tenth than in the second. */
  readonly handleGrowthMax: number;
}

/** For runs of ten minutes and more. */
export const LONG_LIMITS: SoakLimits = {
  memoryGrowthMax: 0.15,
  handleGrowthMax: 10,
};
/** A short run ends while caches and heap still grow to their size, and beside others. */
export const SHORT_LIMITS: SoakLimits = {
  memoryGrowthMax: 2,
  handleGrowthMax: 50,
};

interface Figure {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly digits: number;
}

/** @returns what is beyond the limits; empty if the soak has passed */
export function judgeSoak(result: SoakResult, limits: SoakLimits): readonly string[] {
  const faults: string[] = [];
  const { wrongValueCount, errorCount, samples } = result;
  if (result.stepCount === 0) faults.push("nothing was asked");
  if (wrongValueCount > 0) faults.push(`${wrongValueCount} answers with wrong values`);
  if (errorCount > 0) faults.push(`${errorCount} unexpected errors`);
  for (const [name, points] of [
    ["RSS", samples.rssBytes],
    ["heap used", samples.heapUsedBytes],
  ] as const) {
    const growth = certainGrowth(points, result.seconds);
    if (growth > limits.memoryGrowthMax) {
      faults.push(`${name} grew by ${(growth * 100).toFixed(0)} % of its size`);
    }
  }
  const handles = ends(samples.handles, result.seconds, 0.5);
  if (handles.last - handles.first > limits.handleGrowthMax) {
    faults.push(`${handles.last} handles in the last tenth, ${handles.first} in the second`);
  }
  return faults;
}

/** Markdown. */
export function renderSoak(result: SoakResult): string {
  const { options, samples, seconds } = result;
  const lines = [
    `${options.minutes} minutes on ${options.store}, seed ${options.seed}: ${result.stepCount} steps ` +
      `(${(result.stepCount / seconds).toFixed(0)}/s), ${result.schemaChangeCount} changes of the registry`,
    "",
    "| figure | value |",
    "| --- | ---: |",
    `| wrong values | ${result.wrongValueCount} |`,
    `| unexpected errors | ${result.errorCount} |`,
    slopeLine("RSS", samples.rssBytes, seconds),
    slopeLine("heap used", samples.heapUsedBytes, seconds),
    "",
    "| figure | second tenth | last tenth |",
    "| --- | ---: | ---: |",
    ...figuresOf(result).map(
      ({ name, first, last, digits }) =>
        `| ${name} | ${first.toFixed(digits)} | ${last.toFixed(digits)} |`,
    ),
  ];
  return lines.join("\n");
}

function figuresOf({ samples, latenciesMs, seconds }: SoakResult): Figure[] {
  const figure = (
    name: string,
    points: readonly Point[],
    quantile: number,
    scale: number,
    digits: number,
  ) => {
    const { first, last } = ends(points, seconds, quantile);
    return { name, first: first * scale, last: last * scale, digits };
  };
  return [
    figure("RSS, MB (median)", samples.rssBytes, 0.5, 1 / MEGABYTE, 0),
    figure("heap used, MB (median)", samples.heapUsedBytes, 0.5, 1 / MEGABYTE, 0),
    figure("external memory, MB (median)", samples.externalBytes, 0.5, 1 / MEGABYTE, 0),
    figure("handles (median)", samples.handles, 0.5, 1, 0),
    figure("event-loop lag p99, ms (median)", samples.lagP99Seconds, 0.5, 1_000, 1),
    figure("read p50, ms", latenciesMs.read, 0.5, 1, 1),
    figure("read p99, ms", latenciesMs.read, 0.99, 1, 1),
    figure("write p50, ms", latenciesMs.write, 0.5, 1, 1),
    figure("write p99, ms", latenciesMs.write, 0.99, 1, 1),
  ];
}

function slopeLine(name: string, points: readonly Point[], seconds: number): string {
  const { perHour, errorPerHour } = fitSlope(judged(points, seconds));
  return `| ${name}, MB/h | ${(perHour / MEGABYTE).toFixed(1)} ± ${(errorPerHour / MEGABYTE).toFixed(1)} |`;
}

/** Growth over the judged part that two standard errors do not explain, relative to the mean. */
function certainGrowth(points: readonly Point[], seconds: number): number {
  const later = judged(points, seconds);
  const { perHour, errorPerHour } = fitSlope(later);
  const hours = (seconds * 0.8) / 3_600;
  return ((perHour - 2 * errorPerHour) * hours) / mean(later.map(({ value }) => value));
}

/** The later 80 %: by then caches and code are warm. */
function judged(points: readonly Point[], seconds: number): readonly Point[] {
  return points.filter((point) => point.seconds >= seconds * 0.2);
}

/** The second tenth (the first is warm-up) and the last. */
function ends(
  points: readonly Point[],
  seconds: number,
  quantile: number,
): { first: number; last: number } {
  return {
    first: quantileOf(inTenths(points, seconds, 1, 2), quantile),
    last: quantileOf(inTenths(points, seconds, 9, 11), quantile),
  };
}
