import { splitBlock } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import { types } from "cassandra-driver";
import type { BlockRow, BlockWrite, KeyValues, RowOutcome } from "../block-store.ts";
import { withinLimits } from "../request-limits.ts";
import { asBuffer } from "./as-buffer.ts";
import type { ScyllaConnection } from "./connection.ts";
import { partitionKey, refusePartitionKey } from "./partition-key.ts";
import { groupByReplica, type ReplicaGroup } from "./replica-groups.ts";
import { isResponseError, toScyllaFailure } from "./scylla-errors.ts";
import { leftOut, type Statement, type StatementRunner, subjectOf } from "./statement-runner.ts";
import { type InsertPlan, planInsert } from "./statements.ts";

/** Rows of one batch: past it little is gained. */
const MAX_BATCH_ROWS = 20;

/** Bytes of one batch, keys and blocks: well below what Cassandra refuses (50 KiB by default). */
const MAX_BATCH_BYTES = 32 * 1024;

/** In place of an outcome while its statement is under way. */
const PENDING: unique symbol = Symbol("pending");

interface PlannedRow {
  readonly index: number;
  readonly key: KeyValues;
  readonly statement: Statement;
  readonly sizeBytes: number;
}

/** One write, from its rows to their outcomes. */
export class RowWriter {
  readonly #request: BlockWrite;
  readonly #connection: ScyllaConnection;
  readonly #runner: StatementRunner;
  readonly #plan: InsertPlan;
  readonly #subject: string;
  readonly #writeTime: types.Long;
  readonly #outcomes: (RowOutcome | typeof PENDING)[];

  /** @throws {FeatureStoreError} INVALID_ARGUMENT for a name that CQL does not take */
  constructor(request: BlockWrite, connection: ScyllaConnection, runner: StatementRunner) {
    this.#request = request;
    this.#connection = connection;
    this.#runner = runner;
    this.#plan = planInsert(connection.keyspace, request, request.groups);
    this.#subject = subjectOf(request);
    this.#writeTime = types.Long.fromNumber(request.writeTimeMicros);
    this.#outcomes = new Array(request.rows.length).fill(PENDING);
  }

  async write(): Promise<RowOutcome[]> {
    const statements = this.#startStatements();
    const stop = await withinLimits(statements, this.#request, this.#subject);
    // A copy: a statement that answers after the limit must not change what the caller has by then.
    return this.#outcomes.map((outcome) => {
      if (outcome !== PENDING) return outcome;
      return stop instanceof FeatureStoreError ? stop : leftOut(this.#subject, "row");
    });
  }

  async #startStatements(): Promise<void> {
    const planned = this.#planRows();
    const groups = groupByReplica(this.#runner.ring(), planned, ({ key }) => partitionKey(key));
    const statements: Promise<void>[] = [];
    for (const group of groups) {
      const rows = group.indexes.map((place) => planned[place] as PlannedRow);
      for (const batch of cutIntoBatches(rows)) statements.push(this.#writeBatch(batch, group));
    }
    await Promise.all(statements);
  }

  #planRows(): PlannedRow[] {
    const planned: PlannedRow[] = [];
    const { rows } = this.#request;
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] as BlockRow;
      const refusal = this.#refuse(row);
      if (refusal === undefined) planned.push(this.#planRow(index, row));
      else {
        this.#outcomes[index] = new FeatureStoreError(
          "INVALID_ARGUMENT",
          `${this.#subject}: ${refusal}`,
        );
      }
    }
    return planned;
  }

  #refuse({ blocks, key }: BlockRow): string | undefined {
    const { groups, store } = this.#request;
    for (let index = 0; index < groups.length; index++) {
      const { columns, label } = groups[index] as (typeof groups)[number];
      const size = (blocks[index] as Uint8Array).length;
      const limit = columns.length * store.maxColumnSizeBytes;
      if (size > limit) {
        return `block of ${size} bytes for feature group ${label}, at most ${limit} fit its columns`;
      }
    }
    return refusePartitionKey(key);
  }

  #planRow(index: number, { blocks, key, writeTimeMicros }: BlockRow): PlannedRow {
    const { groupPlaces, pieceCount, query } = this.#plan;
    const { maxColumnSizeBytes } = this.#request.store;
    const params = new Array<unknown>(key.length + pieceCount + 1);
    let sizeBytes = 0;
    for (let part = 0; part < key.length; part++) {
      params[part] = key[part];
      sizeBytes += (key[part] as string).length;
    }
    for (let group = 0; group < groupPlaces.length; group++) {
      const places = groupPlaces[group] as readonly number[];
      const block = blocks[group] as Uint8Array;
      const pieces = splitBlock(block, places.length, maxColumnSizeBytes);
      for (let piece = 0; piece < places.length; piece++) {
        params[key.length + (places[piece] as number)] = asBuffer(pieces[piece] as Uint8Array);
      }
      sizeBytes += block.length;
    }
    params[params.length - 1] =
      writeTimeMicros === undefined ? this.#writeTime : types.Long.fromNumber(writeTimeMicros);
    return { index, key, statement: { query, params }, sizeBytes };
  }

  async #writeBatch(rows: readonly PlannedRow[], group: ReplicaGroup): Promise<void> {
    const [first] = rows;
    if (first === undefined) return;
    if (rows.length === 1) {
      await this.#writeRow(first);
      return;
    }
    try {
      const route = { group, routingKey: partitionKey(first.key) };
      const statements = rows.map(({ statement }) => statement);
      await this.#runner.runBatch(statements, { ...this.#context(), route });
      this.#settle(rows, undefined);
    } catch (error) {
      // Too large for this server, or one row is refused: the rows one by one tell which.
      if (isResponseError(error, types.responseErrorCodes.invalid)) {
        await Promise.all(rows.map((row) => this.#writeRow(row)));
      } else {
        this.#settle(rows, this.#failure(error));
      }
    }
  }

  async #writeRow(row: PlannedRow): Promise<void> {
    try {
      await this.#runner.run(row.statement, this.#context());
      this.#settle([row], undefined);
    } catch (error) {
      this.#settle([row], this.#failure(error));
    }
  }

  #settle(rows: readonly PlannedRow[], outcome: RowOutcome): void {
    for (const { index } of rows) this.#outcomes[index] = outcome;
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

/** Cuts rows of one node into batches within both limits; a row past the limit of bytes is alone. */
function cutIntoBatches(rows: readonly PlannedRow[]): PlannedRow[][] {
  const batches: PlannedRow[][] = [];
  let batch: PlannedRow[] = [];
  let batchBytes = 0;
  for (const row of rows) {
    const isFull = batch.length === MAX_BATCH_ROWS || batchBytes + row.sizeBytes > MAX_BATCH_BYTES;
    if (isFull && batch.length > 0) {
      batches.push(batch);
      batch = [];
      batchBytes = 0;
    }
    batch.push(row);
    batchBytes += row.sizeBytes;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
