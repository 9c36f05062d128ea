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

/** Rows of a batch that are kept to be shown, and characters of each. */
const SAMPLES_MAX = 10;
const SAMPLE_LENGTH_MAX = 10_000;

interface Cell {
  readonly column: RowColumn;
  readonly text: string;
}

/** Messages of the row dialect, version 2: one JSON object a row, keyed by the primary key. */
export function rowMessages(mapping: RowMapping): MessagePlan {
  const { columns } = mapping;
  return {
    fields: columns.map(({ field }) => field),
    encode(batch, columnOf, rows, head) {
      const records: NewRecord[] = [];
      const rejects: Reject[] = [];
      const samples: string[] = [];
      for (const index of rows) {
        const encoded = encodeRow(columns, batch, columnOf, index, head);
        if ("cause" in encoded) {
          rejects.push(encoded);
          continue;
        }
        records.push(encoded.record);
        if (samples.length < SAMPLES_MAX) samples.push(...sampleOf(encoded.cells));
      }
      return { records, rowCount: records.length, rejects, samples } satisfies EncodedRows;
    },
  };
}

function encodeRow(
  columns: readonly RowColumn[],
  batch: RowBatch,
  columnOf: readonly number[],
  index: number,
  { topic, headers }: MessageHead,
): { readonly record: NewRecord; readonly cells: readonly Cell[] } | Reject {
  const cells: Cell[] = [];
  const keys: string[] = [];
  for (const [position, column] of columns.entries()) {
    const value = batch.columns[columnOf[position] as number]?.valueAt(index) ?? null;
    if (value === null && !column.isKey) continue;
    const text = textOf(column, value, index);
    if (typeof text !== "string") return text;
    cells.push({ column, text });
    if (column.isKey) keys.push(text);
  }
  const members = cells.map((cell) => `${cell.column.nameJson}:${cell.text}`);
  const value = Buffer.from(`{${members.join(",")}}`);
  if (value.length > MESSAGE_SIZE_BYTES_MAX) {
    const reason = `a message of ${value.length} bytes; ${MESSAGE_SIZE_BYTES_MAX} at most`;
    return { index, cause: "too-large", reason };
  }
  return { record: { topic, key: Buffer.from(keys.join(",")), value, headers }, cells };
}

/** The row as the control plane shows it; none if it is large. */
function sampleOf(cells: readonly Cell[]): string[] {
  const members = cells.map(({ column, text }) => {
    return `${column.nameJson}:${column.isTime ? secondsOf(text) : text}`;
  });
  const sample = `{${members.join(",")}}`;
  return sample.length <= SAMPLE_LENGTH_MAX ? [sample] : [];
}

/** Samples have whole seconds, as those of Darwin's clients. */
function secondsOf(milliseconds: string): string {
  return String(Math.floor(Number(milliseconds) / 1_000));
}

function textOf({ name, toJson }: RowColumn, value: CellValue, index: number): string | Reject {
  if (value === null) {
    return { index, cause: `null-key ${name}`, reason: `primary key ${name} is null` };
  }
  const text = toJson(value);
  if (!(text instanceof CellFault)) return text;
  return { index, cause: `value ${name}`, reason: `${name}: ${text.reason}` };
}
