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
  RowWrite,
  RowWriteOutcome,
} from "../../row-store.ts";
import { refuseRowKey, refuseScan } from "../../rows/row-checks.ts";
import { ShapePlans } from "../../rows/shape-plans.ts";
import { asBuffer } from "../as-buffer.ts";
import { assertConnected, closedFailure, pingCluster } from "../cluster-checks.ts";
import type { ScyllaConnection } from "../connection.ts";
import { toScyllaFailure } from "../scylla-errors.ts";
import { type StatementPage, StatementRunner } from "../statement-runner.ts";
import { DeleteWriter } from "./delete-writer.ts";
import { cellsOf, PointReader } from "./point-reader.ts";
import {
  planRowDelete,
  planRowInsert,
  planRowSelect,
  type RowDeletePlan,
  type RowSelectPlan,
} from "./row-statements.ts";
import { tableSubject } from "./row-subject.ts";
import { UpsertWriter } from "./upsert-writer.ts";

export interface ScyllaRowStoreOptions {
  /** Shared: closing the store closes it. */
  readonly connection: ScyllaConnection;
}

/** Rows in Cassandra or ScyllaDB: a table with typed columns for each entity. */
export class ScyllaRowStore implements RowStore {
  readonly kind = "scylla";
  readonly #connection: ScyllaConnection;
  readonly #runner: StatementRunner;
  readonly #selects = new ShapePlans<RowSelectPlan>();
  readonly #inserts = new ShapePlans<string>();
  readonly #deletes = new ShapePlans<RowDeletePlan>();

  constructor({ connection }: ScyllaRowStoreOptions) {
    this.#connection = connection;
    this.#runner = new StatementRunner(connection);
  }

  async write(request: RowWrite): Promise<RowWriteOutcome[]> {
    const { isDelete, rows } = request;
    if (rows.length === 0) return [];
    const stop = this.#refuse(request);
    if (stop !== undefined) return new Array<RowWriteOutcome>(rows.length).fill(stop);
    try {
      return await (isDelete === true ? this.#delete(request) : this.#upsert(request));
    } catch (error) {
      return new Array<RowWriteOutcome>(rows.length).fill(this.#failure(request, error));
    }
  }

  async read(request: RowRead): Promise<RowReadOutcome[]> {
    const [first] = request.keys;
    if (first === undefined) return [];
    const keyCount = request.keys.length;
    const stop = this.#refuse(request);
    if (stop !== undefined) return new Array<RowReadOutcome>(keyCount).fill(stop);
    try {
      const plan = this.#planSelect(request, first.length);
      return await new PointReader(request, this.#connection, this.#runner, plan).read();
    } catch (error) {
      return new Array<RowReadOutcome>(keyCount).fill(this.#failure(request, error));
    }
  }

  async *scan(request: RowScan): AsyncGenerator<readonly RowCells[]> {
    const { keyPrefix, table } = request;
    const subject = tableSubject(this.#connection, table);
    const refusal = refuseScan(request);
    if (refusal !== undefined) {
      throw new FeatureStoreError("INVALID_ARGUMENT", `${subject}: ${refusal}`);
    }
    const stop = this.#refuse(request);
    if (stop !== undefined) throw stop;
    // A key that cannot be stored has nothing stored.
    if (refuseRowKey(table, keyPrefix) !== undefined) return;
    const plan = this.#planSelect(request, keyPrefix.length);
    const statement = { query: plan.scanQuery, params: keyPrefix.map(asBuffer) };
    let pageState: string | undefined;
    do {
      const page = await this.#scanPage(request, statement, pageState);
      if (page.rows.length > 0) yield page.rows.map((row) => cellsOf(row, plan.columnCount));
      pageState = page.nextState;
    } while (pageState !== undefined);
  }

  refuseKey(table: RowTable, key: readonly CellBytes[]): string | undefined {
    return refuseRowKey(table, key);
  }

  async ping(): Promise<void> {
    await pingCluster(this.#connection);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #upsert(request: RowWrite): Promise<RowWriteOutcome[]> {
    const { columns, table } = request;
    const { keyspace } = this.#connection;
    const query = this.#inserts.get(table, columns, undefined, () =>
      planRowInsert(keyspace, table, columns),
    );
    return new UpsertWriter(request, this.#connection, this.#runner, query).write();
  }

  #delete(request: RowWrite): Promise<RowWriteOutcome[]> {
    const { columns, table } = request;
    const { keyspace } = this.#connection;
    const plan = this.#deletes.get(table, columns, undefined, () =>
      planRowDelete(keyspace, table, columns),
    );
    return new DeleteWriter(request, this.#connection, this.#runner, plan).write();
  }

  async #scanPage(
    request: RowScan,
    statement: { readonly query: string; readonly params: unknown[] },
    pageState: string | undefined,
  ): Promise<StatementPage> {
    const subject = tableSubject(this.#connection, request.table);
    assertConnected(this.#connection, subject);
    const context = {
      limits: request,
      subject,
      consistency: this.#connection.readConsistency,
    };
    const place = {
      fetchSize: request.pageSize,
      ...(pageState === undefined ? {} : { pageState }),
    };
    const fetched = this.#runner
      .runPage(statement, context, place)
      .catch((error: unknown) => this.#failure(request, error));
    const page = await withinLimits(fetched, request, subject);
    if (page instanceof FeatureStoreError) throw page;
    return page;
  }

  /** @throws {FeatureStoreError} INVALID_ARGUMENT for a name that CQL does not take */
  #planSelect({ columns, table }: RowRead | RowScan, keyCount: number): RowSelectPlan {
    const { keyspace } = this.#connection;
    return this.#selects.get(table, columns, keyCount, () =>
      planRowSelect(keyspace, table, columns, keyCount),
    );
  }

  #refuse(request: RowRead | RowScan | RowWrite): FeatureStoreError | undefined {
    const subject = tableSubject(this.#connection, request.table);
    if (this.#connection.isClosed) return closedFailure(subject);
    return passedLimit(request, Date.now(), subject);
  }

  #failure(request: RowRead | RowScan | RowWrite, error: unknown): FeatureStoreError {
    const subject = tableSubject(this.#connection, request.table);
    return toScyllaFailure(error, subject, Date.now() >= request.deadlineMs);
  }
}
