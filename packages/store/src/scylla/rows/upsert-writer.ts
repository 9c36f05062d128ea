import { types } from "cassandra-driver";
import type { CellBytes, RowUpsert, RowWrite, RowWriteOutcome } from "../../row-store.ts";
import { refuseRow } from "../../rows/row-checks.ts";
import { asBuffer } from "../as-buffer.ts";
import { BatchCutter, type BatchLimits, BatchWriter } from "../batch-writer.ts";
import type { ScyllaConnection } from "../connection.ts";
import type { Route, Statement, StatementRunner } from "../statement-runner.ts";
import { runInLanes } from "./lanes.ts";
import { tableSubject } from "./row-subject.ts";

/** All rows of a batch are of one partition. */
const BATCH_LIMITS: BatchLimits = { maxRows: 5, maxBytes: 45_000 };

/** What a row and each of its cells take in a batch beside their bytes, about. */
const ROW_OVERHEAD_BYTES = 64;
const CELL_OVERHEAD_BYTES = 24;

/** One write, from its rows to their outcomes. */
export class UpsertWriter {
  readonly #request: RowWrite;
  readonly #query: string;
  readonly #writer: BatchWriter;
  #writeTime = types.Long.ZERO;
  #writeTimeMicros = 0;

  /** @param query the `INSERT` of the request's keys and columns */
  constructor(
    request: RowWrite,
    connection: ScyllaConnection,
    runner: StatementRunner,
    query: string,
  ) {
    this.#request = request;
    this.#query = query;
    this.#writer = new BatchWriter({
      connection,
      runner,
      limits: request,
      rowCount: request.rows.length,
      subject: tableSubject(connection, request.table),
      statementOf: (index) => this.#statement(index),
    });
  }

  write(): Promise<RowWriteOutcome[]> {
    const statements = runInLanes(
      this.#cutIntoBatches(),
      (batch) => this.#writer.write(batch, (first) => this.#route(first)),
      () => this.#writer.isStopped,
    );
    return this.#writer.outcomes(statements);
  }

  /** Positions of the rows that can be written, by the statement they go with. */
  #cutIntoBatches(): number[][] {
    const { rows, table } = this.#request;
    const cutter = new BatchCutter<string>(BATCH_LIMITS);
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] as RowUpsert;
      const refusal = refuseRow(this.#request, row);
      if (refusal !== undefined) this.#writer.refuse(index, refusal);
      else if (table.keys.length === 1) cutter.addAlone(index);
      else cutter.add(index, partitionOf(row).toString("latin1"), sizeOf(row));
    }
    return cutter.batches;
  }

  #statement(index: number): Statement {
    const { key, values, writeTimeMicros } = this.#request.rows[index] as RowUpsert;
    const params = new Array<unknown>(key.length + values.length + 1);
    let place = 0;
    for (let part = 0; part < key.length; part++)
      params[place++] = asBuffer(key[part] as CellBytes);
    for (let column = 0; column < values.length; column++) {
      params[place++] = asBuffer(values[column] as CellBytes);
    }
    params[place] = this.#timeOf(writeTimeMicros);
    return { query: this.#query, params };
  }

  #route(index: number): Route {
    const routingKey = partitionOf(this.#request.rows[index] as RowUpsert);
    return { group: { host: undefined, indexes: [] }, routingKey };
  }

  /** Most rows of a request are of one time. */
  #timeOf(writeTimeMicros: number): types.Long {
    if (writeTimeMicros !== this.#writeTimeMicros) {
      this.#writeTime = types.Long.fromNumber(writeTimeMicros);
      this.#writeTimeMicros = writeTimeMicros;
    }
    return this.#writeTime;
  }
}

function partitionOf({ key }: RowUpsert): Buffer {
  return asBuffer(key[0] as CellBytes);
}

function sizeOf({ key, values }: RowUpsert): number {
  let sizeBytes = ROW_OVERHEAD_BYTES + values.length * CELL_OVERHEAD_BYTES;
  for (const part of key) sizeBytes += part.length;
  for (const value of values) sizeBytes += value.length;
  return sizeBytes;
}
