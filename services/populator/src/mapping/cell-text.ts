import { type CellValue, formatDecimal, type TableType } from "@ofs/delta";

const MICROS_PER_MS = 1_000n;
const MS_PER_DAY = 86_400_000;
const ISO_DATE_LENGTH = "2026-01-01".length;

/** A value as text without loss, or the reason why it has none. */
export type TextOf = (value: CellValue) => string;

/**
 * Texts of a type's values, for keys and text columns: strings as they are, whole numbers and decimals by their digits,
 * dates by ISO 8601, booleans as `true` and `false`.
 *
 * @returns undefined for types whose values have no one text
 */
export function textOf(type: TableType): TextOf | undefined {
  switch (type.kind) {
    case "string":
    case "byte":
    case "short":
    case "integer":
    case "long":
    case "boolean":
      return String;
    case "decimal":
      return (value) => formatDecimal(value as bigint, type.scale);
    case "date":
      return (value) => formatDate(value as number);
    default:
      return undefined;
  }
}

/** @param days since 1970-01-01 @returns `YYYY-MM-DD`, with a sign and six digits of year outside 0 to 9999 */
export function formatDate(days: number): string {
  const text = new Date(days * MS_PER_DAY).toISOString();
  return text.slice(0, text.length === "+012345-01-01T00:00:00.000Z".length ? 13 : ISO_DATE_LENGTH);
}

/** Milliseconds since 1970 of a date, a timestamp, or a whole number that is one; rounded towards the past. */
export function millisecondsOf(type: TableType): ((value: CellValue) => bigint) | undefined {
  switch (type.kind) {
    case "date":
      return (value) => BigInt(value as number) * BigInt(MS_PER_DAY);
    case "timestamp":
    case "timestamp_ntz":
      return (value) => floorDivide(value as bigint, MICROS_PER_MS);
    case "long":
      return (value) => value as bigint;
    default:
      return undefined;
  }
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

/** Whether values of the type are whole numbers. */
export function isInteger(type: TableType): boolean {
  return ["byte", "short", "integer", "long"].includes(type.kind);
}
