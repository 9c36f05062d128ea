import { type DecimalParts, parseDecimal } from "./decimals.ts";

/** What comes after the largest single, if its exponent had one more value. */
const BEYOND_LARGEST = 2 ** 128;
const SMALLEST_NORMAL = 2 ** -126;

/** So many digits every normal single keeps; so many tell all singles apart. */
const KEPT_DIGITS = 6;
const TELLING_DIGITS = 9;

const bits = new DataView(new ArrayBuffer(4));

/**
 * The single nearest to a decimal, rounded once: by way of a double, a decimal very close to the middle between two
 * singles could be rounded twice, to the wrong one.
 *
 * @param text a finite decimal number of at most 10 000 characters
 * @returns an infinity beyond the range
 */
export function toSingle(text: string): number {
  const double = Number(text);
  const single = Math.fround(double);
  if (single === double) return single;
  const size = Math.abs(double);
  const below = singleBelow(size);
  const above = singleAbove(below);
  if (size - below !== above - size) return single;
  const side = compareToDouble(text, double);
  if (side === 0) return single;
  const rounded = side > 0 === double > 0 ? above : below;
  const bounded = rounded === BEYOND_LARGEST ? Number.POSITIVE_INFINITY : rounded;
  return double < 0 ? -bounded : bounded;
}

/** @param size not negative, no single itself @returns the largest single below, or 0 */
function singleBelow(size: number): number {
  const nearest = Math.fround(size);
  if (nearest < size) return nearest;
  if (nearest === Number.POSITIVE_INFINITY) bits.setUint32(0, 0x7f7f_ffff);
  else bits.setUint32(0, singleBits(nearest) - 1);
  return bits.getFloat32(0);
}

function singleAbove(single: number): number {
  const next = singleBits(single) + 1;
  if (next >= 0x7f80_0000) return BEYOND_LARGEST;
  bits.setUint32(0, next);
  return bits.getFloat32(0);
}

function singleBits(single: number): number {
  bits.setFloat32(0, single);
  return bits.getUint32(0);
}

/** Each middle between two singles is a multiple of two to the power of minus this. */
const MIDDLE_SHIFT = 150;

/** @returns the sign of `text - double`, exactly. @param double a middle between two singles */
function compareToDouble(text: string, double: number): number {
  const parts = parseDecimal(text) as DecimalParts;
  const power = 2n ** BigInt(MIDDLE_SHIFT);
  const scaled = BigInt(double * 2 ** MIDDLE_SHIFT);
  const [left, right] =
    parts.scale >= 0
      ? [BigInt(parts.digits) * power, scaled * 10n ** BigInt(parts.scale)]
      : [BigInt(parts.digits) * 10n ** BigInt(-parts.scale) * power, scaled];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** @returns the double whose shortest decimal is the shortest that reads as this single. @param single finite */
export function shortestSingle(single: number): number {
  const size = Math.abs(single);
  // The sign of a zero does not show in its digits.
  if (size === 0) return single;
  const first = size >= SMALLEST_NORMAL ? KEPT_DIGITS : 1;
  for (let digits = first; digits < TELLING_DIGITS; digits++) {
    const text = single.toPrecision(digits);
    if (toSingle(text) === single) return Number(text);
    if (digits > KEPT_DIGITS && isPowerOfTwo(size)) {
      // Its neighbour above is twice as far as the one below: the second nearest decimal may do.
      const other = awayFromZero(text);
      if (toSingle(other) === single) return Number(other);
    }
  }
  return Number(single.toPrecision(TELLING_DIGITS));
}

function isPowerOfTwo(size: number): boolean {
  return (singleBits(size) & 0x7f_ffff) === 0;
}

/** @returns the decimal with its last digit one greater */
function awayFromZero(text: string): string {
  const { digits, scale } = parseDecimal(text) as DecimalParts;
  const value = BigInt(digits);
  return `${value < 0n ? value - 1n : value + 1n}e${-scale}`;
}
