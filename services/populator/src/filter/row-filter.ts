import type { CellValue, Comparison, RowBatch, TableField, TableType } from "@ofs/delta";
import { FeatureStoreError } from "@ofs/platform";

export const FILTER_OPERATORS = ["=", "<", "<=", ">", ">=", "isNull", "isNotNull"] as const;

/** A condition as a request has it: values by their text. */
export interface FilterTerm {
  readonly column: string;
  readonly operator: (typeof FILTER_OPERATORS)[number];
  readonly value?: string | undefined;
}

const WHOLE = /^-?\d{1,38}$/;
const DECIMAL = /^(-?)(\d{1,38})(?:\.(\d{1,38}))?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const FLOAT = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;
const ZONE = /(?:Z|[+-]\d{2}:\d{2})$/;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);
const MS_PER_DAY = 86_400_000;

/**
 * Gives the terms' values the form of their columns.
 *
 * @throws {FeatureStoreError} INVALID_ARGUMENT naming the column and the value
 */
export function compileFilter(
  terms: readonly FilterTerm[],
  schema: readonly TableField[],
): Comparison[] {
  return terms.map(({ column, operator, value }) => {
    const field = schema.find(({ name }) => name === column);
    if (field === undefined) throw invalid(column, "the table has no such column");
    if (operator === "isNull" || operator === "isNotNull") {
      if (value === undefined) return { column, operator };
      throw invalid(column, `${operator} takes no value`);
    }
    if (value === undefined) throw invalid(column, `${operator} wants a value`);
    return { column, operator, value: parseCell(field.type, value, column) };
  });
}

function parseCell(type: TableType, text: string, column: string): CellValue {
  const value = cellOf(type, text);
  if (value !== undefined) return value;
  throw invalid(column, `${JSON.stringify(text)} is no value of its type, ${type.kind}`);
}

function cellOf(type: TableType, text: string): CellValue | undefined {
  switch (type.kind) {
    case "string":
      return text;
    case "boolean":
      return BOOLEANS.get(text);
    case "byte":
    case "short":
    case "integer":
      return WHOLE.test(text) ? Number(text) : undefined;
    case "long":
      return WHOLE.test(text) ? BigInt(text) : undefined;
    case "float":
    case "double":
      return FLOAT.test(text) ? Number(text) : undefined;
    case "decimal":
      return unscaled(text, type.scale);
    default:
      return timeOf(type, text);
  }
}

/** Dates as `YYYY-MM-DD`; timestamps by ISO 8601, in UTC unless they say otherwise. */
function timeOf(type: TableType, text: string): CellValue | undefined {
  const isDate = DATE.test(text);
  if (type.kind === "date") {
    const ms = isDate ? Date.parse(text) : Number.NaN;
    return Number.isNaN(ms) ? undefined : ms / MS_PER_DAY;
  }
  if (type.kind !== "timestamp" && type.kind !== "timestamp_ntz") return undefined;
  const ms = Date.parse(isDate || ZONE.test(text) ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000n;
}

function unscaled(text: string, scale: number): bigint | undefined {
  const [, sign, whole, fraction = ""] = DECIMAL.exec(text) ?? [];
  if (whole === undefined || fraction.length > scale) return undefined;
  return BigInt(`${sign}${whole}${fraction.padEnd(scale, "0")}`);
}

/** @returns positions of the rows that fulfil all conditions; a missing value fulfils only `isNull` */
export function selectRows(
  batch: RowBatch,
  filter: readonly Comparison[],
  columnOf: readonly number[],
): number[] {
  const rows: number[] = [];
  for (let index = 0; index < batch.rowCount; index++) {
    const isSelected = filter.every((comparison, position) => {
      const column = batch.columns[columnOf[position] as number];
      return fulfils(comparison, column?.valueAt(index) ?? null);
    });
    if (isSelected) rows.push(index);
  }
  return rows;
}

function fulfils({ operator, value }: Comparison, cell: CellValue): boolean {
  if (operator === "isNull") return cell === null;
  if (cell === null) return false;
  if (operator === "isNotNull") return true;
  const order = compare(cell, value as CellValue);
  if (order === undefined) return false;
  switch (operator) {
    case "=":
      return order === 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

/** Texts by their UTF-8 bytes, as statistics of files are. @returns undefined where there is no order (NaN) */
function compare(a: CellValue, b: CellValue): number | undefined {
  if (typeof a === "string" && typeof b === "string") {
    return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  const [x, y] = [a, b] as [number, number];
  if (x < y) return -1;
  if (x > y) return 1;
  return x === y ? 0 : undefined;
}

function invalid(column: string, reason: string): FeatureStoreError {
  return new FeatureStoreError("INVALID_ARGUMENT", `filter: ${column}: ${reason}`);
}
