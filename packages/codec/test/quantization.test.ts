import {
  createQuantizer,
  DATA_TYPES,
  type DataType,
  decodeFeature,
  decodeFloat8E4M3,
  decodeFloat8E5M2,
  decodeFloat16,
  encodeFloat8E4M3,
  encodeFloat8E5M2,
  encodeFloat16,
  isQuantizable,
  normalizeDefault,
  parseFeatureLabel,
  ValueError,
} from "@ofs/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { typeNamed } from "./support/arbitraries.ts";
import { hex } from "./support/blocks.ts";
import { PROPERTY_RUNS, PROPERTY_TIMEOUT_MS } from "./support/runs.ts";

const PAIRS = DATA_TYPES.flatMap((source) =>
  DATA_TYPES.filter((target) => isQuantizable(source, target)).map(
    (target) => [source, target] as const,
  ),
);

function floatsOf(dataType: DataType, bytes: Uint8Array): number[] {
  const value = decodeFeature(dataType, bytes, bytes.length / dataType.unitSizeBytes);
  return typeof value === "number" ? [value] : Array.from(value as Float32Array);
}

/** Conversion as it is defined: to float32, then to the target. */
function converted(target: DataType, value: number): number {
  switch (target.element.name) {
    case "DataTypeFP32":
      return Math.fround(value);
    case "DataTypeFP16":
      return decodeFloat16(encodeFloat16(Math.fround(value)));
    case "DataTypeFP8E4M3":
      return decodeFloat8E4M3(encodeFloat8E4M3(Math.fround(value)));
    default:
      return decodeFloat8E5M2(encodeFloat8E5M2(Math.fround(value)));
  }
}

describe("isQuantizable", () => {
  it("allows nine pairs of scalars and the same of vectors", () => {
    expect(PAIRS).toHaveLength(18);
    expect(PAIRS.every(([source, target]) => source.isVector === target.isVector)).toBe(true);
    expect(PAIRS.every(([source, target]) => target.unitSizeBytes < source.unitSizeBytes)).toBe(
      true,
    );
  });
});

describe("createQuantizer", () => {
  it.each(
    PAIRS.map(([source, target]) => ({ name: `${source.name} to ${target.name}`, source, target })),
  )(
    "$name: converts as defined",
    ({ source, target }) => {
      const quantizer = createQuantizer(source, target);
      const maxCount = source.isVector ? 12 : 1;
      const unit = source.unitSizeBytes;
      fc.assert(
        fc.property(
          fc.integer({ min: source.isVector ? 0 : 1, max: maxCount }),
          fc.infiniteStream(fc.nat(255)),
          (count, stream) => {
            const bytes = Uint8Array.from(stream.take(count * unit + 3));
            const out = new Uint8Array(count * target.unitSizeBytes + 4).fill(0xee);
            quantizer.convert(bytes, 3, count, out, 2);
            const body = out.subarray(2, out.length - 2);
            const expected = floatsOf(source, bytes.subarray(3)).map((value) =>
              converted(target, value),
            );
            expect(floatsOf(target, body)).toEqual(expected);
            expect([out[0], out[1], out.at(-2), out.at(-1)]).toEqual([0xee, 0xee, 0xee, 0xee]);
          },
        ),
        { numRuns: Math.ceil(PROPERTY_RUNS / 10) },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it("refuses every other pair", () => {
    expect(() => createQuantizer(typeNamed("FP16"), typeNamed("FP32"))).toThrow(ValueError);
    expect(() => createQuantizer(typeNamed("FP32"), typeNamed("FP16Vector"))).toThrow(ValueError);
    expect(() => createQuantizer(typeNamed("Int32"), typeNamed("FP16"))).toThrow(ValueError);
  });

  it("BETTER 15: converts a default as it does a stored value", () => {
    const group = typeNamed("FP32Vector");
    const { bytes } = normalizeDefault(group, Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 64), 2, 0);
    const out = new Uint8Array(4);
    createQuantizer(group, typeNamed("FP16Vector")).convert(bytes, 0, 2, out, 0);
    expect(hex(out)).toBe("003c0040");
  });
});

describe("parseFeatureLabel", () => {
  const group = typeNamed("FP32Vector");

  it("splits a label with a type from its base", () => {
    expect(parseFeatureLabel("emb@DataTypeFP16Vector", group)).toEqual({
      baseLabel: "emb",
      target: typeNamed("FP16Vector"),
    });
  });

  it.each(["emb", "", "emb@", "@", "a@b@c", "emb@DataTypeFP16Vector@"])(
    "%j is a plain label",
    (label) => {
      expect(parseFeatureLabel(label, group)).toEqual({ baseLabel: label, target: undefined });
    },
  );

  it("refuses unknown types and pairs, naming them", () => {
    expect(() => parseFeatureLabel("emb@FP16Vector", group)).toThrow(
      "data type FP16Vector is unknown",
    );
    expect(() => parseFeatureLabel("emb@DataTypeFP16", group)).toThrow(
      "DataTypeFP32Vector cannot become DataTypeFP16",
    );
  });
});
