import { type Bucket, bucketsOf, type CounterName, CounterTable } from "./counters.ts";

/** Counters of one instance at one time. */
export interface CounterReading {
  /** Milliseconds of a clock that does not step. */
  readonly atMs: number;
  /** Start of the process, Unix milliseconds; undefined if it does not say. */
  readonly startedAtMs: number | undefined;
  readonly counters: CounterTable;
}

/** Two readings closer together say too little. */
const WINDOW_MS_MIN = 500;

/** What was counted between two readings, a second. */
export interface Window {
  readonly seconds: number;
  readonly rates: CounterTable;
}

/**
 * @returns whether `newer` goes on from `older`: the same process, of which no counter went back. Series that are new count
 * from 0, as they come about when they are first counted
 */
export function continues(older: CounterReading, newer: CounterReading): boolean {
  if (older.startedAtMs !== newer.startedAtMs) return false;
  for (const [name, by, value] of older.counters.entries()) {
    if ((newer.counters.get(name, by) ?? 0) < value) return false;
  }
  return true;
}

/** @returns undefined if the readings are too close together, or not of one run of the process */
export function windowOf(older: CounterReading, newer: CounterReading): Window | undefined {
  const ms = newer.atMs - older.atMs;
  if (ms < WINDOW_MS_MIN || !continues(older, newer)) return undefined;
  const seconds = ms / 1000;
  const rates = new CounterTable();
  for (const [name, by, value] of newer.counters.entries()) {
    rates.add(name, by, (value - (older.counters.get(name, by) ?? 0)) / seconds);
  }
  return { seconds, rates };
}

/** Adds up instances. */
export function mergeRates(all: readonly CounterTable[]): CounterTable {
  const merged = new CounterTable();
  for (const rates of all) {
    for (const [name, by, value] of rates.entries()) merged.add(name, by, value);
  }
  return merged;
}

/**
 * Adds up one histogram of several instances. Bounds that one of them has not are left out: buckets are cumulative, so what
 * remains is coarser and still true.
 *
 * @returns ascending; empty if no instance has the histogram
 */
export function mergeBuckets(
  all: readonly CounterTable[],
  name: CounterName,
  by: string,
): readonly Bucket[] {
  const histograms = all
    .map((table) => bucketsOf(table, name, by))
    .filter((buckets) => buckets.length > 0);
  const [first = [], ...others] = histograms;
  return first.flatMap(({ upper, value }) => {
    const same = others.flatMap((buckets) => buckets.find((one) => one.upper === upper) ?? []);
    if (same.length < others.length) return [];
    return [{ upper, value: same.reduce((sum, bucket) => sum + bucket.value, value) }];
  });
}

/**
 * Estimates a quantile as Prometheus does: evenly spread within a bucket. What is above the last finite bound is said to be
 * at that bound.
 *
 * @param buckets ascending, ending with infinity; counts or rates
 * @param quantile in [0, 1]
 * @returns undefined where nothing was counted
 */
export function quantileOf(buckets: readonly Bucket[], quantile: number): number | undefined {
  const total = buckets.at(-1)?.value ?? 0;
  if (!(total > 0 && buckets.at(-1)?.upper === Number.POSITIVE_INFINITY)) return undefined;
  const rank = quantile * total;
  let lower: Bucket = { upper: 0, value: 0 };
  for (const bucket of buckets) {
    if (bucket.upper === Number.POSITIVE_INFINITY) break;
    if (bucket.value >= rank && bucket.value > lower.value) {
      const share = (rank - lower.value) / (bucket.value - lower.value);
      return lower.upper + (bucket.upper - lower.upper) * share;
    }
    lower = bucket;
  }
  return buckets.length > 1 ? lower.upper : undefined;
}

/** @returns undefined where nothing was asked */
export function ratioOf(hits: number, misses: number): number | undefined {
  const all = hits + misses;
  return all > 0 ? hits / all : undefined;
}
