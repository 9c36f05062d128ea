import type { CellValue, TableType } from "@ofs/delta";
import { describe, expect, it } from "vitest";
import { parsePartitionValue } from "../../src/reader/partition-values.ts";

function parse(text: string | null, type: TableType): CellValue {
  const field = { name: "p", type, isNullable: true, physicalName: "p", fieldId: undefined };
  return parsePartitionValue(text, field, "a.parquet");
}

function decimal(precision: number, scale: number): TableType {
  return { kind: "decimal", precision, scale };
}

describe("parsePartitionValue", () => {
  it.each([
    [null, { kind: "long" }, null],
    ["", { kind: "string" }, null],
    ["x y", { kind: "string" }, "x y"],
    ["true", { kind: "boolean" }, true],
    ["-128", { kind: "byte" }, -128],
    ["9223372036854775807", { kind: "long" }, 9_223_372_036_854_775_807n],
    ["0.1", { kind: "float" }, Math.fround(0.1)],
    ["-Infinity", { kind: "double" }, Number.NEGATIVE_INFINITY],
    ["1E3", { kind: "double" }, 1000],
    ["-1.25", decimal(10, 3), -1250n],
    ["1.2E+2", decimal(10, 1), 1200n],
    ["0E-18", decimal(38, 18), 0n],
    ["1969-12-31", { kind: "date" }, -1],
    ["0001-01-01", { kind: "date" }, -719_162],
    ["1969-12-31 23:59:59.5", { kind: "timestamp" }, -500_000n],
    ["2020-01-01T00:00:00.000001Z", { kind: "timestamp" }, 1_577_836_800_000_001n],
    ["2020-01-01T01:00:00+01:00", { kind: "timestamp" }, 1_577_836_800_000_000n],
    ["2020-01-01 00:00:00", { kind: "timestamp_ntz" }, 1_577_836_800_000_000n],
  ] as [string | null, TableType, CellValue][])("reads %j as %j", (text, type, expected) => {
    expect(parse(text, type)).toBe(expected);
  });

  it.each([
    ["128", { kind: "byte" }],
    ["9223372036854775808", { kind: "long" }],
    ["1.0", { kind: "integer" }],
    ["yes", { kind: "boolean" }],
    ["1e", { kind: "double" }],
    ["1.2345", decimal(10, 3)],
    ["1000", decimal(3, 0)],
    [".", decimal(3, 0)],
    ["2021-02-29", { kind: "date" }],
    ["2020-01-01 24:00:00", { kind: "timestamp" }],
  ] as [string, TableType][])("refuses %j as %j", (text, type) => {
    expect(() => parse(text, type)).toThrow(/^file a\.parquet: partition value ".*" of p is no /);
  });
});
