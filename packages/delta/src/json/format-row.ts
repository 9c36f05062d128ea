import type { CellValue, TableField, TableType } from "../model/table-type.ts";
import { formatDecimal } from "../model/type-names.ts";
import type { RowBatch } from "../reader/row-batch.ts";

const MS_PER_DAY = 86_400_000;
const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * One row as a line of JSON without loss: what JSON cannot tell is an object with one member that names the type, such
 * as `{"$decimal":"1.50"}`.
 */
export function formatRow({ columns }: RowBatch, row: number): string {
  const members = columns.map((column) => {
    const { name, type } = column.field;
    return `${JSON.stringify(name)}:${formatCell(column.valueAt(row), type)}`;
  });
  return `{${members.join(",")}}\n`;
}

/** @returns JSON */
export function formatCell(value: CellValue, type: TableType): string {
  if (value === null) return "null";
  switch (type.kind) {
    case "long":
      return formatLong(value as bigint);
    case "float":
    case "double":
      return formatFloat(value as number);
    case "decimal":
      return tagged("decimal", formatDecimal(value as bigint, type.scale));
    case "binary":
      return tagged("binary", Buffer.from(value as Uint8Array).toString("base64"));
    case "date":
      return tagged("date", formatDate(value as number));
    case "timestamp":
      return tagged("timestamp_us", String(value));
    case "timestamp_ntz":
      return tagged("ntz_us", String(value));
    default:
      return formatNested(value, type);
  }
}

function formatNested(value: CellValue, type: TableType): string {
  const parts = value as readonly CellValue[];
  switch (type.kind) {
    case "array":
      return `[${parts.map((part) => formatCell(part, type.element)).join(",")}]`;
    case "struct":
      return formatStruct(parts, type.fields);
    case "map":
      return formatMap(parts as readonly (readonly CellValue[])[], type.key, type.value);
    default:
      return JSON.stringify(value);
  }
}

function formatStruct(parts: readonly CellValue[], fields: readonly TableField[]): string {
  const members = fields.map(
    ({ name, type }, index) => `${JSON.stringify(name)}:${formatCell(parts[index] ?? null, type)}`,
  );
  return `{${members.join(",")}}`;
}

/** Sorted by the JSON of keys: maps have no order. */
function formatMap(
  pairs: readonly (readonly CellValue[])[],
  keyType: TableType,
  valueType: TableType,
): string {
  const texts = pairs.map(
    ([key = null, value = null]) =>
      [formatCell(key, keyType), formatCell(value, valueType)] as const,
  );
  texts.sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  return `{"$map":[${texts.map(([key, value]) => `[${key},${value}]`).join(",")}]}`;
}

function formatLong(value: bigint): string {
  const isSafe = value <= SAFE_MAX && value >= -SAFE_MAX;
  return isSafe ? String(value) : tagged("long", String(value));
}

function formatFloat(value: number): string {
  if (Number.isFinite(value) && !Object.is(value, -0)) return JSON.stringify(value);
  return tagged("float", Object.is(value, -0) ? "-0" : String(value));
}

/** Years beyond 9999 have a sign, as ISO 8601 wants it. */
function formatDate(days: number): string {
  return new Date(days * MS_PER_DAY).toISOString().replace(/T.*$/, "");
}

function tagged(type: string, text: string): string {
  return `{"$${type}":${JSON.stringify(text)}}`;
}
