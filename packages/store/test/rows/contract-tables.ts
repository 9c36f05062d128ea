import { FeatureStoreError } from "@ofs/platform";
import type { ColumnType } from "@ofs/rows";
import type {
  CellBytes,
  RowCells,
  RowColumn,
  RowReadOutcome,
  RowStore,
  RowTable,
  RowTables,
  RowUpsert,
  RowWriteOutcome,
} from "@ofs/store";
import { uniqueName } from "../fixtures.ts";

/** An adapter under test, on data that nobody else writes. */
export interface RowStoreSubject {
  readonly store: RowStore;
  readonly tables: RowTables;
  /** Lets some of the store's time pass. */
  tick(): Promise<void>;
  /** One more connection to the same data; the suite closes it. */
  connect(): Promise<RowStore>;
  /** Closes both and removes the data. */
  close(): Promise<void>;
}

/** Unix microseconds, long ago. */
export const T0 = 1_750_000_000_000_000;

export interface Limits {
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** A table of the suite, and short ways to use it. Cells are given and answered as Buffers. */
export class TestTable implements RowTable {
  readonly name: string;
  readonly keys: readonly [RowColumn, ...RowColumn[]];
  readonly columns: readonly RowColumn[];

  constructor(
    name: string,
    keys: readonly [RowColumn, ...RowColumn[]],
    columns: readonly RowColumn[],
  ) {
    this.name = name;
    this.keys = keys;
    this.columns = columns;
  }

  /** Keys and columns as `name TYPE`; the table is made. */
  static async create(
    { tables }: RowStoreSubject,
    keys: readonly string[],
    columns: readonly string[],
    ttlSeconds = 0,
  ): Promise<TestTable> {
    const [first, ...others] = keys.map(column);
    if (first === undefined) throw new Error("a table needs a key");
    const table = new TestTable(uniqueName("rows"), [first, ...others], columns.map(column));
    await tables.ensure(table, table.columns, ttlSeconds);
    return table;
  }

  /** Columns by their names, in the order given. */
  some(names: readonly string[]): RowColumn[] {
    return names.map((name) => {
      const found = [...this.keys, ...this.columns].find((each) => each.name === name);
      if (found === undefined) throw new Error(`the table has no column ${name}`);
      return found;
    });
  }

  write(
    store: RowStore,
    names: readonly string[],
    rows: readonly RowUpsert[],
    limits: Limits = {},
  ): Promise<RowWriteOutcome[]> {
    const columns = this.some(names);
    return store.write({ table: this, columns, rows, deadlineMs: Infinity, ...limits });
  }

  /** Deletes columns of rows, all at one time. */
  remove(
    store: RowStore,
    names: readonly string[],
    keys: readonly (readonly CellBytes[])[],
    writeTimeMicros = T0,
  ): Promise<RowWriteOutcome[]> {
    const columns = this.some(names);
    const rows = keys.map((key) => upsert(key, [], writeTimeMicros));
    return store.write({ table: this, columns, rows, isDelete: true, deadlineMs: Infinity });
  }

  async read(
    store: RowStore,
    names: readonly string[],
    keys: readonly (readonly CellBytes[])[],
    limits: Limits = {},
  ): Promise<RowReadOutcome[]> {
    const columns = this.some(names);
    const outcomes = await store.read({
      table: this,
      columns,
      keys,
      deadlineMs: Infinity,
      ...limits,
    });
    return outcomes.map((outcome) => (Array.isArray(outcome) ? buffers(outcome) : outcome));
  }

  async scan(
    store: RowStore,
    names: readonly string[],
    keyPrefix: readonly CellBytes[],
    pageSize = 100,
  ): Promise<RowCells[]> {
    const rows: RowCells[] = [];
    const columns = this.some(names);
    const request = { table: this, columns, keyPrefix, pageSize, deadlineMs: Infinity };
    for await (const page of store.scan(request)) rows.push(...page.map(buffers));
    return rows;
  }
}

export function upsert(
  key: readonly CellBytes[],
  values: readonly CellBytes[],
  writeTimeMicros = T0,
): RowUpsert {
  return { key, values, writeTimeMicros };
}

/** Outcomes by what tells them apart. */
export function codesOf(outcomes: readonly (RowReadOutcome | RowWriteOutcome)[]): unknown[] {
  return outcomes.map((each) => (each instanceof FeatureStoreError ? each.code : each));
}

/** Of rows that all must be taken. */
export function acknowledged(count: number): undefined[] {
  return new Array<undefined>(count).fill(undefined);
}

/** Values in an order that is no order, always the same. */
export function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value, index) => ({ value, rank: (index * 7919 + 13) % 101 }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ value }) => value);
}

function column(text: string): RowColumn {
  const [name = "", type = ""] = text.split(" ");
  return { name, type: type as ColumnType };
}

/** Whether a cell is a Buffer is no matter. */
function buffers(cells: RowCells): RowCells {
  return cells.map((cell) => (cell === null ? null : Buffer.from(cell)));
}
