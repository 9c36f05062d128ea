import { createHash } from "node:crypto";
import { FeatureStoreError } from "@ofs/platform";

/** Of most text columns, in characters. */
export const TEXT_LENGTH_MAX = 255;
/** A `timestamp` column holds no later time. */
const TIMESTAMP_MS_MAX = Date.UTC(2038, 0, 19, 3, 14, 7);
/** `2026-01-31 23:59:59`, perhaps with a fraction or as ISO writes it. */
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?/;

/** @returns `YYYY-MM-DD HH:MM:SS` in UTC; the fraction is dropped */
export function formatDateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

/** As {@link formatDateTime}; the latest time there is in place of a later one. */
export function formatTimestamp(ms: number): string {
  return formatDateTime(Math.min(ms, TIMESTAMP_MS_MAX));
}

/** @returns Unix milliseconds; 0 where there is no date */
export function parseDateTime(value: string | null): number {
  const [, date, time] = DATE_TIME.exec(value ?? "") ?? [];
  const ms = date === undefined ? Number.NaN : Date.parse(`${date}T${time}Z`);
  return Number.isNaN(ms) ? 0 : ms;
}

/**
 * @param value of a JSON column: MariaDB, MySQL and the embedded database differ in whether it comes parsed
 * @throws {FeatureStoreError} INTERNAL naming `what` if it is no JSON object
 */
export function parseJsonObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  const parsed = typeof value === "string" ? parseJson(value) : value;
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
    return parsed as Readonly<Record<string, unknown>>;
  }
  throw new FeatureStoreError("INTERNAL", `${what} is not a JSON object`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller tells what it was
  }
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT naming the field if it is no text that fits its column */
export function requireText(field: string, value: unknown, lengthMax = TEXT_LENGTH_MAX): string {
  if (typeof value !== "string") {
    throw new FeatureStoreError("INVALID_ARGUMENT", `${field} must be text, not ${typeof value}`);
  }
  const length = [...value].length;
  if (length <= lengthMax) return value;
  throw new FeatureStoreError(
    "INVALID_ARGUMENT",
    `${field} has ${length} characters, at most ${lengthMax} are allowed`,
  );
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT naming the field if it is no whole number in the range */
export function requireInteger(field: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new FeatureStoreError(
    "INVALID_ARGUMENT",
    `${field} must be a whole number from ${min} to ${max}, not ${value}`,
  );
}

/** @returns the text, or its beginning and an ellipsis if it is longer than its column */
export function shorten(text: string, lengthMax = TEXT_LENGTH_MAX): string {
  const characters = [...text];
  return characters.length <= lengthMax ? text : `${characters.slice(0, lengthMax - 1).join("")}…`;
}

/** @returns 64 hexadecimal digits that stand for the parts, whatever is in them */
export function hashParts(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Where no more than this may be looked for in a column by `like`. */
export const LIKE_ESCAPE = "!";

/** @returns a pattern of `like ... escape '!'` for texts that contain this one */
export function containsPattern(text: string): string {
  return `%${text.replaceAll(/[!%_]/g, (character) => LIKE_ESCAPE + character)}%`;
}
