import type { CancelSignal, FeatureStoreError } from "@ofs/platform";
import type { CellBytes, ColumnType } from "@ofs/rows";

export type { CellBytes } from "@ofs/rows";

/** A column by its storage name, which is folded to lower case and may need quotes. */
export interface RowColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** One entity's table. */
export interface RowTable {
  /** Storage name. */
  readonly name: string;
  /** The first is the partition key; the others order the rows of a partition, ascending. */
  readonly keys: readonly [RowColumn, ...RowColumn[]];
}

export interface RowUpsert {
  /** One value for each key of the table. */
  readonly key: readonly CellBytes[];
  /** One value for each of `RowWrite.columns`; none in a delete. */
  readonly values: readonly CellBytes[];
  /** Unix microseconds: in each cell the newest write wins, whatever the order of arrival. */
  readonly writeTimeMicros: number;
}

export interface RowWrite {
  readonly table: RowTable;
  /** Columns beside the keys; may be none. What is not among them keeps its values. */
  readonly columns: readonly RowColumn[];
  /** With distinct keys. */
  readonly rows: readonly RowUpsert[];
  /** The columns are gone as of each row's write time; rows have no values. Default false. */
  readonly isDelete?: boolean | undefined;
  /** Unix milliseconds after which no answer is of use; `Infinity` = the adapter's own limit. */
  readonly deadlineMs: number;
  /** Once it aborts, open rows are CANCELLED at once, and what has not been sent is not sent any more. */
  readonly signal?: CancelSignal | undefined;
}

/** Outcome of one row: `undefined` = acknowledged by the store. */
export type RowWriteOutcome = FeatureStoreError | undefined;

/** The columns asked for, in their order; null where nothing is stored or it has expired. */
export type RowCells = readonly (CellBytes | null)[];

/** A row, `undefined` if there is none, or why it could not be read. */
export type RowReadOutcome = RowCells | undefined | FeatureStoreError;

export interface RowRead {
  readonly table: RowTable;
  /** Keys may be among them. */
  readonly columns: readonly RowColumn[];
  /**
   * Each with values for the first k of the table's keys (k >= 1, the same for all). With fewer than all, the first row in
   * the order of the clustering keys is read.
   */
  readonly keys: readonly (readonly CellBytes[])[];
  readonly deadlineMs: number;
  readonly signal?: CancelSignal | undefined;
}

export interface RowScan {
  readonly table: RowTable;
  /** Keys may be among them. */
  readonly columns: readonly RowColumn[];
  /** Values for the first k of the table's keys, k >= 1. */
  readonly keyPrefix: readonly CellBytes[];
  /** Rows a page, at most. */
  readonly pageSize: number;
  readonly deadlineMs: number;
  readonly signal?: CancelSignal | undefined;
}

/**
 * Row-dialect storage: tables of typed columns. One instance a connection.
 *
 * Contract, the same for every adapter (see the contract suite):
 * - `read` and `write` never reject for a store's fault: it is the outcome of each row that it hit.
 * - A write is an upsert by column; in each cell the newest write time wins, at a tie the greater bytes. (With a TTL, at
 *   a tie the write that expires later wins before that, and any that expires before one that never does.)
 * - A row exists from a write with its key on, even one without columns, until what wrote it last has expired.
 * - A delete takes the columns away as if they had never been written up to its time; at a tie it wins over any value. With
 *   its last value a row is gone, too, within a second or two. Its time is
 *   remembered for `DELETE_MEMORY_MS` at the least.
 * - A table's TTL counts from when a write was applied, for each cell and for the row's existence.
 * - Writes are idempotent; an adapter may repeat them within the deadline.
 */
export interface RowStore {
  /** As in metrics: `scylla`, `embedded`. */
  readonly kind: string;
  /** @returns one outcome a row, in the order of `rows` */
  write(request: RowWrite): Promise<RowWriteOutcome[]>;
  /** @returns one outcome a key, in the order of `keys` */
  read(request: RowRead): Promise<RowReadOutcome[]>;
  /**
   * Every row below the prefix, in the order of the clustering keys, in pages; nothing is read ahead of the reader by more
   * than a page.
   *
   * @throws {FeatureStoreError} where the store fails in between
   */
  scan(request: RowScan): AsyncIterable<readonly RowCells[]>;
  /** Says why this store cannot hold the key, or nothing if it can (for example an empty partition key). */
  refuseKey(table: RowTable, key: readonly CellBytes[]): string | undefined;
  /** Resolves if the store answers. @throws {FeatureStoreError} UNAVAILABLE */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What a store says of a table that it has. */
export interface StoredRowTable extends RowTable {
  /** Beside the keys. */
  readonly columns: readonly RowColumn[];
  /** Seconds; 0 = values do not expire. */
  readonly ttlSeconds: number;
}

/** Changes of schema: the control plane's part. All are idempotent. */
export interface RowTables {
  /** @returns undefined if there is none */
  describe(name: string): Promise<StoredRowTable | undefined>;
  /**
   * Creates the table with these columns, or adds those that an existing one lacks.
   *
   * @throws {FeatureStoreError} FAILED_PRECONDITION naming a key or column that exists with another type or place
   */
  ensure(table: RowTable, columns: readonly RowColumn[], ttlSeconds: number): Promise<void>;
  /** Acts on later writes only. @throws {FeatureStoreError} NOT_FOUND without such a table */
  setTtl(name: string, ttlSeconds: number): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
