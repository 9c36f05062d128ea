import type { CellValue } from "../../model/table-type.ts";
import type { ParquetFile } from "./parquet-file.ts";
import type { ColumnPlan } from "./plan-columns.ts";

/** DuckDB's own name for the numbers of rows. */
export const ROW_NUMBER = "file_row_number";

/** Some rows as a decoder has them. */
export interface DecodedRows {
  readonly rowCount: number;
  /** Number in the file of a row; ascends from row to row and from piece to piece. */
  rowNumber(index: number): number;
  /** @returns the value in the file's type, as `CellValue` describes it; null if it is missing */
  value(column: number, index: number): CellValue;
}

/** A way to decode Parquet. */
export interface Decoder {
  /**
   * @param columns those of them that are in the file are decoded, in this order
   * @param fromRow first row
   * @param toRow row to stop before; at most the rows of the file
   */
  rows(
    file: ParquetFile,
    columns: readonly ColumnPlan[],
    fromRow: number,
    toRow: number,
  ): AsyncIterable<DecodedRows>;
  /** Makes what is being decoded fail soon. */
  interrupt(): void;
  close(): void;
}
