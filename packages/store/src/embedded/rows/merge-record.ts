import { DELETE_MEMORY_MS } from "../../block-store.ts";
import type { CellBytes } from "../../row-store.ts";
import {
  type CellView,
  isDeleted,
  isLive,
  type RecordReader,
  RecordWriter,
  type RowChange,
  recordOverheadBytes,
  type Stamp,
} from "./cell-record.ts";

/** How long the time of what has expired or was deleted is remembered. */
const GRACE_SECONDS = DELETE_MEMORY_MS / 1000;

/**
 * Writes into a row: in each cell the later write counts, and of two of the same time a delete, then the one that expires
 * later (one that expires before one that never does, as Cassandra has it), then the greater bytes.
 *
 * @returns the record to store; undefined if all that is there is newer
 */
export function mergeRecord(
  existing: RecordReader | undefined,
  change: RowChange,
  nowSeconds: number,
): Buffer | undefined {
  if (existing === undefined) return newRecord(change);
  const isLater = compareStamps(change, existing.stamp) > 0;
  const maxSize = existing.size + sizeOf(change);
  const writer = new RecordWriter(maxSize, existing.keyCount, isLater ? change : existing.stamp);
  writer.keyBytes(existing.keyBytes());
  const isChanged = mergeCells(existing, change, nowSeconds, writer);
  return isLater || isChanged ? writer.finish() : undefined;
}

function newRecord(change: RowChange): Buffer {
  const { columnIds, key, values } = change;
  const writer = new RecordWriter(sizeOf(change), key.length, change);
  const stamp = cellStamp(change);
  writer.keys(key);
  for (let index = 0; index < columnIds.length; index++) {
    writer.cell(columnIds[index] as number, stamp, values?.[index]);
  }
  return writer.finish();
}

/** @returns whether any cell is of the change */
function mergeCells(
  existing: RecordReader,
  change: RowChange,
  nowSeconds: number,
  writer: RecordWriter,
): boolean {
  const { cell } = existing;
  const { columnIds, values } = change;
  const stamp = cellStamp(change);
  let isChanged = false;
  let place = 0;
  let isCell = existing.nextCell();
  while (isCell || place < columnIds.length) {
    const changedId = columnIds[place] ?? Number.POSITIVE_INFINITY;
    const existingId = isCell ? cell.columnId : Number.POSITIVE_INFINITY;
    if (
      changedId < existingId ||
      (changedId === existingId && wins(stamp, values?.[place], existing))
    ) {
      writer.cell(changedId, stamp, values?.[place]);
      isChanged = true;
    } else {
      writer.cell(existingId, cell, isLive(cell, nowSeconds) ? existing.value() : undefined);
    }
    if (changedId <= existingId) place++;
    if (existingId <= changedId) isCell = existing.nextCell();
  }
  return isChanged;
}

/** What is deleted is so for ever. */
function cellStamp(change: RowChange): Stamp {
  return change.values === undefined ? { timeMicros: change.timeMicros, expirySeconds: 0 } : change;
}

/** Whether a value, or a delete, counts in place of the cell that the record is at. */
function wins(change: Stamp, value: CellBytes | undefined, existing: RecordReader): boolean {
  const { cell } = existing;
  if (change.timeMicros === cell.timeMicros && (value === undefined || isDeleted(cell))) {
    return value === undefined && !isDeleted(cell);
  }
  const order = compareStamps(change, cell);
  if (order !== 0) return order > 0;
  const stored = existing.value();
  return stored !== undefined && value !== undefined && Buffer.compare(value, stored) > 0;
}

/** Above zero if the first counts. */
function compareStamps(a: Stamp, b: Stamp): number {
  if (a.timeMicros !== b.timeMicros) return a.timeMicros - b.timeMicros;
  return a.expirySeconds - b.expirySeconds;
}

function sizeOf({ columnIds, key, values }: RowChange): number {
  let size = recordOverheadBytes(key.length, columnIds.length);
  for (const part of key) size += part.length;
  for (const value of values ?? []) size += value.length;
  return size;
}

/**
 * Takes away what has expired: values at once, times after ten days, as those of deletes.
 *
 * @returns `keep` as it is, `remove` it all, or the record to store
 */
export function sweepRecord(row: RecordReader, nowSeconds: number): Buffer | "keep" | "remove" {
  const writer = new RecordWriter(row.size, row.keyCount, row.stamp);
  writer.keyBytes(row.keyBytes());
  const { cell } = row;
  let cellCount = 0;
  let isChanged = false;
  while (row.nextCell()) {
    if (isCellForgotten(cell, nowSeconds)) {
      isChanged = true;
      continue;
    }
    const value = isLive(cell, nowSeconds) ? row.value() : undefined;
    if (value === undefined && !cell.isDropped) isChanged = true;
    writer.cell(cell.columnId, cell, value);
    cellCount++;
  }
  if (cellCount === 0 && isForgotten(row.stamp, nowSeconds)) return "remove";
  return isChanged ? writer.finish() : "keep";
}

function isForgotten({ expirySeconds }: Stamp, nowSeconds: number): boolean {
  return expirySeconds !== 0 && expirySeconds + GRACE_SECONDS <= nowSeconds;
}

function isCellForgotten(cell: CellView, nowSeconds: number): boolean {
  if (isDeleted(cell)) return cell.timeMicros / 1_000_000 + GRACE_SECONDS <= nowSeconds;
  return isForgotten(cell, nowSeconds);
}
