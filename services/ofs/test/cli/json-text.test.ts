import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatJson, type JsonValue, parseJson } from "../../src/cli/json-text.ts";

describe("parseJson", () => {
  it("keeps the digits of long integers as text", () => {
    expect(parseJson('{"a": 9223372036854775807, "b": [-9007199254740993]}')).toEqual({
      a: "9223372036854775807",
      b: ["-9007199254740993"],
    });
  });

  it("leaves strings, fractions and exponents alone", () => {
    expect(
      parseJson('["9223372036854775807", "\\"1234567890123456789", 0.1234567890123456789]'),
    ).toEqual(["9223372036854775807", '"1234567890123456789', 0.12345678901234568]);
    expect(parseJson("1234567890123456789.5")).toBe(1234567890123456800);
    expect(parseJson("9007199254740991")).toBe(9007199254740991);
  });

  it("reads whatever JSON holds", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(expected(JSON.parse(text))));
      }),
      { numRuns: 500 },
    );
  });
});

/** Integers that a double may not keep are texts. */
function expected(value: unknown): unknown {
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const text = JSON.stringify(value);
    return /^-?\d+$/.test(text) ? text : value;
  }
  if (Array.isArray(value)) return value.map(expected);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, expected(member)]),
  );
}

describe("formatJson", () => {
  it("writes every digit, and text for what JSON lacks", () => {
    const value = { big: 9223372036854775807n, odd: [Number.NaN, Number.NEGATIVE_INFINITY] };
    expect(formatJson(value)).toBe(
      '{\n  "big": 9223372036854775807,\n  "odd": ["NaN", "-Infinity"]\n}',
    );
  });

  it("writes what JSON.parse reads back", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as JsonValue;
        expect(JSON.parse(formatJson(plain))).toEqual(plain);
      }),
      { numRuns: 500 },
    );
  });
});
