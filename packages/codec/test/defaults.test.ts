import {
  DATA_TYPES,
  decodeFeature,
  encodePayload,
  normalizeDefault,
  parseDefault,
  readFeature,
  zeroValue,
} from "@ofs/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyFeatureSet, typeNamed } from "./support/arbitraries.ts";
import { hex, unhex } from "./support/blocks.ts";
import { PROPERTY_RUNS, PROPERTY_TIMEOUT_MS } from "./support/runs.ts";

function normal(
  shortName: string,
  bytes: string | undefined,
  vectorLength = 0,
  stringLength = 0,
): string {
  const dataType = typeNamed(shortName);
  const given = bytes === undefined ? undefined : unhex(bytes);
  const { bytes: result, fault } = normalizeDefault(dataType, given, vectorLength, stringLength);
  return hex(result) + (fault === undefined ? "" : "!");
}

describe("normalizeDefault", () => {
  it(
    "BETTER 18: leaves what a client gets for a stored feature as it is",
    () => {
      fc.assert(
        fc.property(anyFeatureSet, ({ layout, values }) => {
          const { dataType, vectorLengths, stringLengths } = layout;
          const payload = encodePayload(layout, values);
          for (let position = 0; position < values.length; position++) {
            const bytes = readFeature(layout, payload, position);
            const length = vectorLengths[position] as number;
            const limit = stringLengths[position] as number;
            const { bytes: kept, fault } = normalizeDefault(dataType, bytes, length, limit);
            expect(fault).toBeUndefined();
            expect(kept).toEqual(bytes);
          }
        }),
        { numRuns: Math.ceil(PROPERTY_RUNS / 10) },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it("BETTER 18: takes any byte but zero for true", () => {
    expect([normal("Bool", "00"), normal("Bool", "01"), normal("Bool", "80")]).toEqual([
      "00",
      "01",
      "01",
    ]);
    expect(normal("Bool", "0101")).toBe("00!");
    expect(normal("Bool", "")).toBe("00!");
  });

  it("BETTER 18: unpacks bool vectors, most significant bit first", () => {
    expect(normal("BoolVector", "010001", 3)).toBe("010001");
    expect(normal("BoolVector", "a0", 3)).toBe("010001");
    expect(normal("BoolVector", "a080", 9)).toBe("010001000000000001");
    expect(normal("BoolVector", "80", 1)).toBe("01");
    expect(normal("BoolVector", "020001", 3)).toBe("000000!");
    expect(normal("BoolVector", "", 0)).toBe("");
  });

  it("BETTER 18: knows the three forms of string vectors", () => {
    const right = "01000200616262";
    const zeros = "00".repeat(10);
    expect(normal("StringVector", right, 2, 4)).toBe(right);
    expect(normal("StringVector", `${zeros} 0161 026262`, 2, 4)).toBe(right);
    expect(normal("StringVector", "61000000 62620000", 2, 4)).toBe(right);
    expect(normal("StringVector", `${zeros} 00`, 1, 4)).toBe("0000");
    const long = "61".repeat(200);
    expect(normal("StringVector", `${zeros} c801 ${long}`, 1, 300)).toBe(`c800${long}`);
  });

  it("reports a string vector of no form", () => {
    const zeros = "00".repeat(10);
    expect(normal("StringVector", `${zeros} 0161`, 2, 9)).toBe("00000000!");
    expect(normal("StringVector", `${zeros} 0161 0162 00`, 2, 9)).toBe("00000000!");
    expect(normal("StringVector", `${zeros} 8080808001`, 1, 9)).toBe("0000!");
    expect(normal("StringVector", `${zeros} 80`, 1, 9)).toBe("0000!");
    expect(normal("StringVector", `${zeros} 7f61`, 1, 9)).toBe("0000!");
    expect(normal("StringVector", "0100", 1, 9)).toBe("0000!");
  });

  it("BETTER 18: reports numbers of another width, at zero", () => {
    expect(normal("Int8", "fb")).toBe("fb");
    expect(normal("Int8", "fbffffff")).toBe("00!");
    expect(normal("FP16Vector", "003c0040", 2)).toBe("003c0040");
    expect(normal("FP16Vector", "003c", 2)).toBe("00000000!");
  });

  it("reports a missing default, at zero, for every type", () => {
    for (const dataType of DATA_TYPES) {
      const { bytes, fault } = normalizeDefault(dataType, undefined, 2, 4);
      expect(fault).toBe("default is missing");
      expect(bytes).toEqual(zeroValue(dataType, 2));
      const zero = decodeFeature(dataType, bytes, 2);
      const elements = dataType.isVector ? Array.from(zero as ArrayLike<unknown>) : [zero];
      expect(elements).toHaveLength(dataType.isVector ? 2 : 1);
      expect(elements.every((element) => !element)).toBe(true);
    }
  });

  it("copies, so that the registry's buffer can go", () => {
    for (const [name, length] of [
      ["Int8", 1],
      ["Int8Vector", 1],
      ["String", 1],
      ["BoolVector", 1],
    ] as const) {
      const given = Buffer.of(1);
      const { bytes } = normalizeDefault(typeNamed(name), given, length, 1);
      given.fill(0);
      expect(bytes).toEqual(Uint8Array.of(1));
    }
  });

  it("keeps a text that is longer than its limit, and reports it", () => {
    expect(normal("String", "6162", 0, 2)).toBe("6162");
    expect(normal("String", "616263", 0, 2)).toBe("616263!");
    expect(normal("String", "", 0, 2)).toBe("");
  });

  it(
    "turns any bytes into a default of the right width",
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...DATA_TYPES),
          fc.oneof(fc.uint8Array({ maxLength: 40 }), zeroPrefixed()),
          fc.nat(6),
          fc.nat(6),
          (dataType, bytes, vectorLength, stringLength) => {
            const { bytes: result } = normalizeDefault(dataType, bytes, vectorLength, stringLength);
            const decoded = decodeFeature(dataType, result, vectorLength);
            if (dataType.isVector) {
              expect((decoded as ArrayLike<unknown>).length).toBe(vectorLength);
            }
          },
        ),
        { numRuns: PROPERTY_RUNS },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );
});

/** The beginning of the older control plane's form of string vectors. */
function zeroPrefixed(): fc.Arbitrary<Uint8Array> {
  return fc
    .uint8Array({ maxLength: 20, max: 5 })
    .map((tail) => Uint8Array.from([...new Uint8Array(10), ...tail]));
}

describe("parseDefault", () => {
  it("checks the count of elements and the length of strings where they are known", () => {
    const vector = typeNamed("Int32Vector");
    expect(hex(parseDefault(vector, "1,2", { vectorLength: 2 }))).toBe("0100000002000000");
    expect(() => parseDefault(vector, "[1,2]", { vectorLength: 3 })).toThrow("has 2 elements");
    const text = typeNamed("String");
    expect(() => parseDefault(text, "abc", { stringLength: 2 })).toThrow("exceeds 2");
    expect(hex(parseDefault(text, "abc", { stringLength: 0 }))).toBe("616263");
    const texts = typeNamed("StringVector");
    expect(() => parseDefault(texts, "[a, bcd]", { stringLength: 2 })).toThrow("3 bytes");
    expect(hex(parseDefault(texts, "[a, b ]", { vectorLength: 2 }))).toBe("010001006162");
  });

  it("names the text that is no value", () => {
    expect(() => parseDefault(typeNamed("Int8"), "x", {})).toThrow(
      'default "x" is no DataTypeInt8',
    );
    expect(() => parseDefault(typeNamed("Int8"), "-129", {})).toThrow("-129 is not in -128 to 127");
    for (const text of ["", " ", ".", "e5", "0x10", "1_000", "1e", "--1", "nane"]) {
      expect(() => parseDefault(typeNamed("FP32"), text, {})).toThrow("is no DataTypeFP32");
    }
  });

  it("gives the bytes that normalizeDefault keeps", () => {
    const cases = [
      ["Int64", "-9223372036854775808"],
      ["Uint64", "18446744073709551615"],
      ["FP64", "1e400"],
      ["FP64", "-.5e-3"],
      ["FP32Vector", "[nan, -Inf, 1.]"],
      ["BoolVector", "[true,F]"],
      ["StringVector", "[ä,]"],
    ] as const;
    for (const [name, text] of cases) {
      const dataType = typeNamed(name);
      const length = text.split(",").length;
      const bytes = parseDefault(dataType, text, { vectorLength: length, stringLength: 9 });
      expect(normalizeDefault(dataType, bytes, length, 9)).toEqual({
        bytes,
        fault: undefined,
      });
    }
  });

  it("does not round floats twice", () => {
    // Just above the middle of 1 and the next float32: float64 cannot tell it from the middle.
    const above = "1.00000005960464477539062500000000000001";
    expect(hex(parseDefault(typeNamed("FP32"), above, {}))).toBe("0100803f");
    expect(hex(parseDefault(typeNamed("FP32"), "1.000000059604644775390625", {}))).toBe("0000803f");
  });
});
