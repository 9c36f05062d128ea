import { createFeatureLayout, DATA_TYPES, ValueError } from "@ofs/codec";
import { describe, expect, it } from "vitest";
import { typeNamed } from "./support/arbitraries.ts";

describe("createFeatureLayout", () => {
  it("computes where fixed-width features lie", () => {
    const layout = createFeatureLayout(typeNamed("FP16Vector"), 3, [2, 0, 5]);
    expect([...layout.elementStarts]).toEqual([0, 2, 2, 7]);
    expect([...layout.byteStarts]).toEqual([0, 4, 4, 14]);
    expect(layout.elementCount).toBe(7);
    expect(layout.minPayloadSizeBytes).toBe(14);
  });

  it("does not read vector lengths of scalars, nor string lengths of other types", () => {
    const layout = createFeatureLayout(typeNamed("Int32"), 2, [0, 0], [9, 9]);
    expect(layout.vectorLengths).toEqual([1, 1]);
    expect(layout.stringLengths).toEqual([0, 0]);
  });

  it("counts bools by bits and strings by their length table", () => {
    expect(createFeatureLayout(typeNamed("Bool"), 9).minPayloadSizeBytes).toBe(2);
    const strings = createFeatureLayout(typeNamed("StringVector"), 2, [1, 2], [4, 4]);
    expect(strings.minPayloadSizeBytes).toBe(6);
  });

  it.each(DATA_TYPES)("$name: refuses no features, whatever the count looks like", (dataType) => {
    for (const count of [0, -1, 1.5, Number.NaN]) {
      expect(() => createFeatureLayout(dataType, count, [], [])).toThrow(ValueError);
    }
  });

  it("refuses missing, surplus and impossible lengths", () => {
    const vector = typeNamed("Int8Vector");
    expect(() => createFeatureLayout(vector, 1)).toThrow("0 vector lengths for 1 features");
    expect(() => createFeatureLayout(vector, 2, [1, 2, 3])).toThrow("3 vector lengths");
    expect(() => createFeatureLayout(vector, 2, [1, 65_536])).toThrow("65536 of feature 1");
    expect(() => createFeatureLayout(vector, 1, [-1])).toThrow(ValueError);
    expect(() => createFeatureLayout(vector, 1, [1.5])).toThrow(ValueError);
    expect(() => createFeatureLayout(typeNamed("String"), 1)).toThrow("string lengths");
  });

  it("refuses a payload that offsets could not address", () => {
    const count = 5000;
    const lengths = new Array<number>(count).fill(65_535);
    expect(() => createFeatureLayout(typeNamed("FP64Vector"), count, lengths)).toThrow("exceed");
  });

  it("is not changed by later changes of the caller's arrays", () => {
    const lengths = [1, 2];
    const layout = createFeatureLayout(typeNamed("Int8Vector"), 2, lengths);
    lengths[0] = 9;
    expect(layout.vectorLengths).toEqual([1, 2]);
  });
});
