import { describe, expect, it } from "vitest";
import type { Feature } from "../../../src/cli/entity-index.ts";
import { parseJsonValue, parseTextValue } from "../../../src/cli/input/feature-value.ts";
import { filmIndex } from "../../support/entities.ts";

function feature(name: string): Feature {
  const column = filmIndex.column(name);
  if (column.kind === "key") throw new Error(`${name} is a key`);
  return column.feature;
}

describe("parseTextValue", () => {
  it.each([
    ["ratings.imdb", "7.5", 7.5],
    ["ratings.imdb", " -1e-3 ", -0.001],
    ["ratings.imdb", "NaN", Number.NaN],
    ["ratings.imdb", "-inf", Number.NEGATIVE_INFINITY],
    ["gross", "9223372036854775807", 9223372036854775807n],
    ["gross", "+5", 5n],
    ["level", "-128", -128],
    ["title", " a b ", " a b "],
    ["title", "1", "1"],
    ["adult", "TRUE", true],
    ["adult", "0", false],
    ["profile", "[1, 2.5, -3]", [1, 2.5, -3]],
    ["profile", '[1, "NaN", 3]', [1, Number.NaN, 3]],
    ["tags", '["a", ""]', ["a", ""]],
  ])("reads %s %j", (name, text, value) => {
    expect(parseTextValue(text, feature(name))).toEqual(value);
  });

  it.each([
    ["ratings.imdb", "high", /"high" is not a number \(DataTypeFP32\)/],
    ["ratings.imdb", "1,5", /"1,5" is not a number/],
    ["ratings.imdb", "0x10", /is not a number/],
    ["gross", "1.5", /"1\.5" is not an integer \(DataTypeInt64\)/],
    ["gross", "9223372036854775808", /is not in -9223372036854775808 to 9223372036854775807/],
    ["level", "128", /"128" is not in -128 to 127 \(DataTypeInt8\)/],
    ["title", "far too long", /has 12 bytes, the feature holds 8/],
    ["title", "éééééé", /has 12 bytes, the feature holds 8/],
    ["adult", "yes", /"yes" is not true or false/],
    ["profile", "1,2,3", /is not a JSON list/],
    ["profile", "[1, 2]", /has 2 elements, the feature has 3/],
    ["profile", '[1, 2, "x"]', /element 2: "x" is not a number/],
    ["tags", '["a", "long!"]', /element 1: "long!" has 5 bytes, the feature holds 4/],
  ])("refuses %s %j", (name, text, message) => {
    expect(() => parseTextValue(text, feature(name))).toThrow(message);
  });
});

describe("parseJsonValue", () => {
  it("takes 64-bit integers as numbers and as text", () => {
    expect(parseJsonValue(12, feature("gross"))).toBe(12n);
    expect(parseJsonValue("9007199254740993", feature("gross"))).toBe(9007199254740993n);
  });

  it.each([
    ["title", 1, /1 is not a text/],
    ["adult", "perhaps", /"perhaps" is not true or false/],
    ["adult", [true], /\[true\] is not true or false/],
    ["ratings.imdb", true, /true is not a number/],
    ["level", 1.5, /1\.5 is not an integer/],
    ["level", [1], /\[1\] is not an integer/],
    ["profile", 1, /1 is not a JSON list/],
  ])("refuses %s %j", (name, value, message) => {
    expect(() => parseJsonValue(value, feature(name))).toThrow(message);
  });
});
