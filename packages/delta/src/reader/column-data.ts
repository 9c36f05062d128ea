import type { CellValue } from "../model/table-type.ts";

/**
 * Values of a column in a form that threads hand over fast.
 *
 * Booleans are 0 and 1. Numbers and 64-bit integers are in typed arrays, whose buffers move from thread to thread.
 */
export interface ColumnData {
  readonly values:
    | Uint8Array
    | Int32Array
    | Float64Array
    | BigInt64Array
    | readonly (CellValue | undefined)[];
  /** 1 where the value is missing; undefined: nowhere. */
  readonly nulls: Uint8Array | undefined;
}

export function isNullAt(data: ColumnData, index: number): boolean {
  return data.nulls !== undefined && data.nulls[index] === 1;
}

export function booleanAt(data: ColumnData, index: number): boolean {
  return data.values[index] === 1;
}
