import { setImmediate as nextTurn } from "node:timers/promises";
import { FeatureStoreError } from "@ofs/platform";
import { passedLimit, withinLimits } from "../../request-limits.ts";
import type {
  CellBytes,
  RowCells,
  RowRead,
  RowReadOutcome,
  RowScan,
  RowStore,
  RowTable,
  RowUpsert,
  RowWrite,
  RowWriteOutcome,
} from "../../row-store.ts";
import { refuseLookup, refuseRow, refuseRowKey, refuseScan } from "../../rows/row-checks.ts";
import { ShapePlans } from "../../rows/shape-plans.ts";
import { recordFailure } from "../embedded-failures.ts";
import type { EmbeddedEnvironment } from "../environment.ts";
import { RecordReader, recordOverheadBytes } from "./cell-record.ts";
import { mergeRecord } from "./merge-record.ts";
import { ReadPlan, WritePlan } from "./row-plans.ts";
import { RowTree } from "./row-tree.ts";
import { type TableDefinition, TableDefinitions } from "./table-definitions.ts";

/** Rows that are merged in one go, between which other work may run. */
const MAX_ROWS_PER_COMMIT = 500;

/** Rows that are read in one go. */
const MAX_ROWS_PER_TURN = 1000;

/** Bytes of rows that are read in one go; a larger row is alone. */
const MAX_BYTES_PER_TURN = 4 * 1024 * 1024;

/** Largest row, as Cassandra has it by default: it is rewritten whole by each change of it. */
const MAX_ROW_SIZE_BYTES = 16 * 1024 * 1024;

export interface EmbeddedRowStoreOptions {
  /** Stays open when the store is closed: its owner closes it. */
  readonly environment: EmbeddedEnvironment;
  /** Tenants share the data folder, and none sees another's tables. */
  readonly tenant: string;
  /** Unix milliseconds, for TTLs. Default: the clock. */
  readonly now?: () => number;
}

/**
 * Rows of one tenant in the data folder. Reads are look-ups in mapped memory; writes merge in a transaction and are
 * acknowledged once they are on disk. No read holds on to the data as they were when it began: each page of a scan is of
 * its own time.
 */
export class EmbeddedRowStore implements RowStore {
  readonly kind = "embedded";
  readonly #environment: EmbeddedEnvironment;
  readonly #definitions: TableDefinitions;
  readonly #tree: RowTree;
  readonly #subject: string;
  readonly #now: () => number;
  readonly #writePlans = new ShapePlans<WritePlan>();
  readonly #readPlans = new ShapePlans<ReadPlan>();
  #isClosed = false;

  constructor({ environment, now = Date.now, tenant }: EmbeddedRowStoreOptions) {
    this.#environment = environment;
    this.#definitions = new TableDefinitions(environment, tenant);
    this.#tree = new RowTree(environment.table("rows"), environment.table("row_tables"));
    this.#subject = `embedded store in ${environment.folder}, tenant ${tenant}`;
    this.#now = now;
  }

