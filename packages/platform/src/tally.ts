import { type Aggregator, Counter, type Metric, type Registry } from "prom-client";

/*
 * Counters and histograms for what happens once a request: prom-client looks a series up by a text of its labels each time,
 * which costs more than a cheap request itself. Here a caller keeps the series, and counting is an addition.
 */

interface TallyOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly registry: Registry;
}

/** Series of one metric by their labels' values, each made once. */
class SeriesSet<S> {
  readonly all: { readonly labels: Readonly<Record<string, string>>; readonly series: S }[] = [];
  readonly #byValues = new Map<string, S>();
  readonly #labelNames: readonly string[];
  readonly #make: () => S;

  constructor(labelNames: readonly string[], make: () => S) {
    this.#labelNames = labelNames;
    this.#make = make;
  }

  get(values: readonly string[]): S {
    const key = values.join("\u0000");
    const known = this.#byValues.get(key);
    if (known !== undefined) return known;
    if (values.length !== this.#labelNames.length) {
      throw new Error(`labels ${this.#labelNames.join(", ")} have no values ${values.join(", ")}`);
    }
    const labels = Object.fromEntries(
      this.#labelNames.map((name, i) => [name, values[i] as string]),
    );
    const series = this.#make();
    this.#byValues.set(key, series);
    this.all.push({ labels, series });
    return series;
  }
}

/** One series of a counter. */
export class CounterSeries {
  count = 0;

  add(count: number): void {
    this.count += count;
  }
}

/** A counter whose series their users keep. A series shows once it has counted anything. */
export class TallyCounter {
  readonly #series: SeriesSet<CounterSeries>;

  constructor({ name, help, labelNames, registry }: TallyOptions) {
    const set = new SeriesSet(labelNames, () => new CounterSeries());
    this.#series = set;
    new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, series } of set.all) {
          if (series.count > 0) this.inc(labels, series.count);
        }
      },
    });
  }

  /** @param values of the labels, in the order of their names. Keep what is returned */
  series(...values: readonly string[]): CounterSeries {
    return this.#series.get(values);
  }
}

/** One series of a histogram. */
export class HistogramSeries {
  readonly #bounds: readonly number[];
  /** By bucket, not yet summed up; the last one is for what is beyond all bounds. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.sum += value;
  }
}

interface HistogramValue {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName: string;
}

/** A histogram whose series their users keep. A series shows once it has seen anything. */
export class TallyHistogram {
  readonly #series: SeriesSet<HistogramSeries>;

  /** @param bounds upper ends of the buckets, ascending */
  constructor({ name, help, labelNames, registry }: TallyOptions, bounds: readonly number[]) {
    const set = new SeriesSet(labelNames, () => new HistogramSeries(bounds));
    this.#series = set;
    const aggregator: Aggregator = "sum";
    const metric = {
      name,
      help,
      type: "histogram",
      aggregator,
      get: async () => ({
        name,
        help,
        type: "histogram",
        aggregator,
        values: valuesOf(name, set, bounds),
      }),
      reset: () => {
        for (const { series } of set.all) {
          series.counts.fill(0);
          series.sum = 0;
        }
      },
    };
    // What a registry needs of a metric is less than the type says.
    registry.registerMetric(metric as unknown as Metric);
  }

  /** @param values of the labels, in the order of their names. Keep what is returned */
  series(...values: readonly string[]): HistogramSeries {
    return this.#series.get(values);
  }
}

function valuesOf(
  name: string,
  set: SeriesSet<HistogramSeries>,
  bounds: readonly number[],
): HistogramValue[] {
  const values: HistogramValue[] = [];
  for (const { labels, series } of set.all) {
    let count = 0;
    const buckets: HistogramValue[] = [];
    for (const [bucket, inBucket] of series.counts.entries()) {
      count += inBucket;
      const le = bounds[bucket] ?? "+Inf";
      buckets.push({ labels: { le, ...labels }, value: count, metricName: `${name}_bucket` });
    }
    if (count === 0) continue;
    values.push(
      ...buckets,
      { labels: { ...labels }, value: series.sum, metricName: `${name}_sum` },
      { labels: { ...labels }, value: count, metricName: `${name}_count` },
    );
  }
  return values;
}
