import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketKey, bucketsOf, CounterTable } from "../../src/fleet/counters.ts";
import {
  type CounterReading,
  mergeBuckets,
  mergeRates,
  quantileOf,
  ratioOf,
  windowOf,
} from "../../src/fleet/rates.ts";

type Calls = Readonly<Record<string, number>>;

function tableOf(calls: Calls): CounterTable {
  const table = new CounterTable();
  for (const [by, value] of Object.entries(calls)) table.add("calls", by, value);
  return table;
}

function reading(atMs: number, calls: Calls, startedAtMs: number | undefined = 7): CounterReading {
  return { atMs, startedAtMs, counters: tableOf(calls) };
}

function histogram(values: Readonly<Record<string, number>>): CounterTable {
  const table = new CounterTable();
  for (const [le, value] of Object.entries(values)) {
    table.add("callSeconds", bucketKey(le, "read"), value);
  }
  return table;
}

describe("a window between two readings", () => {
  it("has what was counted a second", () => {
    const window = windowOf(reading(1_000, { read: 10 }), reading(6_000, { read: 60 }));
    expect(window?.seconds).toBe(5);
    expect(window?.rates.get("calls", "read")).toBe(10);
  });

  it("counts series that were not there before from 0", () => {
    const window = windowOf(reading(0, {}), reading(2_000, { write: 4 }));
    expect(window?.rates.get("calls", "write")).toBe(2);
    expect(window?.rates.get("calls", "read")).toBeUndefined();
  });

  it("is none if a counter went back, or a series is gone", () => {
    expect(windowOf(reading(0, { read: 10 }), reading(5_000, { read: 9 }))).toBeUndefined();
    expect(windowOf(reading(0, { read: 10 }), reading(5_000, {}))).toBeUndefined();
  });

  it("is none after a restart, even if the counters are higher by now", () => {
    expect(windowOf(reading(0, { read: 10 }, 1), reading(5_000, { read: 90 }, 2))).toBeUndefined();
  });

  it("is none between readings of nearly the same time", () => {
    expect(windowOf(reading(0, { read: 1 }), reading(499, { read: 2 }))).toBeUndefined();
  });
});

describe("merging", () => {
  it("adds up rates of instances", () => {
    const merged = mergeRates([tableOf({ read: 1, write: 2 }), tableOf({ read: 3 })]);
    expect([...merged.entries()]).toEqual([
      ["calls", "read", 4],
      ["calls", "write", 2],
    ]);
  });

  it("adds up buckets, and leaves out bounds that an instance has not", () => {
    const all = [
      histogram({ "0.1": 1, "1": 3, "+Inf": 4 }),
      histogram({ "1": 5, "10": 6, "+Inf": 7 }),
      histogram({}),
    ];
    expect(mergeBuckets(all, "callSeconds", "read")).toEqual([
      { upper: 1, value: 8 },
      { upper: Number.POSITIVE_INFINITY, value: 11 },
    ]);
    expect(mergeBuckets(all, "callSeconds", "write")).toEqual([]);
  });

  it("keeps histograms of one name apart, also by texts with blanks", () => {
    const table = new CounterTable();
    table.add("delaySeconds", bucketKey("1", "a"), 1);
    table.add("delaySeconds", bucketKey("1", "b a"), 2);
    expect(bucketsOf(table, "delaySeconds", "b a")).toEqual([{ upper: 1, value: 2 }]);
  });
});

describe("quantiles", () => {
  const buckets = [
    { upper: 0.1, value: 50 },
    { upper: 0.2, value: 90 },
    { upper: Number.POSITIVE_INFINITY, value: 100 },
  ];

  it("are spread evenly within a bucket, as Prometheus does it", () => {
    expect(quantileOf(buckets, 0.25)).toBeCloseTo(0.05);
    expect(quantileOf(buckets, 0.5)).toBeCloseTo(0.1);
    expect(quantileOf(buckets, 0.7)).toBeCloseTo(0.15);
  });

  it("above the last bound are at it", () => {
    expect(quantileOf(buckets, 0.99)).toBe(0.2);
  });

  it("of nothing are none", () => {
    expect(quantileOf([], 0.5)).toBeUndefined();
    expect(
      quantileOf(
        buckets.map(({ upper }) => ({ upper, value: 0 })),
        0.5,
      ),
    ).toBeUndefined();
    expect(quantileOf(buckets.slice(0, 2), 0.5)).toBeUndefined();
    expect(quantileOf(buckets.slice(2), 0.5)).toBeUndefined();
  });

  it("never fall as the share rises, and stay within the bounds", () => {
    const counts = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), (each, share) => {
        let sum = 0;
        const made = each.map((count, at) => {
          sum += count;
          return { upper: at + 1, value: sum };
        });
        made.push({ upper: Number.POSITIVE_INFINITY, value: sum });
        const [low, high] = [quantileOf(made, share / 2), quantileOf(made, share)];
        if (sum === 0) return low === undefined && high === undefined;
        if (low === undefined || high === undefined) return false;
        return low >= 0 && low <= high + 1e-9 && high <= each.length;
      }),
    );
  });
});

it("a ratio of nothing is unknown, and not 0", () => {
  expect(ratioOf(0, 0)).toBeUndefined();
  expect(ratioOf(3, 1)).toBe(0.75);
  expect(ratioOf(0, 1)).toBe(0);
});
