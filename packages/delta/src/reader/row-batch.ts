import type { CellValue, TableField } from "../model/table-type.ts";
import { booleanAt, type ColumnData, isNullAt } from "./column-data.ts";

/** Values of one column, by index within a batch. */
export class ColumnVector {
  readonly field: TableField;
  readonly #data: ColumnData;

  constructor(field: TableField, data: ColumnData) {
    this.field = field;
    this.#data = data;
  }

  /** @returns the value as `CellValue` describes it by type; null if it is missing */
  valueAt(index: number): CellValue {
    if (isNullAt(this.#data, index)) return null;
    if (this.field.type.kind === "boolean") return booleanAt(this.#data, index);
    return this.#data.values[index] ?? null;
  }
}

/** Some rows of a file, in the file's order, without deleted ones. */
export interface RowBatch {
  /** Number in the file of the first row in the batch. */
  readonly firstRow: number;
  /** Rows here. */
  readonly rowCount: number;
  /** Where to go on: `fromRow` of a later read that shall have everything after this batch. */
  readonly nextRow: number;
  /** What the thread took to decode it, without waits. */
  readonly decodeMs: number;
  /** In the order of the fields asked for. */
  readonly columns: readonly ColumnVector[];
}
