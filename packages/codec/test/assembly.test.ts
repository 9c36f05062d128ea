import {
  type AssemblySchema,
  assembleValues,
  createAssembler,
  createFeatureLayout,
  emptyValues,
  encodePayload,
  ValueError,
  type Values,
} from "@ofs/codec";
import { describe, expect, it } from "vitest";
import { typeNamed } from "./support/arbitraries.ts";
import { hex, unhex } from "./support/blocks.ts";

/** Labels f0, f1, … in sequence order. */
function schemaOf(
  shortName: string,
  defaults: readonly string[],
  vectorLengths?: readonly number[],
): AssemblySchema {
  const count = defaults.length;
  return {
    layout: createFeatureLayout(
      typeNamed(shortName),
      count,
      vectorLengths,
      new Array<number>(count).fill(8),
    ),
    sequences: new Map(defaults.map((_, position) => [`f${position}`, position])),
    defaults: defaults.map(unhex),
  };
}

function valuesOf(filled: Partial<Values>): Values {
  return { ...emptyValues(), ...filled };
}

const INT8 = schemaOf("Int8", ["05", "fb", "00"]);
const FP32 = schemaOf("FP32", ["0000803f", "00000040"]);
const VECTORS = schemaOf("Int16Vector", ["0100 0200", "0300"], [2, 1]);

describe("assembleValues", () => {
  it("moves values to their sequence and fills in defaults", () => {
    const values = valuesOf({ int32Values: [7, 9] });
    expect(assembleValues(INT8, ["f2", "f0"], values)).toEqual([9, -5, 7]);
  });

  it("narrows floats before they are stored", () => {
    const given = valuesOf({ fp32Values: [0.1] });
    expect(assembleValues(FP32, ["f1"], given)).toEqual([1, Math.fround(0.1)]);
  });

  it("takes vectors label by label", () => {
    const vector = [valuesOf({ int32Values: [5] })];
    expect(assembleValues(VECTORS, ["f1"], valuesOf({ vector }))).toEqual([[1, 2], [5]]);
  });

  it("BETTER 17: refuses unknown and repeated labels", () => {
    const values = valuesOf({ int32Values: [1, 2] });
    expect(() => assembleValues(INT8, ["f0", "g"], values)).toThrow("feature g is unknown");
    expect(() => assembleValues(INT8, ["f0", "f0"], values)).toThrow("feature f0 is given twice");
  });

  it("BETTER 17: refuses missing, empty and wrong containers in the published words", () => {
    expect(() => assembleValues(FP32, ["f0"], emptyValues())).toThrow(/^fp32_values is nil$/);
    expect(() => assembleValues(FP32, ["f0"], valuesOf({ int32Values: [1] }))).toThrow(
      "fp32_values is nil",
    );
    expect(() => assembleValues(FP32, ["f0"], valuesOf({ fp32Values: [1, 2] }))).toThrow(
      /^fp32_values length mismatch with feature labels, expected 1, received 2$/,
    );
    expect(() => assembleValues(VECTORS, ["f0"], emptyValues())).toThrow(/^vector is nil$/);
    const two = valuesOf({ vector: [emptyValues(), emptyValues()] });
    expect(() => assembleValues(VECTORS, ["f0"], two)).toThrow(
      /^vector length mismatch with feature labels, expected 1, received 2$/,
    );
    expect(() => assembleValues(VECTORS, ["f0"], valuesOf({ vector: [undefined] }))).toThrow(
      "feature f0: vector values is nil",
    );
    const wrong = valuesOf({ vector: [valuesOf({ stringValues: ["1", "2"] })] });
    expect(() => assembleValues(VECTORS, ["f0"], wrong)).toThrow("feature f0: int32_values is nil");
    const short = valuesOf({ vector: [valuesOf({ int32Values: [1] })] });
    expect(() => assembleValues(VECTORS, ["f0"], short)).toThrow("expected 2, received 1");
    const scalars = valuesOf({ vector: [valuesOf({ fp32Values: [1] })] });
    expect(() => assembleValues(FP32, ["f0"], scalars)).toThrow("fp32_values is nil");
  });

  it("refuses integers beyond the type, or lets them wrap where that is asked for", () => {
    const values = valuesOf({ int32Values: [128] });
    expect(() => assembleValues(INT8, ["f0"], values)).toThrow(
      "feature f0: value 128 is not in -128 to 127 (DataTypeInt8)",
    );
    const wrapped = assembleValues(INT8, ["f0"], values, { rejectOutOfRange: false });
    expect(hex(encodePayload(INT8.layout, wrapped))).toBe("80fb00");
    const uint64 = schemaOf("Uint64", ["0000000000000000"]);
    expect(() => assembleValues(uint64, ["f0"], valuesOf({ uint64Values: [-1n] }))).toThrow(
      "value -1 is not in 0 to 18446744073709551615",
    );
  });

  it("BETTER 18: decodes defaults at the width of their type", () => {
    const cases = [
      ["Int8", "80", -128],
      ["Uint16", "ffff", 65_535],
      ["FP16", "003c", 1],
      ["FP8E4M3", "38", 1],
      ["FP8E5M2", "3c", 1],
      ["Int64", "ffffffffffffffff", -1n],
      ["Bool", "01", true],
      ["String", "6e61c3af7665", "naïve"],
    ] as const;
    for (const [name, bytes, expected] of cases) {
      const schema = schemaOf(name, [bytes]);
      const all = schemaOf(name, [bytes, bytes]);
      const own = schema.layout.dataType.container;
      const values = { ...emptyValues(), [own]: [expected] } as Values;
      expect(assembleValues(all, ["f1"], values)).toEqual([expected, expected]);
    }
    const vectors = schemaOf("BoolVector", ["0100", "01"], [2, 1]);
    const given = valuesOf({ vector: [valuesOf({ boolValues: [false] })] });
    expect(assembleValues(vectors, ["f1"], given)).toEqual([[true, false], [false]]);
    const floats = schemaOf("FP16Vector", ["003c 0040", "003c"], [2, 1]);
    const float = valuesOf({ vector: [valuesOf({ fp32Values: [3] })] });
    expect(assembleValues(floats, ["f1"], float)).toEqual([[1, 2], [3]]);
    const strings = schemaOf("StringVector", ["0100 0100 61 62", "0000"], [2, 1]);
    const text = valuesOf({ vector: [valuesOf({ stringValues: ["x"] })] });
    expect(assembleValues(strings, ["f1"], text)).toEqual([["a", "b"], ["x"]]);
  });

  it("does not change when a row's values do", () => {
    const assembler = createAssembler(INT8, ["f0"]);
    const first = assembler.assemble(valuesOf({ int32Values: [1] }));
    expect(assembler.assemble(valuesOf({ int32Values: [2] }))).toEqual([2, -5, 0]);
    expect(first).toEqual([1, -5, 0]);
  });
});

