import { float32FromBits, float32ToBits } from "./float-bits.ts";
import { roundSubnormal } from "./small-float.ts";

/*
 * Two 8-bit floats:
 *
 *          7     6..        ..0
 *   E5M2   sign  5 exponent (bias 15)  2 mantissa bits; infinities and NaN as in IEEE formats
 *   E4M3   sign  4 exponent (bias 7)   3 mantissa bits; no infinities, 7f and ff are NaN
 */
const FLOAT32_INFINITY_BITS = 0x7f80_0000;

const E5M2_INFINITY = 0x7c;
const E5M2_NAN = 0x7f;
/** float32 bits of 61440: from here on everything rounds to infinity. */
const E5M2_OVERFLOW_BITS = 0x4770_0000;
/** 2^-14 and 2^-17. */
const E5M2_MIN_NORMAL_BITS = 0x3880_0000;
const E5M2_UNDERFLOW_BITS = 0x3700_0000;
const E5M2_REBIAS = 0x3800_0000;
/** Subnormal step 2^-16. */
const E5M2_SUBNORMAL_EXPONENT = 134;

const E4M3_NAN = 0x7f;
/** float32 bits of 464, which still ties to 448; above it everything is NaN. */
const E4M3_MAX_BITS = 0x43e8_0000;
/** 2^-6 and 2^-10. */
const E4M3_MIN_NORMAL_BITS = 0x3c80_0000;
const E4M3_UNDERFLOW_BITS = 0x3a80_0000;
const E4M3_REBIAS = 0x3c00_0000;
/** Subnormal step 2^-9. */
const E4M3_SUBNORMAL_EXPONENT = 141;

/**
 * Code of the E5M2 float nearest to a float32: ties to even, overflow to infinity.
 *
 * @param bits of the float32
 */
export function float8E5M2FromBits(bits: number): number {
  const sign = (bits >>> 24) & 0x80;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude >= E5M2_OVERFLOW_BITS) {
    return sign | (magnitude > FLOAT32_INFINITY_BITS ? E5M2_NAN : E5M2_INFINITY);
  }
  if (magnitude >= E5M2_MIN_NORMAL_BITS) {
    return sign | ((magnitude - E5M2_REBIAS + 0xf_ffff + ((magnitude >>> 21) & 1)) >>> 21);
  }
  if (magnitude <= E5M2_UNDERFLOW_BITS) return sign;
  return sign | roundSubnormal(magnitude, E5M2_SUBNORMAL_EXPONENT);
}

/**
 * Code of the E4M3 float nearest to a float32: ties to even. Overflow and infinities become NaN.
 *
 * @param bits of the float32
 */
export function float8E4M3FromBits(bits: number): number {
  const sign = (bits >>> 24) & 0x80;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > E4M3_MAX_BITS) return sign | E4M3_NAN;
  if (magnitude >= E4M3_MIN_NORMAL_BITS) {
    return sign | ((magnitude - E4M3_REBIAS + 0x7_ffff + ((magnitude >>> 20) & 1)) >>> 20);
  }
  if (magnitude <= E4M3_UNDERFLOW_BITS) return sign;
  return sign | roundSubnormal(magnitude, E4M3_SUBNORMAL_EXPONENT);
}

/** Rounds to float32 first, then to E5M2. @returns the 8-bit code */
export function encodeFloat8E5M2(value: number): number {
  return float8E5M2FromBits(float32ToBits(value));
}

/** Rounds to float32 first, then to E4M3. @returns the 8-bit code */
export function encodeFloat8E4M3(value: number): number {
  return float8E4M3FromBits(float32ToBits(value));
}

export function decodeFloat8E5M2(code: number): number {
  const sign = (code & 0x80) === 0 ? 1 : -1;
  const exponent = (code >>> 2) & 0x1f;
  const mantissa = code & 3;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -16;
  return float32FromBits(((code & 0x80) << 24) | ((exponent + 112) << 23) | (mantissa << 21));
}

export function decodeFloat8E4M3(code: number): number {
  const sign = (code & 0x80) === 0 ? 1 : -1;
  const exponent = (code >>> 3) & 0xf;
  const mantissa = code & 7;
  if (exponent === 0xf && mantissa === 7) return Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -9;
  return float32FromBits(((code & 0x80) << 24) | ((exponent + 120) << 23) | (mantissa << 20));
}
