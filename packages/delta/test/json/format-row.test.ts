import { type CellValue, formatCell, type TableField, type TableType } from "@ofs/delta";
import { describe, expect, it } from "vitest";

const LONG: TableType = { kind: "long" };

function field(name: string, type: TableType): TableField {
  return { name, type, isNullable: true, physicalName: name, fieldId: undefined };
}

describe("formatCell", () => {
  it.each([
    [null, LONG, "null"],
    [9_007_199_254_740_991n, LONG, "9007199254740991"],
    [-9_007_199_254_740_992n, LONG, '{"$long":"-9007199254740992"}'],
    [Number.NaN, { kind: "double" }, '{"$float":"NaN"}'],
    [Number.NEGATIVE_INFINITY, { kind: "float" }, '{"$float":"-Infinity"}'],
    [-0, { kind: "float" }, '{"$float":"-0"}'],
    [Math.fround(0.1), { kind: "float" }, "0.10000000149011612"],
    [-5n, { kind: "decimal", precision: 38, scale: 3 }, '{"$decimal":"-0.005"}'],
    [1250n, { kind: "decimal", precision: 4, scale: 0 }, '{"$decimal":"1250"}'],
    [Buffer.from([0, 255]), { kind: "binary" }, '{"$binary":"AP8="}'],
    [-719_162, { kind: "date" }, '{"$date":"0001-01-01"}'],
    [-1n, { kind: "timestamp" }, '{"$timestamp_us":"-1"}'],
    [1n, { kind: "timestamp_ntz" }, '{"$ntz_us":"1"}'],
    ['"\n', { kind: "string" }, '"\\"\\n"'],
    [false, { kind: "boolean" }, "false"],
    [[1n, null], { kind: "array", element: LONG }, "[1,null]"],
    [
      [1n, null],
      { kind: "struct", fields: [field("__proto__", LONG), field("1", LONG)] },
      '{"__proto__":1,"1":null}',
    ],
    [
      [
        [10n, 1n],
        [9n, null],
      ],
      { kind: "map", key: LONG, value: LONG },
      '{"$map":[[10,1],[9,null]]}',
    ],
  ] as [CellValue, TableType, string][])("prints %s of %j", (value, type, expected) => {
    expect(formatCell(value, type)).toBe(expected);
  });
});
