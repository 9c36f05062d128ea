import { JsonNumber } from "../json/json-value.ts";
import { bufferOf } from "./buffers.ts";
import type { CellBytes } from "./cell-bytes.ts";
import { badBytes, fault, wrongKind } from "./faults.ts";
import type { ValueType } from "./value-type.ts";
import { NUMBER_LENGTH_MAX, readVarint, varintOf, varintText } from "./varint.ts";

const SCALE_SIZE = 4;
const SCALE_MIN = -0x8000_0000;
const SCALE_MAX = 0x7fff_ffff;

/** Decimals whose first digit stands this far behind the point are printed with an exponent. */
const PLAIN_EXPONENT_MIN = -6;

const DECIMAL_TEXT = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d+))?$/;

/** `digits` times ten to the power of `-scale`. */
export interface DecimalParts {
  /** With a sign or without. */
  readonly digits: string;
  readonly scale: number;
}

/** @returns undefined if the text is no decimal number, or longer than {@link NUMBER_LENGTH_MAX} */
export function parseDecimal(text: string): DecimalParts | undefined {
  if (text.length > NUMBER_LENGTH_MAX) return undefined;
  const found = DECIMAL_TEXT.exec(text);
  if (found === null) return undefined;
  const [, sign = "", whole = "", tail = "", pointed = "", exponent = "0"] = found;
  const fraction = tail + pointed;
  return { digits: `${sign}${whole}${fraction}`, scale: fraction.length - Number(exponent) };
}

/** A scale of 32 bits, then the digits as a varint. The scale is part of the value: `1.5` and `1.50` are two. */
export const DECIMAL: ValueType = {
  encode: (value) => {
    const text = value instanceof JsonNumber ? value.text : value;
    const parts = typeof text === "string" ? parseDecimal(text) : undefined;
    if (parts === undefined) {
      const isLong = typeof text === "string" && text.length > NUMBER_LENGTH_MAX;
      return isLong
        ? fault(value, `is a DECIMAL of more than ${NUMBER_LENGTH_MAX} digits`)
        : wrongKind("DECIMAL", value);
    }
    if (parts.scale < SCALE_MIN || parts.scale > SCALE_MAX) {
      return fault(value, "is beyond the range of DECIMAL");
    }
    const digits = varintOf(parts.digits);
    const bytes = Buffer.allocUnsafe(SCALE_SIZE + digits.length);
    bytes.writeInt32BE(parts.scale);
    bytes.set(digits, SCALE_SIZE);
    return bytes;
  },
  decode: (bytes) => {
    const { scale, digits } = partsOf(bytes);
    return formatDecimal(varintText(digits), scale);
  },
  compare: (a, b) => compareDecimals(partsOf(a), partsOf(b)),
};

interface StoredDecimal {
  readonly scale: number;
  readonly digits: CellBytes;
}

function partsOf(bytes: CellBytes): StoredDecimal {
  if (bytes.length <= SCALE_SIZE) throw badBytes("DECIMAL", bytes);
  const buffer = bufferOf(bytes);
  return { scale: buffer.readInt32BE(0), digits: buffer.subarray(SCALE_SIZE) };
}

/** Plain notation where it is short, else one digit before the point and an exponent. Keeps the scale. */
function formatDecimal(text: string, scale: number): string {
  const sign = text.startsWith("-") ? "-" : "";
  const digits = text.slice(sign.length);
  const exponent = digits.length - 1 - scale;
  if (scale < 0 || exponent < PLAIN_EXPONENT_MIN) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${sign}${digits[0]}${fraction}E${exponent < 0 ? "" : "+"}${exponent}`;
  }
  if (scale === 0) return text;
  const padded = digits.padStart(scale + 1, "0");
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

function compareDecimals(a: StoredDecimal, b: StoredDecimal): number {
  const left = readVarint(a.digits);
  const right = readVarint(b.digits);
  const sign = signOf(left);
  if (sign !== signOf(right) || sign === 0) return sign - signOf(right);
  if (a.scale === b.scale) return signOf(left - right);
  const leftExponent = digitCount(left) - a.scale;
  const rightExponent = digitCount(right) - b.scale;
  if (leftExponent !== rightExponent) return leftExponent < rightExponent ? -sign : sign;
  // The scales differ by no more than the counts of digits do: neither number grows beyond those digits.
  const lift = a.scale - b.scale;
  return lift < 0
    ? signOf(left * 10n ** BigInt(-lift) - right)
    : signOf(left - right * 10n ** BigInt(lift));
}

function signOf(value: bigint): number {
  if (value === 0n) return 0;
  return value < 0n ? -1 : 1;
}

function digitCount(value: bigint): number {
  const { length } = value.toString();
  return value < 0n ? length - 1 : length;
}
