/** What is counted, summed over the labels that do not matter here. Buckets are those of histograms, cumulative. */
export const COUNTER_NAMES = [
  /** By `read`, `write`, `other`. */
  "calls",
  /** The same, of those that ended by a fault of ours. */
  "failures",
  /** Refused before they were read. */
  "refusals",
  /** By kind of call and bound. */
  "callSeconds",
  /** Keys, by tier. */
  "cacheHits",
  "cacheMisses",
  /** By topic. */
  "records",
  "deadLetters",
  /** By topic and bound: from a record's time to its storage. */
  "delaySeconds",
  /** Rows stored or superseded. */
  "rows",
] as const;
export type CounterName = (typeof COUNTER_NAMES)[number];

/** Numbers by name and what they are counted by; `bucketKey` for buckets. */
export class CounterTable {
  readonly #tables = new Map<CounterName, Map<string, number>>();

  add(name: CounterName, by: string, value: number): void {
    const table = this.#tables.get(name);
    if (table === undefined) this.#tables.set(name, new Map([[by, value]]));
    else table.set(by, (table.get(by) ?? 0) + value);
  }

  /** @returns undefined if it was never counted */
  get(name: CounterName, by: string): number | undefined {
    return this.#tables.get(name)?.get(by);
  }

  /** What a counter is counted by. */
  keys(name: CounterName): Iterable<string> {
    return this.#tables.get(name)?.keys() ?? [];
  }

  *entries(): Generator<readonly [name: CounterName, by: string, value: number]> {
    for (const [name, table] of this.#tables) {
      for (const [by, value] of table) yield [name, by, value];
    }
  }
}

/** @param bound the label `le`: a number or `+Inf` */
export function bucketKey(bound: string, by: string): string {
  return `${bound} ${by}`;
}

/** @returns bounds and values of one histogram's buckets, ascending */
export function bucketsOf(table: CounterTable, name: CounterName, by: string): Bucket[] {
  const buckets: Bucket[] = [];
  for (const key of table.keys(name)) {
    const at = key.indexOf(" ");
    if (key.slice(at + 1) !== by) continue;
    const bound = key.slice(0, at);
    const upper = bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound);
    buckets.push({ upper, value: table.get(name, key) ?? 0 });
  }
  return buckets.toSorted((a, b) => a.upper - b.upper);
}

/** One bucket of a histogram. */
export interface Bucket {
  /** Inclusive; `Infinity` for the last. */
  readonly upper: number;
  /** Of everything up to there. */
  readonly value: number;
}
