import type { RowBatch, TableField } from "@ofs/delta";
import type { NewRecord, RecordHeader } from "@ofs/ingest";

/** Why a row is not sent. Counted by cause, so causes hold no value. */
export interface Reject {
  /** Position in the batch. */
  readonly index: number;
  /** For example `null-key user_id`, `value price`. */
  readonly cause: string;
  /** With the value. */
  readonly reason: string;
}

/** Records of some rows, and the rows that have none. */
export interface EncodedRows {
  readonly records: readonly NewRecord[];
  /** Rows in the records. */
  readonly rowCount: number;
  readonly rejects: readonly Reject[];
  /** The first rows as JSON for people, times in seconds; where rows are JSON. */
  readonly samples?: readonly string[];
}

/** Where records go, and what each of them carries. */
export interface MessageHead {
  readonly topic: string;
  readonly headers: readonly RecordHeader[];
}

/** Turns rows into messages. It is made for one schema of the table. */
export interface MessagePlan {
  /** Columns that it wants, in the order in which it expects them. */
  readonly fields: readonly TableField[];
  /**
   * @param columnOf position of each of `fields` in the batch
   * @param rows positions in the batch
   */
  encode(
    batch: RowBatch,
    columnOf: readonly number[],
    rows: readonly number[],
    head: MessageHead,
  ): EncodedRows;
}

/** Largest value of a record; brokers take 1 MB by default. */
export const MESSAGE_SIZE_BYTES_MAX = 900_000;
