import { DATA_TYPES, dataTypeByName, parseDefault } from "@ofs/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDefault, splitDefaults } from "../../src/changes/default-text.ts";

const { OFS_PROPERTY_RUNS = "200" } = process.env;

describe("splitDefaults", () => {
  it.each([
    ["0.0,1", 2, ["0.0", "1"]],
    ["[1,2],[3]", 2, ["[1,2]", "[3]"]],
    [",", 2, ["", ""]],
    ["a", 1, ["a"]],
    ["", 1, undefined],
    ["a,b,c", 2, undefined],
    ["a", 2, undefined],
    ["[a,b", 2, undefined],
    ["a],b", 2, undefined],
  ])("%j in %i parts", (text, count, parts) => {
    expect(splitDefaults(text, count)).toEqual(parts);
  });
});

describe("formatDefault", () => {
  it.each([
    ["DataTypeFP32", "0.1", "0.1"],
    ["DataTypeFP32", "0", "0"],
    ["DataTypeFP32", "16777217", "1.6777216e+07"],
    ["DataTypeFP64", "0.1", "0.1"],
    ["DataTypeFP16", "1.5", "1.5"],
    ["DataTypeFP8E4M3", "1", "1"],
    ["DataTypeInt64", "-9223372036854775808", "-9223372036854775808"],
    ["DataTypeBool", "true", "true"],
    ["DataTypeString", "a,b", "a,b"],
    ["DataTypeFP32Vector", "[0.5,1]", "[0.5,1]"],
    ["DataTypeBoolVector", "[true,false]", "[true,false]"],
    ["DataTypeStringVector", "[ab,]", "[ab,]"],
  ])("%s %s", (name, text, expected) => {
    const dataType = dataTypeByName(name);
    if (dataType === undefined) throw new Error(`no data type ${name}`);
    expect(formatDefault(dataType, parseDefault(dataType, text, {}), 2)).toBe(expected);
  });

  it("property: numbers are read back to the same bytes", () => {
    const numeric = DATA_TYPES.filter(({ kind }) => kind !== "string" && kind !== "bool");
    fc.assert(
      fc.property(
        fc.constantFrom(...numeric),
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        (dataType, random) => {
          const bytes = random.subarray(0, dataType.unitSizeBytes);
          const text = formatDefault(dataType, bytes, 1);
          if (/NaN|Infinity/.test(text)) return;
          const again = formatDefault(dataType, parseDefault(dataType, text, {}), 1);
          expect(again).toBe(text);
        },
      ),
      { numRuns: Number(OFS_PROPERTY_RUNS) },
    );
  });
});
