import {
  type DataType,
  type ElementValue,
  type FeatureValue,
  integerRange,
  ValueError,
} from "@ofs/codec";
import type { Feature } from "../entity-index.ts";
import { parseJson } from "../json-text.ts";

/** Longest part of a value that a message repeats. */
const MAX_SHOWN_LENGTH = 60;

const INTEGER = /^[+-]?\d+$/;
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL_FLOATS: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
  ["+inf", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
  ["infinity", Number.POSITIVE_INFINITY],
  ["+infinity", Number.POSITIVE_INFINITY],
  ["-infinity", Number.NEGATIVE_INFINITY],
]);
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/**
 * Parses a value as it stands in text: a CSV cell. Vectors are JSON lists.
 *
 * @throws {ValueError} naming the value and what the feature wants
 */
export function parseTextValue(text: string, feature: Feature): FeatureValue {
  if (!feature.dataType.isVector) return parseElement(text, feature.dataType, feature);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new ValueError(`${show(text)} is not a JSON list`, { cause });
  }
  return parseVector(value, feature);
}

/**
 * Checks a value that was JSON. Numbers may be texts too, so that 64 bits keep their digits.
 *
 * @throws {ValueError} naming the value and what the feature wants
 */
export function parseJsonValue(value: unknown, feature: Feature): FeatureValue {
  if (feature.dataType.isVector) return parseVector(value, feature);
  return parseElement(value, feature.dataType, feature);
}

function parseVector(value: unknown, feature: Feature): FeatureValue {
  if (!Array.isArray(value)) throw new ValueError(`${show(value)} is not a JSON list`);
  if (value.length !== feature.vectorLength) {
    throw new ValueError(
      `${show(value)} has ${value.length} elements, the feature has ${feature.vectorLength}`,
    );
  }
  return value.map((element, position) => {
    try {
      return parseElement(element, feature.dataType.element, feature);
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      throw new ValueError(`element ${position}: ${cause.message}`, { cause });
    }
  });
}

function parseElement(value: unknown, dataType: DataType, feature: Feature): ElementValue {
  switch (dataType.kind) {
    case "string":
      return parseString(value, feature.stringLength);
    case "bool":
      return parseBool(value);
    case "float":
      return parseFloatValue(value, dataType);
    default:
      return parseInteger(value, dataType);
  }
}

function parseString(value: unknown, maxSizeBytes: number): string {
  if (typeof value !== "string") throw new ValueError(`${show(value)} is not a text`);
  const sizeBytes = Buffer.byteLength(value);
  if (sizeBytes <= maxSizeBytes) return value;
  throw new ValueError(`${show(value)} has ${sizeBytes} bytes, the feature holds ${maxSizeBytes}`);
}

function parseBool(value: unknown): boolean {
  const bool = BOOLEANS.get(String(value).trim().toLowerCase());
  if (bool !== undefined && typeof value !== "object") return bool;
  throw new ValueError(`${show(value)} is not true or false`);
}

function parseFloatValue(value: unknown, dataType: DataType): number {
  if (typeof value === "number") return value;
  if (typeof value === "string") {
    const text = value.trim();
    if (FLOAT.test(text)) return Number(text);
    const special = SPECIAL_FLOATS.get(text.toLowerCase());
    if (special !== undefined) return special;
  }
  throw new ValueError(`${show(value)} is not a number (${dataType.name})`);
}

function parseInteger(value: unknown, dataType: DataType): number | bigint {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !INTEGER.test(text.trim())) {
    throw new ValueError(`${show(value)} is not an integer (${dataType.name})`);
  }
  const integer = BigInt(text.trim().replace(/^\+/, ""));
  const { min, max } = integerRange(dataType);
  if (integer < min || integer > max) {
    throw new ValueError(`${show(value)} is not in ${min} to ${max} (${dataType.name})`);
  }
  return dataType.unitSizeBytes === 8 ? integer : Number(integer);
}

function show(value: unknown): string {
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > MAX_SHOWN_LENGTH ? `${shown.slice(0, MAX_SHOWN_LENGTH)}...` : shown;
}
