import { CodecError, createFeatureLayout, FeatureReader, readFeature } from "@ofs/codec";
import { describe, expect, it } from "vitest";
import { typeNamed } from "./support/arbitraries.ts";
import { hex, unhex } from "./support/blocks.ts";

describe("FeatureReader", () => {
  it("reads what is there of a payload that is too short", () => {
    const reader = new FeatureReader();
    reader.open(createFeatureLayout(typeNamed("Int32"), 3), new Uint8Array(8));
    expect([0, 1, 2].map((position) => reader.size(position))).toEqual([4, 4, -1]);
    reader.open(createFeatureLayout(typeNamed("Bool"), 9), Uint8Array.of(0xff));
    expect([7, 8].map((position) => reader.size(position))).toEqual([1, -1]);
    const strings = createFeatureLayout(typeNamed("String"), 3, undefined, [9, 9, 9]);
    reader.open(strings, unhex("0100 0200 0000 61 62"));
    expect([0, 1, 2].map((position) => reader.size(position))).toEqual([1, -1, -1]);
    reader.open(strings, unhex("0000 0000 00"));
    expect(reader.size(0)).toBe(-1);
  });

  it("has no feature outside the layout", () => {
    const reader = new FeatureReader();
    reader.open(createFeatureLayout(typeNamed("Int8"), 2), new Uint8Array(9));
    expect([-1, 2, Number.NaN].map((position) => reader.size(position))).toEqual([-1, -1, -1]);
    expect(new FeatureReader().size(0)).toBe(-1);
  });

  it("gives empty bytes for a zero-length vector, wherever the payload ends", () => {
    for (const name of ["FP32Vector", "BoolVector", "StringVector"]) {
      const layout = createFeatureLayout(typeNamed(name), 2, [3, 0], [9, 9]);
      expect(readFeature(layout, new Uint8Array(0), 1)).toEqual(new Uint8Array(0));
    }
  });

  it("unpacks bools of vectors that start within a byte", () => {
    const layout = createFeatureLayout(typeNamed("BoolVector"), 3, [3, 6, 2]);
    const payload = unhex("b6 c0"); // 101 101101 10 0000 0
    expect(hex(readFeature(layout, payload, 0))).toBe("010001");
    expect(hex(readFeature(layout, payload, 1))).toBe("010001010001");
    expect(hex(readFeature(layout, payload, 2))).toBe("0100");
  });

  it("gives string vectors with their lengths first", () => {
    const layout = createFeatureLayout(typeNamed("StringVector"), 2, [1, 2], [9, 9]);
    const payload = unhex("0100 0200 0100 61 6262 63");
    expect(hex(readFeature(layout, payload, 0))).toBe("010061");
    expect(hex(readFeature(layout, payload, 1))).toBe("02000100626263");
  });

  it("copies large features whole, also from a payload within a larger buffer", () => {
    const layout = createFeatureLayout(typeNamed("Uint8Vector"), 2, [100, 200]);
    const buffer = Uint8Array.from({ length: 320 }, (_, i) => i % 251);
    const bytes = readFeature(layout, buffer.subarray(10, 310), 1);
    expect(bytes).toEqual(buffer.slice(110, 310));
    expect(bytes.buffer).not.toBe(buffer.buffer);
  });

  it("reads strings of more elements than 16 bits can count", () => {
    const layout = createFeatureLayout(typeNamed("StringVector"), 2, [40_000, 40_000], [0, 0]);
    expect(readFeature(layout, new Uint8Array(160_000), 1).length).toBe(80_000);
  });

  it("BETTER 12: a feature that the payload lacks does not spoil the others", () => {
    const reader = new FeatureReader();
    reader.open(createFeatureLayout(typeNamed("Int16"), 3), unhex("0100 0200"));
    expect(reader.size(2)).toBe(-1);
    const out = new Uint8Array(2);
    expect(reader.copy(1, out, 0)).toBe(2);
    expect(hex(out)).toBe("0200");
  });
});

describe("readFeature", () => {
  it("throws for a payload that is too short, never reading past its end", () => {
    const layout = createFeatureLayout(typeNamed("FP64"), 2);
    const buffer = new Uint8Array(64);
    expect(() => readFeature(layout, buffer.subarray(0, 15), 1)).toThrow(CodecError);
    expect(() => readFeature(layout, buffer.subarray(0, 15), 1)).toThrow("15 bytes");
  });
});
