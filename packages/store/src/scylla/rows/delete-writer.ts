import { types } from "cassandra-driver";
import type { CellBytes, RowUpsert, RowWrite, RowWriteOutcome } from "../../row-store.ts";
import { refuseRow } from "../../rows/row-checks.ts";
import { asBuffer } from "../as-buffer.ts";
import { BatchWriter } from "../batch-writer.ts";
import type { ScyllaConnection } from "../connection.ts";
import type { Route, Statement, StatementRunner } from "../statement-runner.ts";
import { runInLanes } from "./lanes.ts";
import type { RowDeletePlan } from "./row-statements.ts";
import { tableSubject } from "./row-subject.ts";

/** One delete, from its rows to their outcomes. Each row takes two statements, at the places 2i and 2i + 1. */
export class DeleteWriter {
  readonly #request: RowWrite;
  readonly #plan: RowDeletePlan;
  readonly #writer: BatchWriter;

  constructor(
    request: RowWrite,
    connection: ScyllaConnection,
    runner: StatementRunner,
    plan: RowDeletePlan,
  ) {
    this.#request = request;
    this.#plan = plan;
    this.#writer = new BatchWriter({
      connection,
      runner,
      limits: request,
      rowCount: request.rows.length * 2,
      subject: tableSubject(connection, request.table),
      statementOf: (place) => this.#statement(place),
    });
  }

  async write(): Promise<RowWriteOutcome[]> {
    const statements = runInLanes(
      this.#cutIntoBatches(),
      (batch) => this.#writer.write(batch, (first) => this.#route(first)),
      () => this.#writer.isStopped,
    );
    const outcomes = await this.#writer.outcomes(statements);
    return this.#request.rows.map((_, index) => outcomes[2 * index] ?? outcomes[2 * index + 1]);
  }

  /** Both statements of a row in one batch: they are of one partition. */
  #cutIntoBatches(): number[][] {
    const batches: number[][] = [];
    for (const [index, row] of this.#request.rows.entries()) {
      const refusal = refuseRow(this.#request, row);
      if (refusal === undefined) batches.push([2 * index, 2 * index + 1]);
      else for (const place of [2 * index, 2 * index + 1]) this.#writer.refuse(place, refusal);
    }
    return batches;
  }

  #statement(place: number): Statement {
    const { key, writeTimeMicros } = this.#row(place);
    const { cellsQuery, markQuery } = this.#plan;
    const keys = key.map(asBuffer);
    const time = types.Long.fromNumber(writeTimeMicros);
    const isMark = place % 2 === 1 || cellsQuery === undefined;
    return isMark
      ? { query: markQuery, params: [...keys, time] }
      : { query: cellsQuery, params: [time, ...keys] };
  }

  #route(place: number): Route {
    const routingKey = asBuffer(this.#row(place).key[0] as CellBytes);
    return { group: { host: undefined, indexes: [] }, routingKey };
  }

  #row(place: number): RowUpsert {
    return this.#request.rows[Math.floor(place / 2)] as RowUpsert;
  }
}
