import type { ColumnType } from "../model.ts";
import type { CellBytes } from "./cell-bytes.ts";

/** Below zero if `a` comes first, zero if they are one value. */
export type ValueOrder = (a: CellBytes, b: CellBytes) => number;

/** The order in which a store keeps clustering keys of this type. Empty values come first. */
export function compareValues(type: ColumnType): ValueOrder {
  throw new Error(`not yet: ${type}`);
}
