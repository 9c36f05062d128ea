import { FeatureStoreError } from "@ofs/platform";
import { types } from "cassandra-driver";
import { withinLimits } from "../../request-limits.ts";
import type { CellBytes, RowUpsert, RowWrite, RowWriteOutcome } from "../../row-store.ts";
import { refuseRow } from "../../rows/row-checks.ts";
import { asBuffer } from "../as-buffer.ts";
import type { ScyllaConnection } from "../connection.ts";
import { isResponseError, toScyllaFailure } from "../scylla-errors.ts";
import { leftOut, type Statement, type StatementRunner } from "../statement-runner.ts";
import { runInLanes } from "./lanes.ts";
import { tableSubject } from "./row-subject.ts";

/** Rows of one batch. All of a batch are of one partition. */
const MAX_BATCH_ROWS = 5;

/** Bytes of one batch: below what Cassandra refuses (50 KiB by default). */
const MAX_BATCH_BYTES = 45_000;

/** What a row and each of its cells take in a batch beside their bytes, about. */
const ROW_OVERHEAD_BYTES = 64;
const CELL_OVERHEAD_BYTES = 24;

/** In place of an outcome while its statement is under way. */
const PENDING: unique symbol = Symbol("pending");

/** One write, from its rows to their outcomes. */
export class UpsertWriter {
  readonly #request: RowWrite;
  readonly #connection: ScyllaConnection;
  readonly #runner: StatementRunner;
  readonly #query: string;
  readonly #subject: string;
  readonly #outcomes: (RowWriteOutcome | typeof PENDING)[];
  #writeTime = types.Long.ZERO;
  #writeTimeMicros = 0;
  #isStopped = false;

  /** @param query the `INSERT` of the request's keys and columns */
  constructor(
    request: RowWrite,
    connection: ScyllaConnection,
    runner: StatementRunner,
    query: string,
  ) {
    this.#request = request;
    this.#connection = connection;
    this.#runner = runner;
    this.#query = query;
    this.#subject = tableSubject(connection, request.table);
    this.#outcomes = new Array(request.rows.length).fill(PENDING);
  }

  async write(): Promise<RowWriteOutcome[]> {
    const statements = runInLanes(
      this.#cutIntoBatches(),
      (batch) => this.#writeBatch(batch),
      () => this.#isStopped,
    );
    const stop = await withinLimits(statements, this.#request, this.#subject);
    this.#isStopped = true;
    // A copy: a statement that answers after the limit must not change what the caller has by then.
    return this.#outcomes.map((outcome) => {
      if (outcome !== PENDING) return outcome;
      return stop instanceof FeatureStoreError ? stop : leftOut(this.#subject, "row");
    });
  }

  /** Positions of the rows that can be written, by the statement they go with. */
  #cutIntoBatches(): number[][] {
    const { rows, table } = this.#request;
    const batches: number[][] = [];
    const open = table.keys.length > 1 ? new OpenBatches() : undefined;
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] as RowUpsert;
      const refusal = refuseRow(this.#request, row);
      if (refusal !== undefined) {
        const message = `${this.#subject}: ${refusal}`;
        this.#outcomes[index] = new FeatureStoreError("INVALID_ARGUMENT", message);
      } else if (open === undefined || !open.join(row, index)) {
        const batch = [index];
        batches.push(batch);
        open?.begin(row, batch);
      }
    }
    return batches;
  }

  async #writeBatch(batch: readonly number[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    if (batch.length === 1) {
      await this.#writeRow(first);
      return;
    }
    try {
      const statements = batch.map((index) => this.#statement(index));
      const routingKey = (statements[0] as Statement).params[0] as Buffer;
      const route = { group: { host: undefined, indexes: [] }, routingKey };
      await this.#runner.runBatch(statements, { ...this.#context(), route });
      this.#settle(batch, undefined);
    } catch (error) {
      // Too large for this server, or one row is refused: the rows one by one tell which.
      if (isResponseError(error, types.responseErrorCodes.invalid)) {
        await Promise.all(batch.map((index) => this.#writeRow(index)));
      } else {
        this.#settle(batch, this.#failure(error));
      }
    }
  }

  async #writeRow(index: number): Promise<void> {
    try {
      await this.#runner.run(this.#statement(index), this.#context());
      this.#outcomes[index] = undefined;
    } catch (error) {
      this.#outcomes[index] = this.#failure(error);
    }
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

  /** Most rows of a request are of one time. */
  #timeOf(writeTimeMicros: number): types.Long {
    if (writeTimeMicros !== this.#writeTimeMicros) {
      this.#writeTime = types.Long.fromNumber(writeTimeMicros);
      this.#writeTimeMicros = writeTimeMicros;
    }
    return this.#writeTime;
  }

  #settle(batch: readonly number[], outcome: RowWriteOutcome): void {
    for (const index of batch) this.#outcomes[index] = outcome;
  }

  #failure(error: unknown): FeatureStoreError {
    return toScyllaFailure(error, this.#subject, Date.now() >= this.#request.deadlineMs);
  }

  #context() {
    return {
      limits: this.#request,
      subject: this.#subject,
      consistency: this.#connection.writeConsistency,
    };
  }
}

interface OpenBatch {
  readonly indexes: number[];
  sizeBytes: number;
}

/** The batch of each partition that still takes rows. */
class OpenBatches {
  readonly #byPartition = new Map<string, OpenBatch>();

  /** @returns false if the row needs a new batch */
  join(row: RowUpsert, index: number): boolean {
    const batch = this.#byPartition.get(partitionOf(row));
    if (batch === undefined || batch.indexes.length === MAX_BATCH_ROWS) return false;
    const sizeBytes = sizeOf(row);
    if (batch.sizeBytes + sizeBytes > MAX_BATCH_BYTES) return false;
    batch.indexes.push(index);
    batch.sizeBytes += sizeBytes;
    return true;
  }

  begin(row: RowUpsert, indexes: number[]): void {
    this.#byPartition.set(partitionOf(row), { indexes, sizeBytes: sizeOf(row) });
  }
}

function partitionOf({ key }: RowUpsert): string {
  return asBuffer(key[0] as CellBytes).toString("latin1");
}

function sizeOf({ key, values }: RowUpsert): number {
  let sizeBytes = ROW_OVERHEAD_BYTES + values.length * CELL_OVERHEAD_BYTES;
  for (const part of key) sizeBytes += part.length;
  for (const value of values) sizeBytes += value.length;
  return sizeBytes;
}
