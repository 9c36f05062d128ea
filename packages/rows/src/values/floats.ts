import { JsonNumber, type JsonValue } from "../json/json-value.ts";
import { bufferOf } from "./buffers.ts";
import type { CellBytes } from "./cell-bytes.ts";
import { assertSize, fault, wrongKind } from "./faults.ts";
import { shortestSingle, toSingle } from "./single-precision.ts";
import type { ValueType } from "./value-type.ts";
import { NUMBER_LENGTH_MAX } from "./varint.ts";

const NUMBER_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const SPECIAL: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["+Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** @returns the text of a number that is finite as written, or what a special one means */
function numberText(value: JsonValue): string | number | undefined {
  const text = value instanceof JsonNumber ? value.text : value;
  if (typeof text !== "string" || text.length > NUMBER_LENGTH_MAX) return undefined;
  return NUMBER_TEXT.test(text) ? text : SPECIAL.get(text);
}

export const DOUBLE: ValueType = {
  encode: (value) => {
    const text = numberText(value);
    if (text === undefined) return wrongKind("DOUBLE", value);
    const number = Number(text);
    if (typeof text === "string" && !Number.isFinite(number)) {
      return fault(value, "is beyond the range of DOUBLE");
    }
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeDoubleBE(number);
    return bytes;
  },
  decode: (bytes) => {
    assertSize("DOUBLE", bytes, 8);
    const number = bufferOf(bytes).readDoubleBE();
    return Number.isFinite(number) ? withFraction(plainText(number)) : `"${number}"`;
  },
  compare: (a, b) => compareNumbers(readDouble(a), readDouble(b)),
};

export const FLOAT: ValueType = {
  encode: (value) => {
    const text = numberText(value);
    if (text === undefined) return wrongKind("FLOAT", value);
    const number = typeof text === "string" ? toSingle(text) : text;
    if (typeof text === "string" && !Number.isFinite(number)) {
      return fault(value, "is beyond the range of FLOAT");
    }
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeFloatBE(number);
    return bytes;
  },
  decode: (bytes) => {
    assertSize("FLOAT", bytes, 4);
    const number = bufferOf(bytes).readFloatBE();
    return Number.isFinite(number)
      ? withFraction(plainText(shortestSingle(number)))
      : `"${number}"`;
  },
  compare: (a, b) => compareNumbers(readSingle(a), readSingle(b)),
};

function readDouble(bytes: CellBytes): number {
  return bufferOf(bytes).readDoubleBE();
}

function readSingle(bytes: CellBytes): number {
  return bufferOf(bytes).readFloatBE();
}

/** The shortest decimal that reads as this double. */
function plainText(number: number): string {
  return Object.is(number, -0) ? "-0" : String(number);
}

/** Clients take a number without fraction and exponent for an integer. */
function withFraction(text: string): string {
  return text.includes(".") || text.includes("e") ? text : `${text}.0`;
}

/** -0.0 before 0.0, NaN last. */
function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return a === 0 ? Number(Object.is(b, -0)) - Number(Object.is(a, -0)) : 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
