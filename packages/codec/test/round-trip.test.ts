import {
  DATA_TYPES,
  type DataType,
  decodeBlock,
  decodeFeature,
  decodeFloat8E4M3,
  decodeFloat8E5M2,
  decodeFloat16,
  type ElementValue,
  encodeFloat8E4M3,
  encodeFloat8E5M2,
  encodeFloat16,
  type FeatureLayout,
  FeatureReader,
  readFeature,
} from "@ofs/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyFeatureSet, featureSetsOf } from "./support/arbitraries.ts";
import { blockOf } from "./support/blocks.ts";
import { PROPERTY_RUNS, PROPERTY_TIMEOUT_MS } from "./support/runs.ts";

/** What an element becomes by being stored. */
function stored(dataType: DataType, value: ElementValue): ElementValue {
  if (typeof value !== "number") return value;
  switch (dataType.element.name) {
    case "DataTypeFP32":
      return Math.fround(value);
    case "DataTypeFP16":
      return decodeFloat16(encodeFloat16(value));
    case "DataTypeFP8E5M2":
      return decodeFloat8E5M2(encodeFloat8E5M2(value));
    case "DataTypeFP8E4M3":
      return decodeFloat8E4M3(encodeFloat8E4M3(value));
    default:
      return value;
  }
}

function decoded(layout: FeatureLayout, payload: Uint8Array, position: number): unknown {
  const { dataType, vectorLengths } = layout;
  const bytes = readFeature(layout, payload, position);
  const value = decodeFeature(dataType, bytes, vectorLengths[position] as number);
  return dataType.isVector ? Array.from(value as ArrayLike<unknown>) : value;
}

describe("round trip", () => {
  it.each(DATA_TYPES)(
    "$name: values come back from a block",
    (dataType) => {
      fc.assert(
        fc.property(featureSetsOf(dataType), ({ layout, values }) => {
          const { payload, dataTypeCode } = decodeBlock(blockOf(layout, values));
          expect(dataTypeCode).toBe(dataType.code);
          for (const [position, value] of values.entries()) {
            const expected = Array.isArray(value)
              ? value.map((element: ElementValue) => stored(dataType, element))
              : stored(dataType, value as ElementValue);
            expect(decoded(layout, payload, position)).toEqual(expected);
          }
        }),
        { numRuns: Math.ceil(PROPERTY_RUNS / 20) },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    "one reader serves all types in turn, and writes no more than it said",
    () => {
      const reader = new FeatureReader();
      fc.assert(
        fc.property(anyFeatureSet, fc.nat(40), ({ layout, values }, cut) => {
          const whole = decodeBlock(blockOf(layout, values)).payload;
          const payload = whole.subarray(0, Math.max(0, whole.length - cut));
          reader.open(layout, payload);
          for (let position = 0; position < values.length; position++) {
            const size = reader.size(position);
            if (size < 0) continue;
            const out = new Uint8Array(size + 2).fill(0xee);
            expect(reader.copy(position, out, 1)).toBe(size + 1);
            expect([out[0], out[size + 1]]).toEqual([0xee, 0xee]);
            expect(out.subarray(1, size + 1)).toEqual(readFeature(layout, whole, position));
          }
        }),
        { numRuns: PROPERTY_RUNS },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );
});