  async write(request: RowWrite): Promise<RowWriteOutcome[]> {
    const { rows } = request;
    const outcomes = new Array<RowWriteOutcome>(rows.length).fill(undefined);
    const stop = this.#refuse(request);
    if (stop !== undefined) return outcomes.fill(stop);

    const commits: Promise<void>[] = [];
    for (let start = 0; start < rows.length; start += MAX_ROWS_PER_COMMIT) {
      commits.push(this.#writeRows(request, start, outcomes));
    }
    const done = Promise.all(commits).then(() => outcomes);
    const result = await withinLimits(done, request, this.#subjectOf(request.table));
    return result instanceof FeatureStoreError ? outcomes.map((known) => known ?? result) : result;
  }

  async read(request: RowRead): Promise<RowReadOutcome[]> {
    const { keys } = request;
    const outcomes = new Array<RowReadOutcome>(keys.length).fill(undefined);
    for (let start = 0; start < keys.length; start += MAX_ROWS_PER_TURN) {
      if (start > 0) await nextTurn();
      const end = Math.min(start + MAX_ROWS_PER_TURN, keys.length);
      const stop = this.#refuse(request) ?? this.#readRows(request, start, end, outcomes);
      if (stop !== undefined) return outcomes.fill(stop, start);
    }
    return outcomes;
  }

  async *scan(request: RowScan): AsyncGenerator<readonly RowCells[]> {
    const { keyPrefix, table } = request;
    const subject = this.#subjectOf(table);
    const refusal = refuseScan(request);
    if (refusal !== undefined) {
      throw new FeatureStoreError("INVALID_ARGUMENT", `${subject}: ${refusal}`);
    }
    const first = this.#refuse(request);
    if (first !== undefined) throw first;
    // A key that cannot be stored has nothing stored.
    if (refuseRowKey(table, keyPrefix) !== undefined) return;
    const pages = this.#openScan(request);
    for (let isMore = true; isMore; ) {
      const stop = this.#refuse(request);
      if (stop !== undefined) throw stop;
      const page: RowCells[] = [];
      isMore = pages(page);
      if (page.length > 0) yield page;
      if (isMore) await nextTurn();
    }
  }

  refuseKey(table: RowTable, key: readonly CellBytes[]): string | undefined {
    return refuseRowKey(table, key);
  }

  async ping(): Promise<void> {
    const failure = this.#closedFailure();
    if (failure !== undefined) throw failure;
    this.#environment.refresh();
    this.#environment.table("meta").doesExist(Buffer.from("format"));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  /** @returns why none of the keys can be read */
  #readRows(
    { columns, keys, table }: RowRead,
    start: number,
    end: number,
    outcomes: RowReadOutcome[],
  ): FeatureStoreError | undefined {
    try {
      this.#environment.refresh();
      const definition = this.#definition(table);
      const plan = this.#readPlan(table, columns, definition);
      for (let index = start; index < end; index++) {
        const key = keys[index] as readonly CellBytes[];
        const refusal = refuseLookup(table, key, keys[0]?.length);
        outcomes[index] =
          refusal === undefined
            ? this.#readRow(table, definition, plan, key)
            : this.#invalid(table, refusal);
      }
      return undefined;
    } catch (error) {
      return recordFailure(this.#environment.folder, error);
    }
  }

  #readRow(
    table: RowTable,
    { paths }: TableDefinition,
    plan: ReadPlan,
    key: readonly CellBytes[],
  ): RowReadOutcome {
    if (refuseRowKey(table, key) !== undefined) return undefined;
    try {
      const nowSeconds = this.#nowSeconds();
      const path = paths.path(key);
      if (key.length < table.keys.length) return this.#firstBelow(path, plan, nowSeconds);
      const place = this.#tree.find(path);
      const bytes = place && this.#environment.table("rows").getBinary(place);
      return bytes && plan.cellsOf(new RecordReader(bytes), nowSeconds);
    } catch (error) {
      return this.#rowFailure(table, error);
    }
  }

  #firstBelow(path: Buffer, plan: ReadPlan, nowSeconds: number): RowCells | undefined {
    let found: RowCells | undefined;
    this.#tree.below(path)?.visit((value) => {
      found = plan.cellsOf(new RecordReader(value), nowSeconds);
      return found === undefined ? "more" : "stop";
    });
    return found;
  }

  /** @returns what adds the next rows to a page, and tells whether there may be more */
  #openScan({ columns, keyPrefix, pageSize, table }: RowScan): (page: RowCells[]) => boolean {
    const attempt = <T>(act: () => T): T => {
      try {
        this.#environment.refresh();
        return act();
      } catch (error) {
        throw this.#rowFailure(table, error);
      }
    };
    const { cursor, plan } = attempt(() => {
      const definition = this.#definition(table);
      return {
        cursor: this.#tree.below(definition.paths.path(keyPrefix)),
        plan: this.#readPlan(table, columns, definition),
      };
    });
    if (cursor === undefined) return () => false;
    return (page) =>
      attempt(() => {
        const nowSeconds = this.#nowSeconds();
        let rowCount = 0;
        let sizeBytes = 0;
        return cursor.visit((value) => {
          const cells = plan.cellsOf(new RecordReader(value), nowSeconds);
          if (cells !== undefined) page.push(cells);
          rowCount++;
          sizeBytes += value.length;
          const isFull = page.length === pageSize || sizeBytes >= MAX_BYTES_PER_TURN;
          return isFull || rowCount === MAX_ROWS_PER_TURN ? "stop" : "more";
        });
      });
  }

  async #writeRows(request: RowWrite, start: number, outcomes: RowWriteOutcome[]): Promise<void> {
    const end = Math.min(start + MAX_ROWS_PER_COMMIT, request.rows.length);
    try {
      await this.#environment.commit(
        () => this.#mergeRows(request, start, end, outcomes),
        sizeOfRows(request, start, end),
      );
    } catch (error) {
      const failure = recordFailure(this.#environment.folder, error);
      for (let index = start; index < end; index++) outcomes[index] ??= failure;
    }
  }

  /** Runs in a transaction. Faults of one row are its outcome; the others go on. */
  #mergeRows(request: RowWrite, start: number, end: number, outcomes: RowWriteOutcome[]): void {
    const { columns, rows, table } = request;
    const subject = this.#subjectOf(table);
    const stop = passedLimit(request, Date.now(), subject);
    if (stop !== undefined) throw stop;
    const definition = this.#definition(table);
    const plan = this.#writePlans.get(
      table,
      columns,
      definition,
      () => new WritePlan(definition, table, columns, subject),
    );
    for (let index = start; index < end; index++) {
      const row = rows[index] as RowUpsert;
      const refusal = refuseRow(request, row);
      outcomes[index] =
        refusal === undefined
          ? this.#mergeRow(table, definition, plan, row)
          : this.#invalid(table, refusal);
    }
  }

  #mergeRow(
    table: RowTable,
    { paths, ttlSeconds }: TableDefinition,
    plan: WritePlan,
    { key, values, writeTimeMicros }: RowUpsert,
  ): RowWriteOutcome {
    try {
      const rows = this.#environment.table("rows");
      const nowSeconds = this.#nowSeconds();
      const place = this.#tree.place(paths.path(key));
      const existing = rows.getBinaryFast(place);
      const change = {
        key,
        columnIds: plan.columnIds,
        values: plan.arrange(values),
        timeMicros: writeTimeMicros,
        expirySeconds: ttlSeconds === 0 ? 0 : nowSeconds + ttlSeconds,
      };
      const merged = mergeRecord(existing && new RecordReader(existing), change, nowSeconds);
      if (merged === undefined) return undefined;
      if (merged.length > MAX_ROW_SIZE_BYTES) {
        const reason = `row of ${merged.length} bytes, at most ${MAX_ROW_SIZE_BYTES} can be stored`;
        return this.#invalid(table, reason);
      }
      rows.putSync(place, merged);
      return undefined;
    } catch (error) {
      return this.#rowFailure(table, error);
    }
  }

  #definition(table: RowTable): TableDefinition {
    const definition = this.#definitions.get(table.name);
    if (definition !== undefined) return definition;
    const message = `${this.#subjectOf(table)}: there is no such table`;
    throw new FeatureStoreError("FAILED_PRECONDITION", message);
  }

  #readPlan(table: RowTable, columns: RowRead["columns"], definition: TableDefinition): ReadPlan {
    return this.#readPlans.get(
      table,
      columns,
      definition,
      () => new ReadPlan(definition, table, columns, this.#subjectOf(table)),
    );
  }

  /** A key value that is not of its type is the caller's fault. */
  #rowFailure(table: RowTable, error: unknown): FeatureStoreError {
    if (error instanceof RangeError) return this.#invalid(table, error.message);
    return recordFailure(this.#environment.folder, error);
  }

  #invalid(table: RowTable, reason: string): FeatureStoreError {
    return new FeatureStoreError("INVALID_ARGUMENT", `${this.#subjectOf(table)}: ${reason}`);
  }

  #nowSeconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  #refuse(request: RowRead | RowScan | RowWrite): FeatureStoreError | undefined {
    return (
      this.#closedFailure() ?? passedLimit(request, Date.now(), this.#subjectOf(request.table))
    );
  }

  #closedFailure(): FeatureStoreError | undefined {
    if (!this.#isClosed && !this.#environment.isClosed) return undefined;
    return new FeatureStoreError("UNAVAILABLE", `${this.#subject}: it is closed`);
  }

  #subjectOf({ name }: RowTable): string {
    return `${this.#subject}, table ${name}`;
  }
}

function sizeOfRows({ rows }: RowWrite, start: number, end: number): number {
  let sizeBytes = 0;
  for (let index = start; index < end; index++) {
    const { key, values } = rows[index] as RowUpsert;
    sizeBytes += recordOverheadBytes(key.length, values.length);
    // Once in the database key, once in the record.
    for (const part of key) sizeBytes += 2 * part.length;
    for (const value of values) sizeBytes += value.length;
  }
  return sizeBytes;
}
