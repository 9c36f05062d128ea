import type { CellValue, TableType } from "../model/table-type.ts";
import { parsePartitionValue } from "../reader/partition-values.ts";

/** A value that no row goes beyond. */
export interface Bound {
  readonly value: CellValue;
}

/** Statistics cut microseconds off. */
const MICROS_PER_MILLI = 1_000n;

/**
 * Reads a bound of the log's statistics.
 *
 * @param json of the log
 * @returns undefined if there is none that can be relied on
 */
export function boundOf(
  json: unknown,
  type: TableType,
  side: "minimum" | "maximum",
): Bound | undefined {
  switch (type.kind) {
    case "byte":
    case "short":
    case "integer":
      return typeof json === "number" ? { value: json } : undefined;
    case "long":
      // Beyond that, JSON.parse has rounded it.
      return Number.isSafeInteger(json) ? { value: BigInt(json as number) } : undefined;
    case "float":
    case "double":
      // Writers leave NaN out of account, and it is the largest.
      return typeof json === "number" && side === "minimum" ? { value: json } : undefined;
    case "string":
      return typeof json === "string" ? { value: json } : undefined;
    case "date":
    case "timestamp":
    case "timestamp_ntz":
      return typeof json === "string" ? timeBound(json, type, side) : undefined;
    default:
      // Decimals are numbers in JSON, too short for their digits.
      return undefined;
  }
}

function timeBound(text: string, type: TableType, side: "minimum" | "maximum"): Bound | undefined {
  let value: CellValue;
  try {
    const field = { name: "", type, isNullable: true, physicalName: "", fieldId: undefined };
    value = parsePartitionValue(text, field, "");
  } catch {
    return undefined; // written in another way: then it does not help
  }
  if (typeof value === "bigint" && side === "maximum") return { value: value + MICROS_PER_MILLI };
  return value === null ? undefined : { value };
}

/** True for values as `CellValue` has them by type, of types with an order. */
export function isComparable(value: CellValue, type: TableType): boolean {
  switch (type.kind) {
    case "boolean":
      return typeof value === "boolean";
    case "byte":
    case "short":
    case "integer":
    case "date":
      return Number.isInteger(value);
    case "float":
    case "double":
      return typeof value === "number";
    case "long":
    case "decimal":
    case "timestamp":
    case "timestamp_ntz":
      return typeof value === "bigint";
    case "string":
      return typeof value === "string";
    case "binary":
      return value instanceof Uint8Array;
    default:
      return false;
  }
}

/** @returns below, at or above 0, as for sorting; both values are of the type and not missing */
export function compareValues(left: CellValue, right: CellValue, type: TableType): number {
  if (type.kind === "string") {
    return Buffer.compare(Buffer.from(left as string), Buffer.from(right as string));
  }
  if (type.kind === "binary") return Buffer.compare(left as Uint8Array, right as Uint8Array);
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : 1;
  if (Number.isNaN(right)) return -1;
  const [first, second] = [left as number | bigint, right as number | bigint];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}
