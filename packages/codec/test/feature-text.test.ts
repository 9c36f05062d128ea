import { CodecError, DATA_TYPES, decodeFeature, formatFeature } from "@ofs/codec";
import { describe, expect, it } from "vitest";
import { typeNamed } from "./support/arbitraries.ts";
import { unhex } from "./support/blocks.ts";

function format(shortName: string, hexBytes: string, vectorLength = 1): string {
  return formatFeature(typeNamed(shortName), unhex(hexBytes), vectorLength);
}

describe("formatFeature", () => {
  it("writes each kind of scalar", () => {
    expect(format("Int8", "ff")).toBe("-1");
    expect(format("Uint64", "ffffffffffffffff")).toBe("18446744073709551615");
    expect(format("Int64", "0000000000000080")).toBe("-9223372036854775808");
    expect([format("Bool", "01"), format("Bool", "00"), format("Bool", "80")]).toEqual([
      "true",
      "false",
      "false",
    ]);
    expect(format("String", "c3a9")).toBe("é");
    expect(format("FP16", "662e")).toBe("0.099975586");
    expect(format("FP8E4M3", "7f")).toBe("NaN");
  });

  it("joins vectors with colons, floats without exponents", () => {
    expect(format("Int16Vector", "0100ffff")).toBe("1:-1");
    expect(format("BoolVector", "010001")).toBe("1:0:1");
    expect(format("FP32Vector", "00247449 cdcccc3d")).toBe("1000000:0.1");
    expect(format("FP64Vector", "")).toBe("");
  });

  it("BETTER 16: reads string vectors by the vector length", () => {
    expect(format("StringVector", "0100 0000 0200 61 6263", 3)).toBe("a::bc");
    expect(format("StringVector", "", 0)).toBe("");
    expect(() => format("StringVector", "0100 0000 0200 61 6263", 2)).toThrow(CodecError);
    expect(() => format("StringVector", "0100 61 62", 1)).toThrow(CodecError);
  });

  it("replaces what is not UTF-8, and keeps a byte order mark", () => {
    expect(format("String", "61 ff 62")).toBe("a\ufffdb");
    expect(format("String", "efbbbf 61")).toBe("\ufeffa");
  });

  const fixed = DATA_TYPES.filter(({ kind }) => kind !== "string").map((dataType) => ({
    name: dataType.name,
    dataType,
    unit: Math.max(dataType.unitSizeBytes, 1),
  }));

  it.each(fixed.filter(({ dataType }) => !dataType.isVector))(
    "$name: throws for bytes of another width",
    ({ dataType, unit }) => {
      for (const sizeBytes of [0, unit - 1, unit + 1, unit * 2]) {
        if (sizeBytes === unit) continue;
        expect(() => formatFeature(dataType, new Uint8Array(sizeBytes), 1)).toThrow(CodecError);
      }
    },
  );

  it.each(fixed.filter(({ dataType, unit }) => dataType.isVector && unit > 1))(
    "$name: throws for part of an element",
    ({ dataType, unit }) => {
      expect(() => formatFeature(dataType, new Uint8Array(unit + 1), 1)).toThrow(CodecError);
    },
  );
});

describe("decodeFeature", () => {
  it("gives typed values", () => {
    const cases = [
      ["Int64", "ffffffffffffffff", -1n],
      ["Uint32", "ffffffff", 4_294_967_295],
      ["Bool", "01", true],
      ["String", "6162", "ab"],
      ["FP16", "003c", 1],
      ["FP64", "000000000000f03f", 1],
      ["Int64Vector", "0100000000000000", new BigInt64Array([1n])],
      ["Uint64Vector", "0100000000000000", new BigUint64Array([1n])],
      ["FP32Vector", "0000803f", new Float32Array([1])],
      ["FP16Vector", "003c00c0", new Float32Array([1, -2])],
      ["FP8E5M2Vector", "3c", new Float32Array([1])],
      ["FP64Vector", "000000000000f03f", new Float64Array([1])],
      ["Int8Vector", "ff01", new Int8Array([-1, 1])],
      ["Uint16Vector", "ffff", new Uint16Array([65_535])],
      ["BoolVector", "0100", [true, false]],
    ] as const;
    for (const [name, bytes, expected] of cases) {
      expect(decodeFeature(typeNamed(name), unhex(bytes), 1)).toEqual(expected);
    }
    expect(decodeFeature(typeNamed("StringVector"), unhex("0100000061"), 2)).toEqual(["a", ""]);
  });

  it("copies, from any alignment", () => {
    const bytes = unhex("ee 0000803f").subarray(1);
    const decoded = decodeFeature(typeNamed("FP32Vector"), bytes, 1);
    bytes.fill(0);
    expect(decoded).toEqual(new Float32Array([1]));
  });
});
