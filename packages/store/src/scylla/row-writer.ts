import { splitBlock } from "@ofs/codec";
import { types } from "cassandra-driver";
import type { BlockRow, BlockWrite, KeyValues, RowOutcome } from "../block-store.ts";
import { asBuffer } from "./as-buffer.ts";
import { BatchCutter, type BatchLimits, BatchWriter } from "./batch-writer.ts";
import type { ScyllaConnection } from "./connection.ts";
import { partitionKey, refusePartitionKey } from "./partition-key.ts";
import { groupByReplica, type ReplicaGroup } from "./replica-groups.ts";
import { type Route, type Statement, type StatementRunner, subjectOf } from "./statement-runner.ts";
import type { WritePlan } from "./statements.ts";

/** Past so many rows little is gained. Bytes are those of keys and blocks. */
const BATCH_LIMITS: BatchLimits = { maxRows: 20, maxBytes: 32 * 1024 };

interface PlannedRow {
  readonly index: number;
  readonly key: KeyValues;
  readonly sizeBytes: number;
}

/** One write, from its rows to their outcomes. */
export class RowWriter {
  readonly #request: BlockWrite;
  readonly #runner: StatementRunner;
  readonly #plan: WritePlan;
  readonly #writer: BatchWriter;
  readonly #writeTime: types.Long;
  /** By position; those of rows that are refused are not there. */
  readonly #statements: Statement[];

  constructor(
    request: BlockWrite,
    plan: WritePlan,
    connection: ScyllaConnection,
    runner: StatementRunner,
  ) {
    this.#request = request;
    this.#runner = runner;
    this.#plan = plan;
    this.#writeTime = types.Long.fromNumber(request.writeTimeMicros);
    this.#statements = new Array<Statement>(request.rows.length);
    this.#writer = new BatchWriter({
      connection,
      runner,
      limits: request,
      rowCount: request.rows.length,
      subject: subjectOf(request),
      statementOf: (index) => this.#statements[index] as Statement,
    });
  }

  write(): Promise<RowOutcome[]> {
    return this.#writer.outcomes(this.#startStatements());
  }

  async #startStatements(): Promise<void> {
    const planned = this.#planRows();
    const groups = groupByReplica(this.#runner.ring(), planned, ({ key }) => partitionKey(key));
    await Promise.all(groups.flatMap((group) => this.#startGroup(group, planned)));
  }

  #startGroup(group: ReplicaGroup, planned: readonly PlannedRow[]): Promise<void>[] {
    const cutter = new BatchCutter<ReplicaGroup>(BATCH_LIMITS);
    for (const place of group.indexes) {
      const { index, sizeBytes } = planned[place] as PlannedRow;
      cutter.add(index, group, sizeBytes);
    }
    const routeOf = (first: number): Route => {
      const { key } = this.#request.rows[first] as BlockRow;
      return { group, routingKey: partitionKey(key) };
    };
    return cutter.batches.map((batch) => this.#writer.write(batch, routeOf));
  }

  #planRows(): PlannedRow[] {
    const planned: PlannedRow[] = [];
    const { rows } = this.#request;
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] as BlockRow;
      const refusal = this.#refuse(row);
      if (refusal === undefined) planned.push(this.#planRow(index, row));
      else this.#writer.refuse(index, refusal);
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

  #planRow(index: number, row: BlockRow): PlannedRow {
    const { key, writeTimeMicros } = row;
    const time =
      writeTimeMicros === undefined ? this.#writeTime : types.Long.fromNumber(writeTimeMicros);
    let sizeBytes = 0;
    for (const part of key) sizeBytes += part.length;
    for (const block of row.blocks) sizeBytes += block.length;
    // Without columns a DELETE would be one of the whole row.
    const isDelete = row.blocks.length > 0 && row.blocks.every(isDeleted);
    this.#statements[index] = isDelete
      ? { query: this.#plan.deleteQuery, params: [time, ...key] }
      : this.#insert(row, time);
    return { index, key, sizeBytes };
  }

  /** A group that is deleted gets nulls: unlike an empty value, one wins over any other of its time. */
  #insert({ blocks, key }: BlockRow, time: types.Long): Statement {
    const { groupPlaces, insertQuery, pieceCount } = this.#plan;
    const { maxColumnSizeBytes } = this.#request.store;
    const params = new Array<unknown>(key.length + pieceCount + 1);
    for (let part = 0; part < key.length; part++) params[part] = key[part];
    for (let group = 0; group < groupPlaces.length; group++) {
      const places = groupPlaces[group] as readonly number[];
      const block = blocks[group] as Uint8Array;
      const pieces = splitBlock(block, places.length, maxColumnSizeBytes);
      for (let piece = 0; piece < places.length; piece++) {
        params[key.length + (places[piece] as number)] = isDeleted(block)
          ? null
          : asBuffer(pieces[piece] as Uint8Array);
      }
    }
    params[params.length - 1] = time;
    return { query: insertQuery, params };
  }
}

function isDeleted({ length }: Uint8Array): boolean {
  return length === 0;
}
