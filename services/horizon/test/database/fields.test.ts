import { describe, expect, test } from "vitest";
import {
  containsPattern,
  formatDateTime,
  formatTimestamp,
  hashParts,
  parseDateTime,
  parseJsonObject,
  requireText,
  shorten,
} from "../../src/database/fields.ts";

describe("dates", () => {
  test("are UTC, to the second", () => {
    const ms = Date.UTC(2026, 0, 31, 23, 59, 59, 999);
    expect(formatDateTime(ms)).toBe("2026-01-31 23:59:59");
    expect(parseDateTime("2026-01-31 23:59:59")).toBe(ms - 999);
    expect(parseDateTime("2026-01-31T23:59:59.000Z")).toBe(ms - 999);
  });

  test("none is 0", () => {
    expect(parseDateTime(null)).toBe(0);
    expect(parseDateTime("0000-00-00 00:00:00")).toBe(0);
  });

  test("a timestamp column ends in 2038", () => {
    expect(formatTimestamp(Date.UTC(2050, 0, 1))).toBe("2038-01-19 03:14:07");
  });
});

test("JSON columns come as text or parsed", () => {
  expect(parseJsonObject('{"a":1}', "x")).toEqual({ a: 1 });
  expect(parseJsonObject({ a: 1 }, "x")).toEqual({ a: 1 });
  for (const value of ["{", "[]", "null", "7", null, [], undefined]) {
    expect(() => parseJsonObject(value, "payload of 7")).toThrow("payload of 7 is not a JSON");
  }
});

test("texts count in characters, as columns do", () => {
  expect(requireText("label", "🙂".repeat(255))).toHaveLength(510);
  expect(() => requireText("label", "🙂".repeat(256))).toThrow("label has 256 characters");
  expect(() => requireText("label", undefined)).toThrow("label must be text, not undefined");
  expect(shorten("🙂🙂🙂", 2)).toBe("🙂…");
  expect(shorten("🙂🙂", 2)).toBe("🙂🙂");
});

test("hashes tell parts apart", () => {
  expect(hashParts("a", "b")).toMatch(/^[0-9a-f]{64}$/);
  expect(hashParts("a", "b")).not.toBe(hashParts("ab"));
  expect(hashParts("a", "b")).not.toBe(hashParts("a\u0000b"));
});

test("a search has no wildcards", () => {
  expect(containsPattern("50%_!")).toBe("%50!%!_!!%");
});
