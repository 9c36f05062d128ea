import { float32FromBits, float32ToBits } from "./float-bits.ts";

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["inf", Infinity],
  ["infinity", Infinity],
]);

/** Longest text that is read as a number, so that exact comparison stays cheap. */
const MAX_TEXT_LENGTH = 1024;
/** What float32 would reach with one more exponent: overflow starts half a step below it. */
const FLOAT32_END = 2 ** 128;

/**
 * Nearest float64 of a decimal, or of `nan`, `inf`, `infinity` with a sign, in any case.
 *
 * @returns undefined if the text is neither
 */
export function parseFloat64(text: string): number | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const unsigned = text.replace(/^[+-]/, "");
  const special = SPECIAL.get(unsigned.toLowerCase());
  if (special !== undefined) return text.startsWith("-") ? -special : special;
  const match = DECIMAL.exec(text);
  if (match === null || ((match[2] ?? "") === "" && (match[3] ?? "") === "")) return undefined;
  return Number(text);
}

/**
 * Nearest float32 of a text, ties to even: rounded once, where going through float64 would round twice.
 *
 * @returns undefined if the text is no number
 */
export function parseFloat32(text: string): number | undefined {
  const value = parseFloat64(text);
  if (value === undefined || !Number.isFinite(value)) return value;
  const rounded = Math.fround(value);
  if (rounded === value) return rounded;
  // Only a float64 exactly between two float32 can hide on which side of it the text is.
  const other = neighbourTowards(rounded, value);
  if ((finiteOf(rounded) + finiteOf(other)) / 2 !== value) return rounded;
  const side = compareDecimal(text, value);
  if (side === 0) return rounded;
  return side > 0 ? Math.max(rounded, other) : Math.min(rounded, other);
}

function finiteOf(value: number): number {
  return Number.isFinite(value) ? value : Math.sign(value) * FLOAT32_END;
}

/** The next float32 from `rounded` on in the direction of `value`, which lies beside it. */
function neighbourTowards(rounded: number, value: number): number {
  if (rounded === 0) return value < 0 ? float32FromBits(0x8000_0001) : float32FromBits(1);
  const isOutwards = Math.abs(value) > Math.abs(rounded);
  return float32FromBits(float32ToBits(rounded) + (isOutwards ? 1 : -1));
}

/**
 * The exponent is a small number here: the text is at most `MAX_TEXT_LENGTH` long and reads as a finite float64 that is not 0.
 *
 * @returns sign of `text - value`, exactly
 */
function compareDecimal(text: string, value: number): number {
  const [, sign, whole = "", fraction = "", exponentText = "0"] = DECIMAL.exec(text) as string[];
  const exponent = Number(exponentText) - fraction.length;
  const magnitude = BigInt(`0${whole}${fraction}`);
  const { numerator, denominator } = toFraction(Math.abs(value));
  const left = magnitude * power(10, exponent) * denominator;
  const right = numerator * power(10, -exponent);
  const order = left === right ? 0 : left > right ? 1 : -1;
  return sign === "-" ? -order : order;
}

/** A positive float64 as an exact quotient: doubled until it is whole. */
function toFraction(value: number): { numerator: bigint; denominator: bigint } {
  let scaled = value;
  let doublings = 0;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    doublings++;
  }
  return { numerator: BigInt(scaled), denominator: 1n << BigInt(doublings) };
}

/** 1 for negative exponents. */
function power(base: number, exponent: number): bigint {
  return exponent > 0 ? BigInt(base) ** BigInt(exponent) : 1n;
}
