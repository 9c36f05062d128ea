import type { CellValue, RowBatch } from "@ofs/delta";
import type { NewRecord } from "@ofs/ingest";
import { CellFault } from "../mapping/cell-fault.ts";
import type { RowColumn, RowMapping } from "../mapping/row-mapping.ts";
import {
  type EncodedRows,
  MESSAGE_SIZE_BYTES_MAX,
  type MessageHead,
  type MessagePlan,
  type Reject,
} from "./message-plan.ts";

/** Messages of the row dialect, version 2: one JSON object a row, keyed by the primary key. */
export function rowMessages(mapping: RowMapping): MessagePlan {
  const { columns } = mapping;
  return {
    fields: columns.map(({ field }) => field),
    encode(batch, columnOf, rows, head) {
      const records: NewRecord[] = [];
      const rejects: Reject[] = [];
      for (const index of rows) {
        const encoded = encodeRow(columns, batch, columnOf, index, head);
        if ("cause" in encoded) rejects.push(encoded);
        else records.push(encoded);
      }
      return { records, rowCount: records.length, rejects } satisfies EncodedRows;
    },
  };
}

function encodeRow(
  columns: readonly RowColumn[],
  batch: RowBatch,
  columnOf: readonly number[],
  index: number,
  { topic, headers }: MessageHead,
): NewRecord | Reject {
  const members: string[] = [];
  const keys: string[] = [];
  for (const [position, column] of columns.entries()) {
    const value = batch.columns[columnOf[position] as number]?.valueAt(index) ?? null;
    if (value === null && !column.isKey) continue;
    const text = textOf(column, value, index);
    if (typeof text !== "string") return text;
    members.push(`${column.nameJson}:${text}`);
    if (column.isKey) keys.push(text);
  }
  const value = Buffer.from(`{${members.join(",")}}`);
  if (value.length > MESSAGE_SIZE_BYTES_MAX) {
    const reason = `a message of ${value.length} bytes; ${MESSAGE_SIZE_BYTES_MAX} at most`;
    return { index, cause: "too-large", reason };
  }
  return { topic, key: Buffer.from(keys.join(",")), value, headers };
}

function textOf({ name, toJson }: RowColumn, value: CellValue, index: number): string | Reject {
  if (value === null) {
    return { index, cause: `null-key ${name}`, reason: `primary key ${name} is null` };
  }
  const text = toJson(value);
  if (!(text instanceof CellFault)) return text;
  return { index, cause: `value ${name}`, reason: `${name}: ${text.reason}` };
}
