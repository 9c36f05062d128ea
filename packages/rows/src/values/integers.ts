import { JsonNumber, type JsonValue } from "../json/json-value.ts";
import { bufferOf, compareSigned } from "./buffers.ts";
import type { CellBytes, ValueFault } from "./cell-bytes.ts";
import { assertSize, fault, wrongKind } from "./faults.ts";
import type { ValueType } from "./value-type.ts";
import {
  compareVarints,
  isDigits,
  NUMBER_LENGTH_MAX,
  SMALL_DIGITS_MAX,
  varintOf,
  varintText,
} from "./varint.ts";

const INT_MIN = -0x8000_0000;
const INT_MAX = 0x7fff_ffff;
const TWO_32 = 0x1_0000_0000;
/** Upper halves beyond do not make a number that a double holds exactly. */
const SAFE_HALF_MAX = 0x1f_ffff;

const PLUS = "+";
const MINUS = "-";

/** @returns an integer's digits with their sign, sent as a number or as text */
function integerText(value: JsonValue): string | undefined {
  const isNumber = value instanceof JsonNumber;
  const text = isNumber ? value.text : value;
  if (typeof text !== "string") return undefined;
  const sign = text[0];
  const isSigned = sign === MINUS || sign === PLUS;
  return isDigits(text, isSigned ? 1 : 0) ? text : undefined;
}

export const INT: ValueType = {
  encode: (value) => {
    const text = integerText(value);
    if (text === undefined) return wrongKind("INT", value);
    const number = Number(text);
    if (!(number >= INT_MIN && number <= INT_MAX))
      return fault(value, "is beyond the range of INT");
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeInt32BE(number);
    return bytes;
  },
  decode: (bytes) => {
    assertSize("INT", bytes, 4);
    return String(bufferOf(bytes).readInt32BE());
  },
  compare: compareSigned,
};

/** @returns 64 bits; undefined beyond their range @param digits with a sign or without */
function int64Of(digits: string): CellBytes | undefined {
  const bytes = Buffer.allocUnsafe(8);
  if (digits.length <= SMALL_DIGITS_MAX) {
    const number = Number(digits);
    const upper = Math.floor(number / TWO_32);
    bytes.writeInt32BE(upper, 0);
    bytes.writeUInt32BE(number - upper * TWO_32, 4);
    return bytes;
  }
  if (digits.length > NUMBER_LENGTH_MAX) return undefined;
  const value = BigInt(digits);
  if (BigInt.asIntN(64, value) !== value) return undefined;
  bytes.writeBigInt64BE(value);
  return bytes;
}

function int64Text(bytes: CellBytes): string {
  const buffer = bufferOf(bytes);
  const upper = buffer.readInt32BE(0);
  const isSafe = upper >= -SAFE_HALF_MAX && upper <= SAFE_HALF_MAX;
  return isSafe
    ? String(upper * TWO_32 + buffer.readUInt32BE(4))
    : buffer.readBigInt64BE().toString();
}

export const BIGINT: ValueType = {
  encode: (value) => {
    const text = integerText(value);
    if (text === undefined) return wrongKind("BIGINT", value);
    return int64Of(text) ?? fault(value, "is beyond the range of BIGINT");
  },
  decode: (bytes) => {
    assertSize("BIGINT", bytes, 8);
    return int64Text(bytes);
  },
  compare: compareSigned,
};

/** Integers of any size. */
export const VARINT: ValueType = {
  encode: (value): CellBytes | ValueFault => {
    const text = integerText(value);
    if (text === undefined) return wrongKind("VARINT", value);
    if (text.length > NUMBER_LENGTH_MAX) {
      return fault(value, `is a VARINT of more than ${NUMBER_LENGTH_MAX} digits`);
    }
    return varintOf(text);
  },
  decode: varintText,
  compare: compareVarints,
};

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})Z$/;

/** Milliseconds since 1970; or, as text, seconds in UTC. */
export const TIMESTAMP: ValueType = {
  encode: (value) => {
    if (value instanceof JsonNumber) {
      if (integerText(value) === undefined) return wrongKind("TIMESTAMP", value);
      return int64Of(value.text) ?? fault(value, "is beyond the range of TIMESTAMP");
    }
    const seconds = typeof value === "string" ? parseDateTime(value) : undefined;
    if (seconds === undefined) {
      return fault(value, "is no TIMESTAMP: neither milliseconds nor yyyy-MM-ddTHH:mm:ssZ");
    }
    return int64Of(`${seconds * 1000}`) as CellBytes;
  },
  decode: (bytes) => {
    assertSize("TIMESTAMP", bytes, 8);
    return int64Text(bytes);
  },
  compare: compareSigned,
};

/** @returns seconds since 1970 */
function parseDateTime(text: string): number | undefined {
  const [, ...parts] = DATE_TIME.exec(text) ?? [];
  if (parts.length === 0) return undefined;
  const [year, month, day, hour, minute, second] = parts.map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days from 0000-03-01, where years that begin in March have their leap day at the end, to 1970-01-01. */
const DAYS_TO_1970 = 719_468;

/** Of the Gregorian calendar, also before it came. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = month > 2 ? month - 3 : month + 9;
  const leapDays =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + day - 1;
  return marchYear * 365 + leapDays + dayOfYear - DAYS_TO_1970;
}
