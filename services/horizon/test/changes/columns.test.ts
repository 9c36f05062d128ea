import { dataTypeByName } from "@ofs/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allocateColumns,
  type Column,
  columnNumber,
  resizeColumns,
  sizeOf,
  totalSizeOf,
} from "../../src/changes/columns.ts";
import { PROPERTY_RUNS } from "./support/runs.ts";

function columns(...sizes: readonly number[]): Column[] {
  return sizes.map((sizeBytes, index) => ({ name: `seg_${index}`, sizeBytes }));
}

function sizesOf(list: readonly Column[]): Record<string, number> {
  return Object.fromEntries(list.map(({ name, sizeBytes }) => [name, sizeBytes]));
}

function bytesOf(typeName: string, ...lengths: readonly (readonly [number, number])[]): number {
  const dataType = dataTypeByName(`DataType${typeName}`);
  if (dataType === undefined) throw new Error(typeName);
  const features = lengths.map(([stringLength, vectorLength]) => ({
    label: "f",
    defaultText: "",
    defaultBytes: new Uint8Array(),
    stringLength,
    vectorLength,
  }));
  return sizeOf(dataType, features);
}

describe("sizeOf", () => {
  it.each([
    ["FP8E5M2", 1],
    ["FP8E4M3", 1],
    ["Int8", 1],
    ["Uint8", 1],
    ["Bool", 1],
    ["FP16", 2],
    ["Int16", 2],
    ["Uint16", 2],
    ["FP32", 4],
    ["Int32", 4],
    ["Uint32", 4],
    ["FP64", 8],
    ["Int64", 8],
    ["Uint64", 8],
  ])("counts %s as %i bytes, and a vector by its elements", (name, size) => {
    expect(bytesOf(name, [0, 0], [0, 0], [0, 0])).toBe(3 * size);
    expect(bytesOf(`${name}Vector`, [0, 5], [0, 7])).toBe(12 * size);
  });

  it("counts the two bytes that a block keeps of each string's length", () => {
    expect(bytesOf("String", [16, 0], [4, 0])).toBe(24);
    expect(bytesOf("StringVector", [16, 3], [4, 2])).toBe(3 * 18 + 2 * 6);
  });

  it("V3: does not run over at 16 bits", () => {
    const lengths = Array.from({ length: 70 }, () => [998, 0] as const);
    expect(bytesOf("String", ...lengths)).toBe(70_000);
    expect(bytesOf("FP64Vector", [0, 65_535], [0, 65_535])).toBe(1_048_560);
  });
});

describe("allocateColumns", () => {
  it("makes one column of 21 bytes for three FP32", () => {
    expect(sizesOf(allocateColumns(9 + 12, 1024, 0))).toEqual({ seg_0: 21 });
  });

  it("makes two columns for three hundred FP32", () => {
    expect(sizesOf(allocateColumns(9 + 1200, 1024, 0))).toEqual({ seg_0: 1024, seg_1: 185 });
  });

  it("makes no column that nothing would be in, and goes on with the numbers", () => {
    expect(sizesOf(allocateColumns(2048, 1024, 7))).toEqual({ seg_7: 1024, seg_8: 1024 });
    expect(allocateColumns(0, 1024, 7)).toEqual([]);
  });
});

describe("resizeColumns", () => {
  it("fills used columns from the lowest up: the published vector", () => {
    expect(sizesOf(resizeColumns(columns(100, 200), 4, 1024, 2))).toEqual({
      seg_0: 104,
      seg_1: 200,
    });
  });

  it("takes back from the highest down: the published vector", () => {
    expect(sizesOf(resizeColumns(columns(100, 200), -8, 1024, 2))).toEqual({
      seg_0: 100,
      seg_1: 192,
    });
  });

  it("fills emptied columns after used ones, and makes new ones last", () => {
    expect(sizesOf(resizeColumns(columns(0, 1000, 0), 30, 1024, 9))).toEqual({
      seg_0: 6,
      seg_1: 1024,
      seg_2: 0,
    });
    expect(sizesOf(resizeColumns(columns(0, 1000), 1100, 1024, 9))).toEqual({
      seg_0: 1024,
      seg_1: 1024,
      seg_9: 52,
    });
  });

  it("empties columns but drops none", () => {
    expect(sizesOf(resizeColumns(columns(1024, 100), -300, 1024, 2))).toEqual({
      seg_0: 824,
      seg_1: 0,
    });
  });

  it("orders columns by number, not as text", () => {
    const list = [10, 9, 2].map((number) => ({ name: `seg_${number}`, sizeBytes: 1000 }));
    expect(
      resizeColumns(list, 30, 1024, 11).map(({ name, sizeBytes }) => [name, sizeBytes]),
    ).toEqual([
      ["seg_2", 1024],
      ["seg_9", 1006],
      ["seg_10", 1000],
    ]);
  });

  it("keeps the count right, whatever happens", () => {
    const change = fc.integer({ min: -3000, max: 3000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.array(change), (first, changes) => {
        let list = allocateColumns(first, 1024, 0);
        let total = first;
        for (const step of changes) {
          const next = Math.max(total + step, 0);
          const resized = resizeColumns(list, next - total, 1024, list.length);
          expect(totalSizeOf(resized)).toBe(next);
          expect(resized.length).toBeGreaterThanOrEqual(list.length);
          expect(resized.every(({ sizeBytes }) => sizeBytes >= 0 && sizeBytes <= 1024)).toBe(true);
          expect(resized.map(({ name }) => columnNumber(name))).toEqual([...resized.keys()]);
          list = resized;
          total = next;
        }
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });
});