describe("container leniency", () => {
  it("takes doubles for narrower floats, narrowed as usual, and the other way round", () => {
    const narrow = valuesOf({ fp64Values: [0.1, 2] });
    expect(assembleValues(FP32, ["f0", "f1"], narrow)).toEqual([Math.fround(0.1), 2]);
    const fp64 = schemaOf("FP64", ["0000000000000000"]);
    expect(assembleValues(fp64, ["f0"], valuesOf({ fp32Values: [0.1] }))).toEqual([0.1]);
  });

  it("takes int32 and int64 values for any integer type, always checked", () => {
    const unchecked = { rejectOutOfRange: false };
    expect(assembleValues(INT8, ["f0"], valuesOf({ int64Values: [-7n] }))[0]).toBe(-7);
    expect(() =>
      assembleValues(INT8, ["f0"], valuesOf({ int64Values: [128n] }), unchecked),
    ).toThrow("value 128 is not in");
    const uint32 = schemaOf("Uint32", ["00000000"]);
    expect(assembleValues(uint32, ["f0"], valuesOf({ int64Values: [4_294_967_295n] }))).toEqual([
      4_294_967_295,
    ]);
    expect(() =>
      assembleValues(uint32, ["f0"], valuesOf({ int32Values: [-1] }), unchecked),
    ).toThrow(ValueError);
    const uint64 = schemaOf("Uint64", ["0000000000000000"]);
    expect(assembleValues(uint64, ["f0"], valuesOf({ int32Values: [7] }))).toEqual([7n]);
  });

  it("takes nothing else, and nothing ambiguous", () => {
    const uint8 = schemaOf("Uint8", ["00"]);
    for (const values of [
      valuesOf({ uint64Values: [1n] }),
      valuesOf({ fp64Values: [1] }),
      valuesOf({ int32Values: [1], int64Values: [1n] }),
      valuesOf({ int32Values: [1], vector: [emptyValues()] }),
    ]) {
      expect(() => assembleValues(uint8, ["f0"], values)).toThrow("uint32_values is nil");
    }
    const text = schemaOf("String", [""]);
    expect(() => assembleValues(text, ["f0"], valuesOf({ int32Values: [1] }))).toThrow(
      "string_values is nil",
    );
  });

  it("prefers the type's own container to others that are filled as well", () => {
    const values = valuesOf({ int32Values: [1], int64Values: [2n] });
    expect(assembleValues(INT8, ["f0"], values)[0]).toBe(1);
  });

  it("cuts a flat container into vectors, in label order", () => {
    const flat = valuesOf({ int32Values: [1, 2, 3] });
    expect(assembleValues(VECTORS, ["f1", "f0"], flat)).toEqual([[2, 3], [1]]);
    const foreign = valuesOf({ int64Values: [1n, 2n, 3n] });
    expect(assembleValues(VECTORS, ["f0", "f1"], foreign)).toEqual([[1, 2], [3]]);
    expect(() => assembleValues(VECTORS, ["f0", "f1"], valuesOf({ int32Values: [1] }))).toThrow(
      "int32_values length mismatch with feature labels, expected 3, received 1",
    );
  });

  it("takes a foreign container within a vector, too", () => {
    const schema = schemaOf("FP64Vector", ["0000000000000000"], [1]);
    const vector = [valuesOf({ fp32Values: [0.1] })];
    expect(assembleValues(schema, ["f0"], valuesOf({ vector }))).toEqual([[0.1]]);
  });

  it("takes a vector without elements where the length is 0", () => {
    const schema = schemaOf("Int8Vector", ["", "01"], [0, 1]);
    const vector = [emptyValues()];
    expect(assembleValues(schema, ["f0"], valuesOf({ vector }))).toEqual([[], [1]]);
  });
});
