import {
  createQuantizer,
  type DataType,
  decodeFeature,
  decodeFloat8E4M3,
  decodeFloat8E5M2,
  decodeFloat16,
  encodeFloat8E4M3,
  encodeFloat8E5M2,
  encodeFloat16,
  isQuantizable,
  parseFeatureLabel,
} from "../../src/index.ts";
import {
  assertBytes,
  assertEqual,
  assertRefused,
  CaseFailure,
  fromHex,
  toHex,
  typeOf,
} from "./case.ts";
import { float32OfHex, float64OfHex, hexOfFloat32 } from "./inputs.ts";

const DECODERS: Readonly<Record<string, (code: number) => number>> = {
  FP16: decodeFloat16,
  FP8E5M2: decodeFloat8E5M2,
  FP8E4M3: decodeFloat8E4M3,
};

interface FloatDecodeCase {
  readonly type: string;
  readonly code: number;
  readonly f32_bits: string;
  readonly nan?: boolean;
}

export function runFloatDecode(vector: FloatDecodeCase): void {
  const decode = DECODERS[vector.type];
  if (decode === undefined) throw new CaseFailure(`type ${vector.type} is unknown`);
  const value = decode(vector.code);
  if (vector.nan === true) assertEqual("value", value, Number.NaN);
  else assertEqual("float32 bits", hexOfFloat32(value), vector.f32_bits);
}

interface FloatEncodeCase {
  readonly f32_bits: string;
  readonly fp16: number;
  readonly e5m2: number;
  readonly e4m3: number;
  readonly nan?: boolean;
}

export function runFloatEncode(vector: FloatEncodeCase): void {
  const value = float32OfHex(vector.f32_bits);
  const codes = [
    ["FP16", encodeFloat16(value), vector.fp16],
    ["FP8E5M2", encodeFloat8E5M2(value), vector.e5m2],
    ["FP8E4M3", encodeFloat8E4M3(value), vector.e4m3],
  ] as const;
  for (const [type, code, expected] of codes) {
    if (vector.nan === true) assertEqual(type, DECODERS[type]?.(code), Number.NaN);
    else assertEqual(`${type} of ${vector.f32_bits}`, code, expected);
  }
}

interface FloatNarrowCase {
  readonly f64_bits: string;
  readonly f32_bits: string;
  readonly nan?: boolean;
}

export function runFloatNarrow(vector: FloatNarrowCase): void {
  const wide = new Uint8Array(8);
  new DataView(wide.buffer).setFloat64(0, float64OfHex(vector.f64_bits), true);
  const narrow = new Uint8Array(4);
  createQuantizer(typeOf("DataTypeFP64"), typeOf("DataTypeFP32")).convert(wide, 0, 1, narrow, 0);
  const value = new DataView(narrow.buffer).getFloat32(0, true);
  if (vector.nan === true) assertEqual("value", value, Number.NaN);
  else assertEqual("float32 bits", hexOfFloat32(value), vector.f32_bits);
}

interface QuantizationCase {
  readonly op: "compatible" | "quantize" | "parse_label";
  readonly source: string;
  readonly target: string;
  readonly input_hex: string;
  readonly expect_hex: string;
  readonly elements?: number;
  readonly nan?: boolean;
  readonly label: string;
  readonly expect: boolean | { outcome: string; base_label?: string; target?: string };
}

export function runQuantization(vector: QuantizationCase): void {
  switch (vector.op) {
    case "compatible": {
      const isAllowed = isQuantizable(typeOf(vector.source), typeOf(vector.target));
      assertEqual("compatible", isAllowed, vector.expect);
      break;
    }
    case "quantize":
      runQuantize(vector);
      break;
    case "parse_label":
      runParseLabel(vector);
      break;
    default:
      throw new CaseFailure(`op ${String(vector.op)} is unknown`);
  }
}

function runQuantize(vector: QuantizationCase): void {
  const source = typeOf(vector.source);
  const target = typeOf(vector.target);
  const input = fromHex(vector.input_hex);
  const count = vector.elements ?? input.length / source.unitSizeBytes;
  const output = new Uint8Array(count * target.unitSizeBytes);
  createQuantizer(source, target).convert(input, 0, count, output, 0);
  if (vector.nan === true) {
    assertEqual("values", floatsOf(target, output), floatsOf(target, fromHex(vector.expect_hex)));
  } else {
    assertBytes("bytes", output, vector.expect_hex);
  }
}

/** Text in which all NaNs are the same. */
function floatsOf(dataType: DataType, bytes: Uint8Array): string {
  if (bytes.length === 0) return toHex(bytes);
  const decoded = decodeFeature(dataType, bytes, bytes.length / dataType.unitSizeBytes);
  const values = typeof decoded === "number" ? [decoded] : Array.from(decoded as Float32Array);
  return values.map((value) => (Object.is(value, -0) ? "-0" : String(value))).join();
}

function runParseLabel(vector: QuantizationCase): void {
  const expect = vector.expect as { outcome: string; base_label?: string; target?: string };
  const source = typeOf(vector.source);
  if (expect.outcome === "error") {
    assertRefused("label", () => parseFeatureLabel(vector.label, source));
    return;
  }
  const { baseLabel, target } = parseFeatureLabel(vector.label, source);
  assertEqual("base label", baseLabel, expect.base_label);
  assertEqual("target", target?.name, expect.target);
}
