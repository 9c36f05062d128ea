import type { DataType } from "./data-type.ts";
import { encodeStringVector } from "./defaults.ts";
import { ValueError } from "./errors.ts";
import { createFeatureLayout, MAX_LENGTH } from "./feature-layout.ts";
import { parseFloat32, parseFloat64 } from "./float-parsing.ts";
import { integerRange } from "./integer-range.ts";
import { type ElementValue, encodePayload } from "./payload-encoding.ts";

/** What a feature's schema says about its values; without them the text is not checked against it. */
export interface DefaultLimits {
  /** Exact element count of a vector. */
  readonly vectorLength?: number | undefined;
  /** Largest string in UTF-8 bytes; 0 = not limited. */
  readonly stringLength?: number | undefined;
}

const BOOL_TEXTS: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((text) => [text, true] as const),
  ...["0", "f", "F", "FALSE", "false", "False"].map((text) => [text, false] as const),
]);

/**
 * Parses a default as people write it: a number, `true`, text, or for vectors `[a, b, c]` (the brackets may be left out).
 * A float too large for its type becomes what the type makes of it.
 *
 * @returns the bytes that a client gets for a stored feature of that value
 * @throws {ValueError} for text that is no value of the type, an integer out of range, another count of elements, or a
 *   string that is too long
 */
export function parseDefault(dataType: DataType, text: string, limits: DefaultLimits): Uint8Array {
  if (!dataType.isVector) return parseElement(dataType, text, limits);
  const elements = splitVector(text).map((element) =>
    parseElement(dataType.element, element, limits),
  );
  const { vectorLength } = limits;
  if (vectorLength !== undefined && elements.length !== vectorLength) {
    throw new ValueError(
      `${dataType.name}: default ${text} has ${elements.length} elements where the vector has ${vectorLength}`,
    );
  }
  return dataType.kind === "string"
    ? encodeStringVector(elements)
    : new Uint8Array(Buffer.concat(elements));
}

/** `[]` has one element, the empty text: a value for strings only. */
function splitVector(text: string): string[] {
  const trimmed = text.trim();
  const start = trimmed.startsWith("[") ? 1 : 0;
  const end = trimmed.endsWith("]") ? trimmed.length - 1 : trimmed.length;
  return trimmed
    .slice(start, Math.max(start, end))
    .split(",")
    .map((element) => element.trim());
}

function parseElement(dataType: DataType, text: string, limits: DefaultLimits): Uint8Array {
  if (dataType.kind === "string") return parseString(dataType, text, limits);
  const value = parseValue(dataType, text);
  if (typeof value === "boolean") return Uint8Array.of(value ? 1 : 0);
  // A copy, because defaults stay: the payload may lie in a piece of memory that is shared.
  return new Uint8Array(encodePayload(createFeatureLayout(dataType, 1), [value]));
}

function parseValue(dataType: DataType, text: string): ElementValue {
  switch (dataType.kind) {
    case "float": {
      const value = dataType.name === "DataTypeFP64" ? parseFloat64(text) : parseFloat32(text);
      if (value === undefined) throw notA(dataType, text);
      return value;
    }
    case "bool": {
      const value = BOOL_TEXTS.get(text);
      if (value === undefined) throw notA(dataType, text);
      return value;
    }
    default:
      return parseInteger(dataType, text);
  }
}

function parseInteger(dataType: DataType, text: string): number | bigint {
  if (!(dataType.kind === "int" ? /^[+-]?\d+$/ : /^\d+$/).test(text)) throw notA(dataType, text);
  const value = BigInt(text.startsWith("+") ? text.slice(1) : text);
  const { min, max } = integerRange(dataType);
  if (value < min || value > max) {
    throw new ValueError(`${dataType.name}: default ${text} is not in ${min} to ${max}`);
  }
  return dataType.unitSizeBytes === 8 ? value : Number(value);
}

function parseString(
  dataType: DataType,
  text: string,
  { stringLength }: DefaultLimits,
): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(text, "utf8"));
  const limit = stringLength === undefined || stringLength === 0 ? MAX_LENGTH : stringLength;
  if (bytes.length > limit) {
    throw new ValueError(`${dataType.name}: default of ${bytes.length} bytes exceeds ${limit}`);
  }
  return bytes;
}

function notA(dataType: DataType, text: string): ValueError {
  return new ValueError(`default ${JSON.stringify(text)} is no ${dataType.name}`);
}
