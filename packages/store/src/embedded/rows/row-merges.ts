import { FeatureStoreError } from "@ofs/platform";
import { passedLimit, withinLimits } from "../../request-limits.ts";
import type { RowUpsert, RowWrite, RowWriteOutcome } from "../../row-store.ts";
import { refuseRow } from "../../rows/row-checks.ts";
import { ShapePlans } from "../../rows/shape-plans.ts";
import { RecordReader, recordOverheadBytes } from "./cell-record.ts";
import { mergeRecord } from "./merge-record.ts";
import { WritePlan } from "./row-plans.ts";
import type { TableDefinition } from "./table-definitions.ts";
import type { TenantRows } from "./tenant-rows.ts";

/** Rows that are merged in one go, between which other work may run. */
const MAX_ROWS_PER_COMMIT = 500;

/** Largest row, as Cassandra has it by default: it is rewritten whole by each change of it. */
const MAX_ROW_SIZE_BYTES = 16 * 1024 * 1024;

/** Writes one tenant's rows. */
export class RowMerges {
  readonly #rows: TenantRows;
  readonly #plans = new ShapePlans<WritePlan>();

  constructor(rows: TenantRows) {
    this.#rows = rows;
  }

  /** As {@link RowStore.write}. */
  async write(request: RowWrite): Promise<RowWriteOutcome[]> {
    const outcomes = new Array<RowWriteOutcome>(request.rows.length).fill(undefined);
    const stop = this.#rows.refuse(request);
    if (stop !== undefined) return outcomes.fill(stop);

    const commits: Promise<void>[] = [];
    for (let start = 0; start < request.rows.length; start += MAX_ROWS_PER_COMMIT) {
      commits.push(this.#writeRows(request, start, outcomes));
    }
    const done = Promise.all(commits).then(() => outcomes);
    const result = await withinLimits(done, request, this.#rows.subjectOf(request.table));
    // A copy: a commit that ends after the limit must not change what the caller has by then.
    return result instanceof FeatureStoreError ? outcomes.map((known) => known ?? result) : result;
  }

  async #writeRows(request: RowWrite, start: number, outcomes: RowWriteOutcome[]): Promise<void> {
    const end = Math.min(start + MAX_ROWS_PER_COMMIT, request.rows.length);
    try {
      await this.#rows.environment.commit(
        () => this.#mergeRows(request, start, end, outcomes),
        sizeOfRows(request, start, end),
      );
    } catch (error) {
      const failure = this.#rows.failure(request.table, error);
      for (let index = start; index < end; index++) outcomes[index] ??= failure;
    }
  }

  /** Runs in a transaction. Faults of one row are its outcome; the others go on. */
  #mergeRows(request: RowWrite, start: number, end: number, outcomes: RowWriteOutcome[]): void {
    const { columns, rows, table } = request;
    // What was given before the store was closed is carried out.
    const stop = passedLimit(request, Date.now(), this.#rows.subjectOf(table));
    if (stop !== undefined) throw stop;
    const definition = this.#rows.definition(table);
    const plan = this.#plans.get(
      table,
      columns,
      definition,
      () => new WritePlan(definition, table, columns, this.#rows.subjectOf(table)),
    );
    for (let index = start; index < end; index++) {
      const row = rows[index] as RowUpsert;
      const refusal = refuseRow(request, row);
      outcomes[index] =
        refusal === undefined
          ? this.#mergeRow(request, definition, plan, row)
          : this.#rows.invalid(table, refusal);
    }
  }

  #mergeRow(
    { isDelete, table }: RowWrite,
    { paths, ttlSeconds }: TableDefinition,
    plan: WritePlan,
    { key, values, writeTimeMicros }: RowUpsert,
  ): RowWriteOutcome {
    try {
      const rows = this.#rows.environment.table("rows");
      const nowSeconds = this.#rows.nowSeconds();
      const place = this.#rows.tree.place(paths.path(key));
      const existing = rows.getBinaryFast(place);
      const change = {
        key,
        columnIds: plan.columnIds,
        values: isDelete === true ? undefined : plan.arrange(values),
        timeMicros: writeTimeMicros,
        expirySeconds: isDelete === true ? ended(nowSeconds) : endOf(ttlSeconds, nowSeconds),
      };
      const merged = mergeRecord(existing && new RecordReader(existing), change, nowSeconds);
      if (merged === undefined) return undefined;
      if (merged.length > MAX_ROW_SIZE_BYTES) {
        const reason = `row of ${merged.length} bytes, at most ${MAX_ROW_SIZE_BYTES} can be stored`;
        return this.#rows.invalid(table, reason);
      }
      rows.putSync(place, merged);
      return undefined;
    } catch (error) {
      return this.#rows.failure(table, error);
    }
  }
}

/** Unix seconds; 0 = never. */
function endOf(ttlSeconds: number, nowSeconds: number): number {
  return ttlSeconds === 0 ? 0 : nowSeconds + ttlSeconds;
}

/** As expiry of what is over, in Unix seconds. */
function ended(nowSeconds: number): number {
  return Math.max(1, nowSeconds);
}

function sizeOfRows({ columns, rows }: RowWrite, start: number, end: number): number {
  let sizeBytes = 0;
  for (let index = start; index < end; index++) {
    const { key, values } = rows[index] as RowUpsert;
    sizeBytes += recordOverheadBytes(key.length, columns.length);
    // Once in the database key, once in the record.
    for (const part of key) sizeBytes += 2 * part.length;
    for (const value of values) sizeBytes += value.length;
  }
  return sizeBytes;
}
