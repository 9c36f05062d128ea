import { float32ToBits } from "./float-bits.ts";

/**
 * Text of floats: the shortest digits that identify the value, in one of two forms.
 *
 * With digits d1 d2 … dk and value d1.d2…dk × 10^exponent:
 * - general: `d1[.d2…dk]e±XX` if the exponent is below -4 or at least 6, else plain
 * - plain: decimal without an exponent, padded with zeros on either side
 */
export type FloatForm = "general" | "plain";

const GENERAL_MIN_EXPONENT = -4;
const GENERAL_END_EXPONENT = 6;

/** Text of a float32. */
export function formatFloat32(value: number, form: FloatForm): string {
  return specialText(value) ?? layOut(value, float32Digits(Math.abs(value)), form);
}

/** Text of a float64. */
export function formatFloat64(value: number, form: FloatForm): string {
  return specialText(value) ?? layOut(value, float64Digits(Math.abs(value)), form);
}

function specialText(value: number): string | undefined {
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  return undefined;
}

/** A positive decimal: `digits` without zeros at either end, the point after the first one, times 10^`exponent`. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

function layOut(value: number, { digits, exponent }: Decimal, form: FloatForm): string {
  const sign = value < 0 ? "-" : "";
  if (form === "general" && (exponent < GENERAL_MIN_EXPONENT || exponent >= GENERAL_END_EXPONENT)) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const integerLength = exponent + 1;
  if (digits.length <= integerLength) return sign + digits.padEnd(integerLength, "0");
  return `${sign}${digits.slice(0, integerLength)}.${digits.slice(integerLength)}`;
}

/** ECMAScript's own printing gives the shortest digits for float64. */
function float64Digits(value: number): Decimal {
  const [mantissa, exponent] = value.toExponential().split("e") as [string, string];
  return { digits: mantissa.replace(".", ""), exponent: Number(exponent) };
}

/** A float32 as mantissa × 2^exponent, with the decimals that read back as it lying between `low` and `high`. */
interface Float32Parts {
  readonly mantissa: number;
  readonly exponent: number;
  /** Below a power of two the float32 lie twice as close as above it. */
  readonly isLopsided: boolean;
  /** The midpoints to the float32 next to it; exact as float64. */
  readonly low: number;
  readonly high: number;
}

function takeApart(value: number): Float32Parts {
  const bits = float32ToBits(value);
  const field = bits >>> 23;
  const fraction = bits & 0x7f_ffff;
  const exponent = Math.max(field, 1) - 150;
  const isLopsided = fraction === 0 && field > 1;
  const step = 2 ** exponent;
  return {
    mantissa: field === 0 ? fraction : fraction | 0x80_0000,
    exponent,
    isLopsided,
    low: value - (isLopsided ? step / 4 : step / 2),
    high: value + step / 2,
  };
}

/** Digits that tell any two float32 apart. */
const MAX_FLOAT32_DIGITS = 9;
const NONE = 0;
const UNCERTAIN = -1;

/**
 * Takes the shortest decimals that read back as the float32; of those the nearest to it, ties to an even last digit.
 * Works with float64 as long as that is certain to be right, else with integers of any size.
 *
 * @param value positive, finite float32
 */
function float32Digits(value: number): Decimal {
  const parts = takeApart(value);
  const estimate = Math.floor(Math.log10(value));
  const firstScale = -estimate - 1;
  for (let scale = firstScale; scale <= firstScale + MAX_FLOAT32_DIGITS + 1; scale++) {
    const units = shortestFast(value, parts, scale);
    if (units > NONE) return toDecimal(String(units), scale);
    if (units === UNCERTAIN) return shortestExact(parts, scale);
  }
  return shortestExact(parts, firstScale);
}

function toDecimal(digits: string, scale: number): Decimal {
  return { digits: digits.replace(/0+$/, ""), exponent: digits.length - 1 - scale };
}

/** 10^0 … 10^22 are exact as float64, so one product or quotient with them is correctly rounded. */
const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, power) =>
  Number(`1e${power}`),
);
const MAX_EXACT_POWER = 22;
/** How near to a half the fraction of a scaled value may come before it is computed exactly. */
const TIE_DISTANCE = 1e-4;

/** @returns n so that n × 10^-scale is the nearest to the value and reads back as it; or NONE, or UNCERTAIN */
function shortestFast(value: number, parts: Float32Parts, scale: number): number {
  if (Math.abs(scale) > MAX_EXACT_POWER) return UNCERTAIN;
  const power = POWERS_OF_TEN[Math.abs(scale)] as number;
  const scaled = scale < 0 ? value / power : value * power;
  const nearest = Math.round(scaled);
  const isTie = Math.abs(scaled - Math.floor(scaled) - 0.5) < TIE_DISTANCE;
  if (!isTie && isWithin(nearest, scale, power, parts) === INSIDE) return nearest;
  for (let units = nearest - 1; units <= nearest + 1; units++) {
    if (isWithin(units, scale, power, parts) !== OUTSIDE) return UNCERTAIN;
  }
  return NONE;
}

const OUTSIDE = 0;
const ON_EDGE = 1;
const INSIDE = 2;

/** A decimal that float64 puts on an edge may lie on either side of it; otherwise the order is the exact one. */
function isWithin(units: number, scale: number, power: number, parts: Float32Parts): number {
  const decimal = scale < 0 ? units * power : units / power;
  if (decimal === parts.low || decimal === parts.high) return ON_EDGE;
  return decimal > parts.low && decimal < parts.high ? INSIDE : OUTSIDE;
}

/** As the fast way from `firstScale` on, in exact arithmetic: everything counted in quarters of the float32's step. */
function shortestExact(parts: Float32Parts, firstScale: number): Decimal {
  const value = BigInt(parts.mantissa) * 4n;
  const low = value - (parts.isLopsided ? 1n : 2n);
  const high = value + 2n;
  const isEven = parts.mantissa % 2 === 0;
  const exponent = parts.exponent - 2;
  for (let scale = firstScale; ; scale++) {
    const factor = powerOf(2n, exponent) * powerOf(10n, scale);
    const divisor = powerOf(2n, -exponent) * powerOf(10n, -scale);
    for (const units of nearestFirst(value * factor, divisor)) {
      const scaled = units * divisor;
      const isOnEdge = scaled === low * factor || scaled === high * factor;
      if (isOnEdge ? isEven : scaled > low * factor && scaled < high * factor) {
        return toDecimal(String(units), scale);
      }
    }
  }
}

/** The two integers about a quotient: the nearer one first, the even one if they are equally near. */
function nearestFirst(dividend: bigint, divisor: bigint): readonly [bigint, bigint] {
  const floor = dividend / divisor;
  const rest = (dividend % divisor) * 2n;
  const isUp = rest > divisor || (rest === divisor && floor % 2n === 1n);
  return isUp ? [floor + 1n, floor] : [floor, floor + 1n];
}

/** 1 for negative exponents. */
function powerOf(base: bigint, exponent: number): bigint {
  return exponent > 0 ? base ** BigInt(exponent) : 1n;
}
