import type { DataType } from "@ofs/codec";
import type { FeatureDefinition } from "./feature-list.ts";

/** Of every block; counted once for a group, when it is made. */
export const BLOCK_HEADER_SIZE_BYTES = 9;

/** Length that a block keeps of each string. */
const STRING_LENGTH_SIZE_BYTES = 2;

/** One column of a group: a piece of its blocks. */
export interface Column {
  readonly name: string;
  /** What the control plane counts for it, never what is stored: 0 = no longer needed, still read. */
  readonly sizeBytes: number;
}

const COLUMN_NAME = /^seg_(\d{1,9})$/i;

/** @returns k of `seg_<k>`; undefined for other names */
export function columnNumber(name: string): number | undefined {
  const match = COLUMN_NAME.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** @returns what features take in a block, at most, without its header */
export function sizeOf(dataType: DataType, features: readonly FeatureDefinition[]): number {
  let sizeBytes = 0;
  for (const { stringLength, vectorLength } of features) {
    const elementSize =
      dataType.kind === "string"
        ? stringLength + STRING_LENGTH_SIZE_BYTES
        : Math.max(dataType.unitSizeBytes, 1);
    sizeBytes += elementSize * (dataType.isVector ? vectorLength : 1);
  }
  return sizeBytes;
}

/** @returns columns for a total of bytes, each full but the last */
export function allocateColumns(
  totalSizeBytes: number,
  maxSizeBytes: number,
  firstNumber: number,
): readonly Column[] {
  const columns: Column[] = [];
  for (let left = totalSizeBytes; left > 0; left -= maxSizeBytes) {
    const name = `seg_${firstNumber + columns.length}`;
    columns.push({ name, sizeBytes: Math.min(left, maxSizeBytes) });
  }
  return columns;
}

/**
 * Makes room for more bytes, or takes it back. Growth fills the group's used columns, then its emptied ones, each from the
 * lowest number up, then makes new ones. Shrinking empties them from the highest number down; none is dropped, for blocks
 * of older versions are read from it.
 *
 * @param change in bytes
 * @param nextNumber of the first new column
 * @returns all columns of the group, by number
 */
export function resizeColumns(
  columns: readonly Column[],
  change: number,
  maxSizeBytes: number,
  nextNumber: number,
): readonly Column[] {
  const sorted = sortColumns(columns);
  return change >= 0
    ? growColumns(sorted, change, maxSizeBytes, nextNumber)
    : shrinkColumns(sorted, -change);
}

function growColumns(
  columns: readonly Column[],
  growth: number,
  maxSizeBytes: number,
  nextNumber: number,
): readonly Column[] {
  let left = growth;
  const fill = (column: Column): Column => {
    const taken = Math.min(left, Math.max(maxSizeBytes - column.sizeBytes, 0));
    left -= taken;
    return taken === 0 ? column : { ...column, sizeBytes: column.sizeBytes + taken };
  };
  const used = columns.map((column) => (column.sizeBytes > 0 ? fill(column) : column));
  const filled = used.map((column) => (column.sizeBytes === 0 ? fill(column) : column));
  return [...filled, ...allocateColumns(left, maxSizeBytes, nextNumber)];
}

function shrinkColumns(columns: readonly Column[], shrinkage: number): readonly Column[] {
  let left = shrinkage;
  const shrunk = columns.toReversed().map((column) => {
    const taken = Math.min(left, column.sizeBytes);
    left -= taken;
    return { ...column, sizeBytes: column.sizeBytes - taken };
  });
  return shrunk.reverse();
}

/** @returns bytes that are counted for all columns together */
export function totalSizeOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** By number; columns of other names first. */
export function sortColumns(columns: readonly Column[]): readonly Column[] {
  return columns.toSorted((a, b) => {
    const difference = (columnNumber(a.name) ?? -1) - (columnNumber(b.name) ?? -1);
    return difference !== 0 ? difference : a.name < b.name ? -1 : 1;
  });
}
