import { type Comparison, type DataFile, FileStats, mayMatch, type TableType } from "@ofs/delta";
import { describe, expect, it } from "vitest";

function schema(type: TableType) {
  return [{ name: "c", type, isNullable: true, physicalName: "col-1", fieldId: undefined }];
}

function file(stats: object | string | undefined, partition?: string | null): DataFile {
  const text = typeof stats === "string" ? stats : JSON.stringify(stats);
  return {
    path: "a.parquet",
    sizeBytes: 1,
    rowCount: undefined,
    partitionValues: new Map(partition === undefined ? [] : [["col-1", partition]]),
    deletionVector: undefined,
    stats: text === undefined ? undefined : new FileStats(text),
  };
}

function bounds(minimum: unknown, maximum: unknown, nulls = 1): object {
  return {
    numRecords: 10,
    minValues: { "col-1": minimum },
    maxValues: { "col-1": maximum },
    nullCount: { "col-1": nulls },
  };
}

function kept(
  of: DataFile,
  type: TableType,
  operator: Comparison["operator"],
  value?: Comparison["value"],
): boolean {
  const comparison = { column: "c", operator, ...(value === undefined ? {} : { value }) };
  return mayMatch(of, schema(type), [comparison]);
}

const LONG = { kind: "long" } as const;
const STRING = { kind: "string" } as const;
const DOUBLE = { kind: "double" } as const;
const TIME = { kind: "timestamp" } as const;

describe("mayMatch by statistics", () => {
  const of = file(bounds(10, 20));

  it.each([
    ["=", 9n, false],
    ["=", 10n, true],
    ["=", 20n, true],
    ["=", 21n, false],
    ["<", 10n, false],
    ["<", 11n, true],
    ["<=", 9n, false],
    ["<=", 10n, true],
    [">", 20n, false],
    [">", 19n, true],
    [">=", 21n, false],
    [">=", 20n, true],
  ] as const)("column from 10 to 20 %s %s: %s", (operator, value, expected) => {
    expect(kept(of, LONG, operator, value)).toBe(expected);
  });

  it("keeps files that tell nothing, or nothing that can be read", () => {
    for (const stats of [undefined, {}, "{broken", bounds("x", {}), bounds(undefined, undefined)]) {
      expect(kept(file(stats), LONG, "=", 1n)).toBe(true);
    }
  });

  it("does not trust numbers that JSON has rounded", () => {
    const huge = file(
      '{"minValues":{"col-1":9007199254740993},"maxValues":{"col-1":9007199254740993}}',
    );
    expect(kept(huge, LONG, "=", 9_007_199_254_740_993n)).toBe(true);
    expect(kept(huge, LONG, "<", 0n)).toBe(true);
  });

  it("expects NaN above every maximum, and microseconds above one of milliseconds", () => {
    expect(kept(file(bounds(1, 2)), DOUBLE, ">", 5)).toBe(true);
    expect(kept(file(bounds(1, 2)), DOUBLE, "<", 1)).toBe(false);
    const times = file(bounds("2020-01-01T00:00:00.000Z", "2020-01-01T00:00:00.001Z"));
    expect(kept(times, TIME, "=", 1_577_836_800_001_999n)).toBe(true);
    expect(kept(times, TIME, ">", 1_577_836_800_002_000n)).toBe(false);
  });

  it("compares texts by their bytes", () => {
    const texts = file(bounds("a", "\uffee"));
    expect(kept(texts, STRING, "=", "😀")).toBe(false);
    expect(kept(texts, STRING, "=", "Z")).toBe(false);
    expect(kept(texts, STRING, "=", "é")).toBe(true);
  });

  it("counts missing values", () => {
    expect(kept(file(bounds(1, 2, 0)), LONG, "isNull")).toBe(false);
    expect(kept(file(bounds(1, 2, 1)), LONG, "isNull")).toBe(true);
    expect(kept(file(bounds(null, null, 10)), LONG, "isNotNull")).toBe(false);
    expect(kept(file(bounds(null, null, 10)), LONG, "=", 1n)).toBe(false);
    const loose = { ...bounds(null, null, 10), tightBounds: false };
    expect(kept(file(loose), LONG, "isNotNull")).toBe(true);
  });
});

describe("mayMatch by partition values", () => {
  it("compares the value itself", () => {
    expect(kept(file(undefined, "7"), LONG, "=", 7n)).toBe(true);
    expect(kept(file(undefined, "7"), LONG, ">", 7n)).toBe(false);
    expect(kept(file(undefined, null), LONG, "isNull")).toBe(true);
    expect(kept(file(undefined, null), LONG, "=", 7n)).toBe(false);
    expect(kept(file(undefined, "7"), LONG, "isNull")).toBe(false);
  });

  it("wants all conditions", () => {
    const both: Comparison[] = [
      { column: "c", operator: ">", value: 5n },
      { column: "c", operator: "<", value: 6n },
    ];
    expect(mayMatch(file(undefined, "7"), schema(LONG), both)).toBe(false);
  });
});

describe("a filter", () => {
  it("of an unknown column or another type is refused by name", () => {
    const unknown: Comparison = { column: "x", operator: "isNull" };
    expect(() => mayMatch(file({}), schema(LONG), [unknown])).toThrow("column x is not known");
    expect(() => kept(file({}), LONG, "=", 7)).toThrow("filter: c = 7: no long");
    expect(() => kept(file({}), LONG, "=")).toThrow("no long");
  });
});
