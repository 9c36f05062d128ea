import { FeatureStoreError } from "@ofs/platform";
import { withinLimits } from "../../request-limits.ts";
import type { CellBytes, RowCells, RowRead, RowReadOutcome } from "../../row-store.ts";
import { refuseLookup, refuseRowKey } from "../../rows/row-checks.ts";
import { asBuffer } from "../as-buffer.ts";
import type { ScyllaConnection } from "../connection.ts";
import { groupByReplica, type ReplicaGroup } from "../replica-groups.ts";
import { toScyllaFailure } from "../scylla-errors.ts";
import { leftOut, type StatementRunner } from "../statement-runner.ts";
import type { NumberedRow } from "../whole-pages.ts";
import { runInLanes } from "./lanes.ts";
import type { RowSelectPlan } from "./row-statements.ts";
import { tableSubject } from "./row-subject.ts";

/** Keys of one `IN`: what ScyllaDB allows by default, and past it little is gained. */
const MAX_KEYS_PER_STATEMENT = 100;

/** In place of an outcome while its statement is under way. */
const PENDING: unique symbol = Symbol("pending");

/** Positions of keys that one statement reads. */
interface KeyGroup {
  readonly indexes: readonly number[];
  readonly replicas: ReplicaGroup | undefined;
}

/** One read, from its keys to their rows. */
export class PointReader {
  readonly #request: RowRead;
  readonly #connection: ScyllaConnection;
  readonly #runner: StatementRunner;
  readonly #plan: RowSelectPlan;
  readonly #subject: string;
  readonly #outcomes: (RowReadOutcome | typeof PENDING)[];
  #isStopped = false;

  constructor(
    request: RowRead,
    connection: ScyllaConnection,
    runner: StatementRunner,
    plan: RowSelectPlan,
  ) {
    this.#request = request;
    this.#connection = connection;
    this.#runner = runner;
    this.#plan = plan;
    this.#subject = tableSubject(connection, request.table);
    this.#outcomes = new Array(request.keys.length).fill(PENDING);
  }

  async read(): Promise<RowReadOutcome[]> {
    const statements = runInLanes(
      this.#groupKeys(),
      (group) => this.#readGroup(group),
      () => this.#isStopped,
    );
    const stop = await withinLimits(statements, this.#request, this.#subject);
    this.#isStopped = true;
    // A copy: a statement that answers after the limit must not change what the caller has by then.
    return this.#outcomes.map((outcome) => {
      if (outcome !== PENDING) return outcome;
      return stop instanceof FeatureStoreError ? stop : leftOut(this.#subject, "key");
    });
  }

  #groupKeys(): KeyGroup[] {
    const readable = this.#readableKeys();
    if (this.#plan.inQuery === undefined || readable.length <= 1) {
      return readable.map((index) => ({ indexes: [index], replicas: undefined }));
    }
    const groups: KeyGroup[] = [];
    const partitionOf = (index: number): Buffer => this.#partitionOf(index);
    for (const replicas of groupByReplica(this.#runner.ring(), readable, partitionOf)) {
      for (let start = 0; start < replicas.indexes.length; start += MAX_KEYS_PER_STATEMENT) {
        const places = replicas.indexes.slice(start, start + MAX_KEYS_PER_STATEMENT);
        groups.push({ indexes: places.map((place) => readable[place] as number), replicas });
      }
    }
    return groups;
  }

  /** A key that cannot be stored has nothing stored, and would fail the statement it is in. */
  #readableKeys(): number[] {
    const readable: number[] = [];
    const { keys, table } = this.#request;
    const keyCount = keys[0]?.length;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as readonly CellBytes[];
      const refusal = refuseLookup(table, key, keyCount);
      if (refusal !== undefined) {
        const message = `${this.#subject}: ${refusal}`;
        this.#outcomes[index] = new FeatureStoreError("INVALID_ARGUMENT", message);
      } else if (refuseRowKey(table, key) !== undefined) this.#outcomes[index] = undefined;
      else readable.push(index);
    }
    return readable;
  }

  async #readGroup({ indexes, replicas }: KeyGroup): Promise<void> {
    const { inQuery } = this.#plan;
    try {
      if (inQuery === undefined || replicas === undefined || indexes.length === 1) {
        await Promise.all(indexes.map((index) => this.#readKey(index)));
      } else {
        await this.#readKeys(inQuery, indexes, replicas);
      }
    } catch (error) {
      const { deadlineMs } = this.#request;
      const failure = toScyllaFailure(error, this.#subject, Date.now() >= deadlineMs);
      for (const index of indexes) this.#outcomes[index] = failure;
    }
  }

  async #readKey(index: number): Promise<void> {
    const key = this.#request.keys[index] as readonly CellBytes[];
    const statement = { query: this.#plan.pointQuery, params: key.map(asBuffer) };
    const [row] = await this.#runner.run(statement, this.#context());
    this.#outcomes[index] = row === undefined ? undefined : cellsOf(row, this.#plan.columnCount);
  }

  async #readKeys(query: string, indexes: readonly number[], group: ReplicaGroup): Promise<void> {
    const partitions = indexes.map((index) => this.#partitionOf(index));
    const names = partitions.map((partition) => partition.toString("latin1"));
    const route = { group, routingKey: partitions[0] as Buffer };
    const statement = { query, params: [partitions] };
    const rows = await this.#runner.run(statement, { ...this.#context(), route });
    const found = new Map<string, RowCells>();
    for (const row of rows) {
      const partition = row[this.#plan.columnCount] as Buffer;
      found.set(partition.toString("latin1"), cellsOf(row, this.#plan.columnCount));
    }
    for (let place = 0; place < indexes.length; place++) {
      this.#outcomes[indexes[place] as number] = found.get(names[place] as string);
    }
  }

  #partitionOf(index: number): Buffer {
    return asBuffer((this.#request.keys[index] as readonly CellBytes[])[0] as CellBytes);
  }

  #context() {
    return {
      limits: this.#request,
      subject: this.#subject,
      consistency: this.#connection.readConsistency,
    };
  }
}

/** @param columnCount cells of the row that were asked for, which are its first */
export function cellsOf(row: NumberedRow, columnCount: number): RowCells {
  const cells = new Array<CellBytes | null>(columnCount);
  for (let place = 0; place < columnCount; place++) cells[place] = row[place] as CellBytes | null;
  return cells;
}
