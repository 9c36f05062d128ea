import { type DataType, decodeFeature } from "@ofs/codec";

/**
 * Splits a comma list of defaults, where vectors stand in brackets.
 *
 * @returns undefined if it is empty, or has not `count` parts: texts of string features may hold commas themselves
 */
export function splitDefaults(text: string, count: number): readonly string[] | undefined {
  if (text === "") return undefined;
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: char, index } of text.matchAll(/[[\],]/g)) {
    if (char !== ",") depth += char === "[" ? 1 : -1;
    else if (depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
    if (depth < 0 || parts.length >= count) return undefined;
  }
  parts.push(text.slice(start));
  return parts.length === count && depth === 0 ? parts : undefined;
}

/**
 * Text of a value as an author would write it: elements of vectors in brackets, between commas.
 *
 * @param vectorLength read for StringVector only
 * @throws {CodecError} if the bytes are no value of the type
 */
export function formatValue(dataType: DataType, bytes: Uint8Array, vectorLength: number): string {
  const value = decodeFeature(dataType, bytes, vectorLength);
  if (typeof value !== "object") return elementText(dataType, value);
  const elements = Array.from(value as ArrayLike<number | bigint | boolean | string>);
  return `[${elements.map((element) => elementText(dataType, element)).join(",")}]`;
}

/** Floats of 32 bits and less by the fewest digits that tell them apart. */
function elementText(dataType: DataType, value: number | bigint | boolean | string): string {
  if (typeof value !== "number" || dataType.kind !== "float") return String(value);
  if (dataType.unitSizeBytes === 8 || !Number.isFinite(value)) return String(value);
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}
