import { brokenTable, DeltaError } from "../errors.ts";
import type { CellValue, TableField, TableType } from "../model/table-type.ts";
import { formatType } from "../model/type-names.ts";
import { ColumnVector } from "./row-batch.ts";

const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const DATE = /^([+-]?\d{4,6})-(\d{2})-(\d{2})$/;
const TIMESTAMP =
  /^([+-]?\d{4,6}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?$/;
const SPECIAL_FLOATS: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["+Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);
const INTEGER_BITS: Readonly<Record<string, number>> = {
  byte: 8,
  short: 16,
  integer: 32,
  long: 64,
};
const MS_PER_DAY = 86_400_000;
const MICROS_PER_DAY = 86_400_000_000n;
const MICROS_PER_SECOND = 1_000_000n;

/** The same value in every row. */
export function constantColumn(field: TableField, value: CellValue, count: number): ColumnVector {
  const stored = typeof value === "boolean" ? Number(value) : value;
  return new ColumnVector(field, {
    values: new Array<CellValue>(count).fill(stored),
    nulls: value === null ? new Uint8Array(count).fill(1) : undefined,
  });
}

/**
 * Reads a partition value (Delta protocol, "Partition Value Serialization").
 *
 * @param text null and the empty text are a missing value
 * @param path of the file, for errors
 * @throws {DeltaError} FAILED_PRECONDITION if it is no value of the type, UNIMPLEMENTED for a type with parts
 */
export function parsePartitionValue(
  text: string | null,
  { name, type }: TableField,
  path: string,
): CellValue {
  if (text === null || text === "") return null;
  const value = parseText(text, type, name);
  if (value !== undefined) return value;
  const shown = JSON.stringify(text);
  throw brokenTable(`file ${path}: partition value ${shown} of ${name} is no ${formatType(type)}`);
}

function parseText(text: string, type: TableType, name: string): CellValue | undefined {
  switch (type.kind) {
    case "string":
      return text;
    case "binary":
      return Buffer.from(text, "utf8");
    case "boolean":
      return { true: true, false: false }[text.toLowerCase()];
    case "byte":
    case "short":
    case "integer":
    case "long":
      return parseInteger(text, type.kind);
    case "float":
    case "double":
      return parseFloating(text, type.kind);
    case "decimal":
      return parseDecimal(text, type.precision, type.scale);
    case "date":
      return parseDate(text);
    case "timestamp":
    case "timestamp_ntz":
      return parseTimestamp(text);
    default:
      throw new DeltaError("UNIMPLEMENTED", `partition column ${name} is of type ${type.kind}`);
  }
}

function parseInteger(text: string, kind: string): number | bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ""));
  const bits = INTEGER_BITS[kind] ?? 0;
  if (BigInt.asIntN(bits, value) !== value) return undefined;
  return kind === "long" ? value : Number(value);
}

function parseFloating(text: string, kind: "float" | "double"): number | undefined {
  const special = SPECIAL_FLOATS.get(text);
  if (special !== undefined) return special;
  if (!FLOAT.test(text)) return undefined;
  return kind === "float" ? Math.fround(Number(text)) : Number(text);
}

function parseDecimal(text: string, precision: number, scale: number): bigint | undefined {
  const match = DECIMAL.exec(text);
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match ?? [];
  if (match === null || whole + fraction === "") return undefined;
  const shift = scale - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  const divisor = 10n ** BigInt(Math.max(0, -shift));
  if (digits % divisor !== 0n) return undefined;
  const unscaled = (digits / divisor) * 10n ** BigInt(Math.max(0, shift));
  if (unscaled >= 10n ** BigInt(precision)) return undefined;
  return sign === "-" ? -unscaled : unscaled;
}

function parseDate(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  const isSame = time.getUTCMonth() === month - 1 && time.getUTCDate() === day;
  return isSame ? Math.round(time.getTime() / MS_PER_DAY) : undefined;
}

/** `yyyy-MM-dd HH:mm:ss[.ffffff]`, or ISO 8601 with a zone; UTC if it has none. */
function parseTimestamp(text: string): bigint | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [, date = "", hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = match;
  const days = parseDate(date);
  if (days === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return undefined;
  }
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second) - zoneSeconds(zone);
  const micros = BigInt(fraction.padEnd(6, "0").slice(0, 6));
  return BigInt(days) * MICROS_PER_DAY + BigInt(seconds) * MICROS_PER_SECOND + micros;
}

function zoneSeconds(zone: string): number {
  if (zone === "Z") return 0;
  const seconds = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60;
  return zone.startsWith("-") ? -seconds : seconds;
}
