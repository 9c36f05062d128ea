import { DeltaError } from "../errors.ts";
import type { DataFile } from "../model/table-model.ts";
import type { CellValue, TableField } from "../model/table-type.ts";
import { parsePartitionValue } from "../reader/partition-values.ts";
import { type Bound, boundOf, compareValues, isComparable } from "./bounds.ts";
import type { StatsValues } from "./file-stats.ts";

/** A condition on one column. A missing value fulfils only `isNull`. */
export interface Comparison {
  /** Logical name of a column that is no struct, array or map. */
  readonly column: string;
  readonly operator: "=" | "<" | "<=" | ">" | ">=" | "isNull" | "isNotNull";
  /** In the form of the column's type (see `CellValue`); not used by `isNull` and `isNotNull`. */
  readonly value?: CellValue;
}

/**
 * Tells from partition values and statistics whether a file can hold rows that fulfil all conditions.
 *
 * Texts compare by their bytes in UTF-8. NaN counts as larger than every number, as it does for Spark.
 *
 * @returns false only if it certainly holds none
 * @throws {DeltaError} INVALID_ARGUMENT for an unknown column or a value of another type
 */
export function mayMatch(
  file: DataFile,
  schema: readonly TableField[],
  filter: readonly Comparison[],
): boolean {
  const stats = file.stats?.values();
  return filter.every((comparison) => {
    const field = schema.find(({ name }) => name === comparison.column);
    if (field === undefined) {
      throw new DeltaError("INVALID_ARGUMENT", `filter: column ${comparison.column} is not known`);
    }
    requireValue(comparison, field);
    const text = file.partitionValues.get(field.physicalName);
    if (text !== undefined) {
      return partitionMatches(comparison, field, parsePartitionValue(text, field, file.path));
    }
    return stats === undefined || statsMayMatch(comparison, field, stats);
  });
}

function requireValue({ operator, value, column }: Comparison, { type }: TableField): void {
  if (operator === "isNull" || operator === "isNotNull") return;
  if (value !== undefined && value !== null && isComparable(value, type)) return;
  const shown = typeof value === "bigint" ? `${value}n` : JSON.stringify(value);
  throw new DeltaError(
    "INVALID_ARGUMENT",
    `filter: ${column} ${operator} ${shown}: no ${type.kind}`,
  );
}

function partitionMatches(
  { operator, value = null }: Comparison,
  { type }: TableField,
  found: CellValue,
): boolean {
  if (operator === "isNull") return found === null;
  if (found === null) return false;
  return operator === "isNotNull" || fulfils(compareValues(found, value, type), operator);
}

function fulfils(order: number, operator: Comparison["operator"]): boolean {
  switch (operator) {
    case "=":
      return order === 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    default:
      return order >= 0;
  }
}

function statsMayMatch(comparison: Comparison, field: TableField, stats: StatsValues): boolean {
  const { operator, value = null } = comparison;
  const nulls = stats.nullCount(field.physicalName);
  if (operator === "isNull") return nulls !== 0;
  // Counts of missing values may be too small once rows were deleted, and too large only by deleted ones.
  if (nulls !== undefined && nulls === stats.rowCount && stats.isTight) return false;
  if (operator === "isNotNull") return true;
  const isAtLeast = (bound: Bound | undefined): boolean =>
    bound === undefined || fulfils(compareValues(bound.value, value, field.type), "<=");
  const minimum = boundOf(stats.minimum(field.physicalName), field.type, "minimum");
  const maximum = boundOf(stats.maximum(field.physicalName), field.type, "maximum");
  switch (operator) {
    case "=":
      return isAtLeast(minimum) && mayReach(maximum, value, field, ">=");
    case "<":
      return minimum === undefined || compareValues(minimum.value, value, field.type) < 0;
    case "<=":
      return isAtLeast(minimum);
    default:
      return mayReach(maximum, value, field, operator);
  }
}

function mayReach(
  maximum: Bound | undefined,
  value: CellValue,
  { type }: TableField,
  operator: ">" | ">=",
): boolean {
  return maximum === undefined || fulfils(compareValues(maximum.value, value, type), operator);
}
