import { float32FromBits, float32ToBits } from "./float-bits.ts";
import { roundSubnormal } from "./small-float.ts";

/*
 * IEEE binary16, 1 sign, 5 exponent (bias 15), 10 mantissa bits.
 *
 *   15   14..10     9..0
 *   sign exponent   mantissa
 */
const INFINITY_CODE = 0x7c00;
const NAN_CODE = 0x7e00;
/** float32 bits of 65520: from here on everything rounds to infinity. */
const OVERFLOW_BITS = 0x477f_f000;
/** float32 bits of 2^-14, the smallest normal value. */
const MIN_NORMAL_BITS = 0x3880_0000;
/** float32 bits of 2^-25: up to here everything rounds to zero. */
const UNDERFLOW_BITS = 0x3300_0000;
const FLOAT32_INFINITY_BITS = 0x7f80_0000;
/** Distance of the exponents' biases, in the place of a float32 exponent. */
const REBIAS = 0x3800_0000;
/** Exponent of a float32 whose mantissa, as an integer, counts in subnormal steps of 2^-24. */
const SUBNORMAL_EXPONENT = 126;

/**
 * Code of the float16 nearest to a float32: ties to even, overflow to infinity, subnormals kept.
 *
 * @param bits of the float32
 */
export function float16FromBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude >= OVERFLOW_BITS) {
    return magnitude > FLOAT32_INFINITY_BITS ? NAN_CODE : sign | INFINITY_CODE;
  }
  if (magnitude >= MIN_NORMAL_BITS) {
    return sign | ((magnitude - REBIAS + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  if (magnitude <= UNDERFLOW_BITS) return sign;
  return sign | roundSubnormal(magnitude, SUBNORMAL_EXPONENT);
}

/** @returns bits of the float32 with the same value */
export function float16ToBits(code: number): number {
  const sign = (code & 0x8000) << 16;
  const magnitude = code & 0x7fff;
  if (magnitude >= INFINITY_CODE) {
    return sign | FLOAT32_INFINITY_BITS | ((magnitude & 0x3ff) << 13);
  }
  if (magnitude >= 0x400) return sign | ((magnitude << 13) + REBIAS);
  if (magnitude === 0) return sign;
  // Shift the highest set bit of the 10 up to the place of the hidden one.
  const shift = Math.clz32(magnitude) - 21;
  return sign | ((113 - shift) << 23) | (((magnitude << shift) & 0x3ff) << 13);
}

/** Rounds to float32 first, then to float16. @returns the 16-bit code */
export function encodeFloat16(value: number): number {
  return float16FromBits(float32ToBits(value));
}

export function decodeFloat16(code: number): number {
  return float32FromBits(float16ToBits(code));
}
