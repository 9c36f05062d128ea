import { RowSet } from "../../deletion-vectors/row-set.ts";
import { brokenTable } from "../../errors.ts";
import { type DecodedRows, type Decoder, ROW_NUMBER } from "./decoder.ts";
import type { DecodedBatch, JobVector, ReadJob } from "./messages.ts";
import { packColumn } from "./pack-column.ts";
import { openParquetFile, type ParquetFile } from "./parquet-file.ts";
import { type ColumnPlan, planColumns } from "./plan-columns.ts";

export interface Decoders {
  /** The one to use. */
  readonly main: Decoder;
  /** For files that the other cannot take because of the names of their columns. */
  readonly plain: Decoder;
}

/**
 * Decodes a file.
 *
 * @throws {DeltaError} without the file's name
 */
export async function* readJob(job: ReadJob, decoders: Decoders): AsyncGenerator<DecodedBatch> {
  const file = await openParquetFile(job.path);
  const columns = planColumns(job.fields, file.fields);
  const deleted = rowSet(job.deletionVector, file.rowCount);
  const wanted = rowSet(job.onlyRows, file.rowCount);
  const lastRow = wanted === undefined ? file.rowCount : wanted.lastRow + 1;
  const toRow = Math.min(job.toRow ?? lastRow, lastRow, file.rowCount);
  if (job.fromRow >= toRow) return;
  const decoder = hasAwkwardNames(file) ? decoders.plain : decoders.main;
  let expected = job.fromRow;
  for await (const rows of decoder.rows(file, columns, job.fromRow, toRow)) {
    const kept = keptRows(rows, expected, deleted, wanted);
    const firstRow = expected;
    expected += rows.rowCount;
    if (kept.length > 0) yield packRows(rows, columns, kept, firstRow, expected);
  }
  if (expected !== toRow) {
    throw brokenTable(`${expected - job.fromRow} rows are decoded, not ${toRow - job.fromRow}`);
  }
}

function rowSet(vector: JobVector | undefined, rowCount: number): RowSet | undefined {
  if (vector === undefined) return undefined;
  const { bytes, cardinality, source } = vector;
  const rows = RowSet.decode(bytes, source);
  if (rows.size !== cardinality) {
    throw brokenTable(`${source} deletes ${rows.size} rows, and ${cardinality} in the log`);
  }
  if (rows.lastRow >= rowCount) {
    throw brokenTable(`${source} deletes row ${rows.lastRow}, and the file has ${rowCount}`);
  }
  return rows;
}

/** @returns indexes; checks that no row is missing, twice there or out of order */
function keptRows(
  rows: DecodedRows,
  first: number,
  deleted: RowSet | undefined,
  wanted: RowSet | undefined,
): number[] {
  const kept: number[] = [];
  for (let index = 0; index < rows.rowCount; index++) {
    const row = rows.rowNumber(index);
    if (row !== first + index)
      throw brokenTable(`row ${row} is decoded in place of ${first + index}`);
    if (deleted?.has(row) === true || wanted?.has(row) === false) continue;
    kept.push(index);
  }
  return kept;
}

function packRows(
  rows: DecodedRows,
  columns: readonly ColumnPlan[],
  kept: readonly number[],
  firstRow: number,
  nextRow: number,
): DecodedBatch {
  let decoded = 0;
  const packed = columns.map(({ field, source, convert }) => {
    if (source === undefined) return packColumn(field.type, kept.length, () => null);
    const column = decoded++;
    return packColumn(field.type, kept.length, (index) => {
      const value = rows.value(column, kept[index] ?? 0);
      return value === null ? null : convert(value);
    });
  });
  return { firstRow: firstRow + (kept[0] ?? 0), rowCount: kept.length, nextRow, columns: packed };
}

/** DuckDB's names know no case, and one of them is its own. */
function hasAwkwardNames({ fields }: ParquetFile): boolean {
  const names = new Set(fields.map(({ name }) => name.toLowerCase()));
  return names.size < fields.length || names.has(ROW_NUMBER);
}
