import { setImmediate as nextTurn } from "node:timers/promises";
import type { FeatureStoreError } from "@ofs/platform";
import type {
  CellBytes,
  RowCells,
  RowRead,
  RowReadOutcome,
  RowScan,
  RowTable,
} from "../../row-store.ts";
import { refuseLookup, refuseRowKey, refuseScan } from "../../rows/row-checks.ts";
import { ShapePlans } from "../../rows/shape-plans.ts";
import { RecordReader } from "./cell-record.ts";
import { ReadPlan } from "./row-plans.ts";
import type { RowCursor } from "./row-tree.ts";
import type { TableDefinition } from "./table-definitions.ts";
import type { TenantRows } from "./tenant-rows.ts";

/** Rows that are read in one go, between which other work may run. */
const MAX_ROWS_PER_TURN = 1000;

/** Bytes of rows that are read in one go; a larger row is alone. */
const MAX_BYTES_PER_TURN = 4 * 1024 * 1024;

/** Reads one tenant's rows. Nothing is held while other work runs: each go is on the data of its own time. */
export class RowLookups {
  readonly #rows: TenantRows;
  readonly #plans = new ShapePlans<ReadPlan>();

  constructor(rows: TenantRows) {
    this.#rows = rows;
  }

  /** As {@link RowStore.read}. */
  async read(request: RowRead): Promise<RowReadOutcome[]> {
    const { keys } = request;
    const outcomes = new Array<RowReadOutcome>(keys.length).fill(undefined);
    for (let start = 0; start < keys.length; start += MAX_ROWS_PER_TURN) {
      if (start > 0) await nextTurn();
      const end = Math.min(start + MAX_ROWS_PER_TURN, keys.length);
      const stop = await this.#readKeys(request, start, end, outcomes);
      if (stop !== undefined) return outcomes.fill(stop, start);
    }
    return outcomes;
  }

  /** As {@link RowStore.scan}. */
  async *scan(request: RowScan): AsyncGenerator<readonly RowCells[]> {
    const { columns, keyPrefix, table } = request;
    const refusal = refuseScan(request);
    if (refusal !== undefined) throw this.#rows.invalid(table, refusal);
    const { cursor, plan } = this.#attempt(request, () => {
      const definition = this.#rows.definition(table);
      return {
        plan: this.#plan(table, columns, definition),
        cursor: this.#cursor(table, definition, keyPrefix),
      };
    });
    if (cursor === undefined) return;
    for (let isMore = true; isMore; ) {
      const page: RowCells[] = [];
      isMore = this.#attempt(request, () => this.#addRows(cursor, plan, request.pageSize, page));
      if (page.length > 0) yield page;
      if (isMore) await nextTurn();
    }
  }

  /** @returns why the keys cannot be read */
  async #readKeys(
    { columns, keys, table, ...limits }: RowRead,
    start: number,
    end: number,
    outcomes: RowReadOutcome[],
  ): Promise<FeatureStoreError | undefined> {
    const request = { ...limits, table };
    try {
      const [definition, plan] = this.#attempt(request, () => {
        const known = this.#rows.definition(table);
        return [known, this.#plan(table, columns, known)] as const;
      });
      for (let index = start; index < end; index++) {
        const key = keys[index] as readonly CellBytes[];
        const refusal = refuseLookup(table, key, keys[0]?.length);
        if (refusal !== undefined) outcomes[index] = this.#rows.invalid(table, refusal);
        else if (key.length === table.keys.length) {
          outcomes[index] = this.#readRow(table, definition, plan, key);
        } else {
          outcomes[index] = await this.#readFirst(request, definition, plan, key);
        }
      }
      return undefined;
    } catch (error) {
      return this.#rows.failure(table, error);
    }
  }

  #readRow(
    table: RowTable,
    { paths }: TableDefinition,
    plan: ReadPlan,
    key: readonly CellBytes[],
  ): RowReadOutcome {
    // A key that cannot be stored has nothing stored.
    if (refuseRowKey(table, key) !== undefined) return undefined;
    try {
      const place = this.#rows.tree.find(paths.path(key));
      const bytes = place && this.#rows.environment.table("rows").getBinary(place);
      return bytes && plan.cellsOf(new RecordReader(bytes), this.#rows.nowSeconds());
    } catch (error) {
      return this.#rows.failure(table, error);
    }
  }

  /** There may be many rows that have expired before the first that has not. */
  async #readFirst(
    request: Pick<RowRead, "deadlineMs" | "signal" | "table">,
    definition: TableDefinition,
    plan: ReadPlan,
    key: readonly CellBytes[],
  ): Promise<RowReadOutcome> {
    try {
      const { table } = request;
      const cursor = this.#attempt(request, () => this.#cursor(table, definition, key));
      const page: RowCells[] = [];
      const addRow = (): boolean =>
        cursor !== undefined && this.#addRows(cursor, plan, 1, page) && page.length === 0;
      while (this.#attempt(request, addRow)) await nextTurn();
      return page[0];
    } catch (error) {
      return this.#rows.failure(request.table, error);
    }
  }

  #cursor(
    table: RowTable,
    { paths }: TableDefinition,
    key: readonly CellBytes[],
  ): RowCursor | undefined {
    if (refuseRowKey(table, key) !== undefined) return undefined;
    return this.#rows.tree.below(paths.path(key));
  }

  /** @returns whether there may be more */
  #addRows(cursor: RowCursor, plan: ReadPlan, maxRows: number, page: RowCells[]): boolean {
    const nowSeconds = this.#rows.nowSeconds();
    let visitedCount = 0;
    let sizeBytes = 0;
    return cursor.visit((value) => {
      const cells = plan.cellsOf(new RecordReader(value), nowSeconds);
      if (cells !== undefined) page.push(cells);
      visitedCount++;
      sizeBytes += value.length;
      const isFull = page.length === maxRows || sizeBytes >= MAX_BYTES_PER_TURN;
      return isFull || visitedCount === MAX_ROWS_PER_TURN ? "stop" : "more";
    });
  }

  /**
   * Reads on the data as they are now.
   *
   * @throws {FeatureStoreError} also for the limits of the request
   */
  #attempt<T>(request: Pick<RowRead, "deadlineMs" | "signal" | "table">, act: () => T): T {
    const stop = this.#rows.refuse(request);
    if (stop !== undefined) throw stop;
    try {
      this.#rows.environment.refresh();
      return act();
    } catch (error) {
      throw this.#rows.failure(request.table, error);
    }
  }

  #plan(table: RowTable, columns: RowRead["columns"], definition: TableDefinition): ReadPlan {
    return this.#plans.get(
      table,
      columns,
      definition,
      () => new ReadPlan(definition, table, columns, this.#rows.subjectOf(table)),
    );
  }
}
