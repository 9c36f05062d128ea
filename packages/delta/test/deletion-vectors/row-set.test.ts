import { DeltaError } from "@ofs/delta";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RowSet } from "../../src/deletion-vectors/row-set.ts";
import { decodeZ85 } from "../../src/deletion-vectors/z85.ts";
import { encodeRows, encodeZ85 } from "../support/deletion-vector.ts";

const { OFS_PROPERTY_RUNS = "50" } = process.env;
const RUNS = Math.min(Number(OFS_PROPERTY_RUNS), 5_000);

/** Rows near each other, far from each other, and beyond 32 bits. */
const rows = fc.array(
  fc.oneof(
    fc.nat(200),
    fc.nat(70_000),
    fc.nat(2 ** 31 - 1),
    fc.integer({ min: 2 ** 32, max: 2 ** 35 }),
  ),
  { maxLength: 200 },
);

describe("RowSet", () => {
  it("has exactly the rows that were encoded", () => {
    fc.assert(
      fc.property(rows, fc.boolean(), fc.array(fc.nat(100_000)), (numbers, withRuns, others) => {
        const expected = new Set(numbers);
        const decoded = RowSet.decode(encodeRows(numbers, withRuns), "vector");
        expect(decoded.size).toBe(expected.size);
        expect(decoded.lastRow).toBe(Math.max(-1, ...numbers));
        const near = [...numbers, ...others].flatMap((row) => [row - 1, row, row + 1]);
        expect(near.filter((row) => decoded.has(row))).toEqual(
          near.filter((row) => expected.has(row)),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it.each([false, true])("takes full containers, with runs: %s", (withRuns) => {
    const numbers = Array.from({ length: 80_000 }, (_, row) => row).filter((row) => row % 5 > 0);
    const decoded = RowSet.decode(encodeRows(numbers, withRuns), "vector");
    expect(decoded.size).toBe(64_000);
    expect(decoded.lastRow).toBe(79_999);
    expect(numbers.every((row) => decoded.has(row))).toBe(true);
    expect([0, 5, 65_535, 79_995, 80_000].some((row) => decoded.has(row))).toBe(false);
  });

  it("refuses or reads any bytes, and names the vector", () => {
    fc.assert(
      fc.property(rows, fc.boolean(), fc.nat(), fc.nat(255), (numbers, withRuns, place, byte) => {
        const bytes = encodeRows(numbers, withRuns);
        bytes[place % bytes.length] = byte;
        try {
          RowSet.decode(bytes, "vector");
        } catch (error) {
          expect(error).toBeInstanceOf(DeltaError);
          expect((error as Error).message).toMatch(/^vector: /);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("refuses what is cut off or too long", () => {
    const bytes = encodeRows([1, 2, 70_000]);
    for (let size = 0; size < bytes.length; size++) {
      expect(() => RowSet.decode(bytes.subarray(0, size), "vector")).toThrow(/^vector: it ends/);
    }
    expect(() => RowSet.decode(Buffer.concat([bytes, Buffer.alloc(1)]), "vector")).toThrow(/after/);
  });
});

describe("decodeZ85", () => {
  it("decodes the example of its specification", () => {
    expect(decodeZ85("HelloWorld")?.toString("hex")).toBe("864fd26fb559f75b");
  });

  it("decodes what was encoded, and refuses other texts", () => {
    const bytes = Buffer.from([0, 0, 0, 0, 255, 255, 255, 255]);
    expect(decodeZ85(encodeZ85(bytes))).toEqual(bytes);
    for (const text of ["Hell", "Hell~", "#####", "Hello Worl"]) {
      expect(decodeZ85(text)).toBeUndefined();
    }
  });
});
