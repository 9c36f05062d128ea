import { type DataType, decodeFeature, formatFeature } from "@ofs/codec";

/**
 * Splits a comma list of defaults, where vectors stand in brackets.
 *
 * @returns undefined if it is empty, or has not `count` parts: texts of string features may hold commas themselves
 */
export function splitDefaults(
  text: string | undefined,
  count: number,
): readonly string[] | undefined {
  if (text === undefined || text === "") return undefined;
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
 * Text of a value as an author would write it: scalars as decoded reads show them, elements of vectors in brackets, between
 * commas.
 *
 * @param vectorLength read for StringVector only
 * @throws {CodecError} if the bytes are no value of the type
 */
export function formatDefault(dataType: DataType, bytes: Uint8Array, vectorLength: number): string {
  if (!dataType.isVector) return formatFeature(dataType, bytes, 0);
  if (dataType.kind === "string") {
    const strings = decodeFeature(dataType, bytes, vectorLength) as readonly string[];
    return `[${strings.join(",")}]`;
  }
  const width = Math.max(dataType.unitSizeBytes, 1);
  const elements: string[] = [];
  for (let at = 0; at < bytes.length; at += width) {
    elements.push(formatFeature(dataType.element, bytes.subarray(at, at + width), 0));
  }
  return `[${elements.join(",")}]`;
}
