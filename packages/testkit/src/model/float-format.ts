import type { ElementName, FeatureValue, ModelType, ScalarValue } from "./model-type.ts";

/**
 * Small float formats in the plainest way: every code of a format is worked out by the formula of IEEE 754, and a
 * number is rounded to the nearest of them.
 */
interface SmallFormat {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  /** The first code that is not finite; what a number that rounds to it becomes. */
  readonly overflowCode: number;
  readonly overflow: number;
}

const FP16: SmallFormat = {
  exponentBits: 5,
  mantissaBits: 10,
  bias: 15,
  overflowCode: 0x7c00,
  overflow: Number.POSITIVE_INFINITY,
};
const FP8E5M2: SmallFormat = {
  exponentBits: 5,
  mantissaBits: 2,
  bias: 15,
  overflowCode: 0x7c,
  overflow: Number.POSITIVE_INFINITY,
};
const FP8E4M3: SmallFormat = {
  exponentBits: 4,
  mantissaBits: 3,
  bias: 7,
  overflowCode: 0x7f,
  overflow: Number.NaN,
};
const SMALL_FORMATS: Partial<Record<ElementName, SmallFormat>> = { FP16, FP8E5M2, FP8E4M3 };

/** Magnitudes by code, up to and with that of the overflow code: where the next number would be. */
const MAGNITUDES = new Map(
  [FP16, FP8E5M2, FP8E4M3].map((format) => [
    format,
    Array.from({ length: format.overflowCode + 1 }, (_, code) => nominal(code, format)),
  ]),
);

function nominal(code: number, { mantissaBits, bias }: SmallFormat): number {
  const exponent = code >> mantissaBits;
  const fraction = (code & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
  return exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
}

/** The number that a feature of the element type holds after `value` was written to it. */
export function roundFloat(value: number, element: ElementName): number {
  if (element === "FP64") return value;
  const single = Math.fround(value);
  const format = SMALL_FORMATS[element];
  if (format === undefined || Number.isNaN(single)) return single;
  const code = nearestCode(Math.abs(single), MAGNITUDES.get(format) as readonly number[]);
  const magnitude = code === format.overflowCode ? format.overflow : nominal(code, format);
  return single < 0 || Object.is(single, -0) ? -magnitude : magnitude;
}

/** What a feature of the type holds after `value` was written to it. */
export function roundValue(value: FeatureValue, { element }: ModelType): FeatureValue {
  const round = (scalar: ScalarValue): ScalarValue =>
    typeof scalar === "number" ? roundFloat(scalar, element) : scalar;
  return Array.isArray(value) ? value.map(round) : round(value as ScalarValue);
}

/** Ties go to the even code. */
function nearestCode(magnitude: number, magnitudes: readonly number[]): number {
  let low = 0;
  let high = magnitudes.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((magnitudes[middle] as number) <= magnitude) low = middle;
    else high = middle - 1;
  }
  const next = magnitudes[low + 1];
  if (next === undefined) return low;
  const below = magnitude - (magnitudes[low] as number);
  const above = next - magnitude;
  if (below === above) return low % 2 === 0 ? low : low + 1;
  return below < above ? low : low + 1;
}

/** The number that a code of FP16 or one of the FP8 stands for. @throws {RangeError} for other formats */
export function floatOfCode(bits: number, element: ElementName): number {
  const format = SMALL_FORMATS[element];
  if (format === undefined) throw new RangeError(`${element} is not a small float format`);
  const signBit = 2 ** (format.exponentBits + format.mantissaBits);
  const code = bits % signBit;
  const sign = bits >= signBit ? -1 : 1;
  if (code > format.overflowCode) return Number.NaN;
  return sign * (code === format.overflowCode ? format.overflow : nominal(code, format));
}

/** The code of a number that `roundFloat` answered. @throws {RangeError} for other formats */
export function codeOfFloat(value: number, element: ElementName): number {
  const format = SMALL_FORMATS[element];
  if (format === undefined) throw new RangeError(`${element} is not a small float format`);
  const signBit = 2 ** (format.exponentBits + format.mantissaBits);
  if (Number.isNaN(value)) return signBit - 1;
  const sign = value < 0 || Object.is(value, -0) ? signBit : 0;
  return sign + nearestCode(Math.abs(value), MAGNITUDES.get(format) as readonly number[]);
}
