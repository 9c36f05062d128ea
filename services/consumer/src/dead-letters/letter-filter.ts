import { FeatureStoreError } from "@ofs/platform";
import type { ReadTopic } from "../read-topics.ts";
import { type Letter, subjectOf } from "./letter.ts";

/** Which letters are meant; what is left out matches all. */
export interface LetterFilter {
  /** Of the topic that the messages came from. */
  readonly origin: string;
  readonly dialect: ReadTopic["dialect"];
  readonly code: string | undefined;
  /** Part of the error's text, in any case. */
  readonly error: string | undefined;
  /** Or feature group, in the row dialect. */
  readonly entity: string | undefined;
  /** When the letter was written, Unix milliseconds: from, and to before. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Of the dead-letter topic. */
  readonly partition: number | undefined;
}

/** Fields of a query string or of a JSON body, as text. */
export type FieldReader = (name: string) => string | undefined;

/** @throws {FeatureStoreError} INVALID_ARGUMENT naming the field and its value */
export function parseFilter(
  origin: string,
  dialect: ReadTopic["dialect"],
  field: FieldReader,
): LetterFilter {
  return {
    origin,
    dialect,
    code: field("code")?.toUpperCase(),
    error: field("error")?.toLowerCase(),
    entity: field("entity"),
    fromMs: parseTime("from", field("from")),
    toMs: parseTime("to", field("to")),
    partition: parseCount("partition", field("partition"), 0, 1_000_000),
  };
}

/** The cheap conditions first. */
export function matches(filter: LetterFilter, letter: Letter): boolean {
  const { deadAtMs } = letter;
  if (letter.origin.topic !== filter.origin) return false;
  if (filter.code !== undefined && letter.code.toUpperCase() !== filter.code) return false;
  if (filter.fromMs !== undefined && (deadAtMs ?? 0) < filter.fromMs) return false;
  if (filter.toMs !== undefined && (deadAtMs ?? 0) >= filter.toMs) return false;
  if (filter.error !== undefined && !letter.error.toLowerCase().includes(filter.error)) {
    return false;
  }
  return filter.entity === undefined || subjectOf(letter, filter.dialect) === filter.entity;
}

/** @returns a whole number in a range; undefined where the field is not given */
export function parseCount(
  name: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,15}$/.test(text) && value >= min && value <= max) return value;
  throw invalid(name, `a whole number from ${min} to ${max}`, text);
}

/** Unix milliseconds, or a date that ISO 8601 can have. */
function parseTime(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(value)) return value;
  throw invalid(name, "Unix milliseconds or a time like 2026-01-31T12:00:00Z", text);
}

/** A field of a request is wrong. */
export function invalid(name: string, expected: string, value: string): FeatureStoreError {
  const shown = value.length > 80 ? `${value.slice(0, 80)}...` : value;
  return new FeatureStoreError("INVALID_ARGUMENT", `${name} must be ${expected}, not '${shown}'`);
}
