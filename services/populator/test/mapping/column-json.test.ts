import type { CellValue, TableType } from "@ofs/delta";
import { type ColumnType, encodeValue, parseJson, ValueFault } from "@ofs/rows";
import { describe, expect, it } from "vitest";
import { CellFault } from "../../src/mapping/cell-fault.ts";
import { jsonOf } from "../../src/mapping/column-json.ts";
import { fc, test } from "../support/properties.ts";

const DOUBLED = { isBinaryDoubled: true };

function json(type: TableType, column: ColumnType, value: CellValue): string | undefined {
  const text = jsonOf(type, column, DOUBLED)?.(value);
  return text instanceof CellFault ? `fault: ${text.reason}` : text;
}

describe("jsonOf", () => {
  it.each<[TableType, ColumnType, CellValue, string]>([
    [{ kind: "byte" }, "INT", -128, "-128"],
    [{ kind: "long" }, "BIGINT", 9_223_372_036_854_775_807n, "9223372036854775807"],
    [{ kind: "long" }, "INT", 2_147_483_648n, "fault: 2147483648 is outside the 32 bits of INT"],
    [{ kind: "decimal", precision: 38, scale: 0 }, "VARINT", -(10n ** 37n), `-1${"0".repeat(37)}`],
    [{ kind: "decimal", precision: 38, scale: 24 }, "DECIMAL", 1n, `0.${"0".repeat(23)}1`],
    [{ kind: "integer" }, "DECIMAL", 7, "7"],
    [{ kind: "double" }, "DOUBLE", Number.NaN, "NaN"],
    [{ kind: "double" }, "DOUBLE", Number.NEGATIVE_INFINITY, "-Infinity"],
    [{ kind: "double" }, "DOUBLE", -0, "-0.0"],
    [{ kind: "float" }, "FLOAT", Math.fround(0.1), "0.10000000149011612"],
    [{ kind: "boolean" }, "BOOLEAN", true, "true"],
    [{ kind: "string" }, "TEXT", 'a"b\n', '"a\\"b\\n"'],
    [{ kind: "date" }, "TEXT", -1, '"1969-12-31"'],
    [{ kind: "date" }, "TIMESTAMP", 1, "86400000"],
    [{ kind: "timestamp" }, "TIMESTAMP", -1n, "-1"],
    [{ kind: "timestamp_ntz" }, "TIMESTAMP", 1_700_000_000_123_456n, "1700000000123"],
    [{ kind: "binary" }, "BLOB", Buffer.from("string"), '"YzNSeWFXNW4="'],
    [{ kind: "array", element: { kind: "long" } }, "TEXT", [1n, null, 2n], '"[1,null,2]"'],
    [{ kind: "array", element: { kind: "string" } }, "TEXT", ["a"], '"[\\"a\\"]"'],
    [{ kind: "string" }, "UUID", "nope", "fault: "],
  ])("writes %j as %s", (type, column, value, expected) => {
    const text = json(type, column, value) ?? "none";
    expect(expected === "fault: " ? text.slice(0, 7) : text).toBe(expected);
  });

  it("writes bytes once where a run asks for it", () => {
    const toJson = jsonOf({ kind: "binary" }, "BLOB", { isBinaryDoubled: false });
    expect(toJson?.(Buffer.from("string"))).toBe('"c3RyaW5n"');
  });

  it.each<[TableType, ColumnType]>([
    [{ kind: "double" }, "INT"],
    [{ kind: "string" }, "INT"],
    [{ kind: "long" }, "DOUBLE"],
    [{ kind: "decimal", precision: 4, scale: 2 }, "VARINT"],
    [{ kind: "long" }, "TEXT"],
    [{ kind: "map", key: { kind: "string" }, value: { kind: "string" } }, "TEXT"],
    [{ kind: "struct", fields: [] }, "TEXT"],
  ])("refuses %j for %s", (type, column) => {
    expect(jsonOf(type, column, DOUBLED)).toBeUndefined();
  });

  test(
    "what is written is taken by the column, digit by digit",
    [fc.bigInt(-(10n ** 37n), 10n ** 37n), fc.integer({ min: 0, max: 38 })],
    (unscaled, scale) => {
      const type = { kind: "decimal", precision: 38, scale } as const;
      const text = json(type, "DECIMAL", unscaled) as string;
      const value = parseJson(text);
      expect(encodeValue("DECIMAL", value)).not.toBeInstanceOf(ValueFault);
      expect(BigInt(text.replace(".", ""))).toBe(unscaled);
      expect(text.split(".")[1]?.length ?? 0).toBe(scale);
    },
  );
});
