import { joinColumns } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { BlockRead, KeyValues, StoredCell } from "../block-store.ts";
import { withinLimits } from "../request-limits.ts";
import type { ScyllaConnection } from "./connection.ts";
import { partitionKey, refusePartitionKey } from "./partition-key.ts";
import { groupByReplica, type ReplicaGroup } from "./replica-groups.ts";
import { toScyllaFailure } from "./scylla-errors.ts";
import { leftOut, type StatementRunner, subjectOf } from "./statement-runner.ts";
import type { SelectPlan } from "./statements.ts";
import { encodeTextList } from "./text-list.ts";
import type { NumberedRow } from "./whole-pages.ts";

/** Keys of one `IN`: what ScyllaDB allows by default, and past it little is gained. */
const MAX_KEYS_PER_STATEMENT = 100;

/** In place of a cell while its statement is under way. */
const PENDING: unique symbol = Symbol("pending");

type OpenCell = StoredCell | typeof PENDING;

/** One read, from its keys to its cells. */
export class RowReader {
  readonly #request: BlockRead;
  readonly #connection: ScyllaConnection;
  readonly #runner: StatementRunner;
  readonly #plan: SelectPlan;
  readonly #subject: string;
  readonly #cells: OpenCell[];

  constructor(
    request: BlockRead,
    plan: SelectPlan,
    connection: ScyllaConnection,
    runner: StatementRunner,
  ) {
    this.#request = request;
    this.#connection = connection;
    this.#runner = runner;
    this.#plan = plan;
    this.#subject = subjectOf(request);
    this.#cells = new Array<OpenCell>(request.keys.length * request.groups.length).fill(PENDING);
  }

  async read(): Promise<StoredCell[]> {
    const statements = this.#startStatements();
    const stop = await withinLimits(statements, this.#request, this.#subject);
    // A copy: a statement that answers after the limit must not change what the caller has by then.
    return this.#cells.map((cell) => {
      if (cell !== PENDING) return cell;
      return stop instanceof FeatureStoreError ? stop : leftOut(this.#subject, "key");
    });
  }

  async #startStatements(): Promise<void> {
    const { keys } = this.#request;
    const { inQuery } = this.#plan;
    const readable = this.#readableKeys();
    if (inQuery === undefined || readable.length === 1) {
      await Promise.all(readable.map((index) => this.#readKey(index, keys[index] as KeyValues)));
      return;
    }
    const groups = groupByReplica(this.#runner.ring(), readable, (index) =>
      partitionKey(keys[index] as KeyValues),
    );
    const statements: Promise<void>[] = [];
    for (const group of groups) {
      const indexes = group.indexes.map((place) => readable[place] as number);
      for (let start = 0; start < indexes.length; start += MAX_KEYS_PER_STATEMENT) {
        const part = indexes.slice(start, start + MAX_KEYS_PER_STATEMENT);
        statements.push(this.#readKeys(inQuery, part, group));
      }
    }
    await Promise.all(statements);
  }

  /** A key that cannot be stored has nothing stored, and would fail the statement it is in. */
  #readableKeys(): number[] {
    const readable: number[] = [];
    const { keys } = this.#request;
    for (let index = 0; index < keys.length; index++) {
      if (refusePartitionKey(keys[index] as KeyValues) === undefined) readable.push(index);
      else this.#fill(index, undefined);
    }
    return readable;
  }

  async #readKey(index: number, key: KeyValues): Promise<void> {
    await this.#place([index], async () => {
      const statement = { query: this.#plan.pointQuery, params: [...key] };
      const [row] = await this.#runner.run(statement, this.#context());
      this.#fillRow(index, row);
    });
  }

  async #readKeys(query: string, indexes: readonly number[], group: ReplicaGroup): Promise<void> {
    const { keys } = this.#request;
    await this.#place(indexes, async () => {
      const texts = indexes.map((index) => (keys[index] as KeyValues)[0] as string);
      const places = new Map<string, number>();
      for (let i = 0; i < texts.length; i++) places.set(texts[i] as string, indexes[i] as number);
      const first = keys[indexes[0] as number] as KeyValues;
      const route = { group, routingKey: partitionKey(first) };
      const statement = { query, params: [encodeTextList(texts)] };
      const rows = await this.#runner.run(statement, { ...this.#context(), route });
      for (const index of indexes) this.#fill(index, undefined);
      for (const row of rows) {
        const index = places.get(row[this.#plan.keyPlace] as string);
        if (index !== undefined) this.#fillRow(index, row);
      }
    });
  }

  /** Runs the statement of some keys; its failure is the outcome of each of their cells. */
  async #place(indexes: readonly number[], run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      const { deadlineMs } = this.#request;
      const failure = toScyllaFailure(error, this.#subject, Date.now() >= deadlineMs);
      for (const index of indexes) this.#fill(index, failure);
    }
  }

  #context() {
    return {
      limits: this.#request,
      subject: this.#subject,
      consistency: this.#connection.readConsistency,
    };
  }

  #fill(index: number, cell: StoredCell): void {
    const groupCount = this.#request.groups.length;
    this.#cells.fill(cell, index * groupCount, (index + 1) * groupCount);
  }

  #fillRow(index: number, row: NumberedRow | undefined): void {
    const { groupPlaces } = this.#plan;
    const base = index * groupPlaces.length;
    for (let group = 0; group < groupPlaces.length; group++) {
      this.#cells[base + group] =
        row === undefined ? undefined : blockOf(row, groupPlaces[group] as readonly number[]);
    }
  }
}

/** Joins the pieces. Most blocks have one, which is the block. */
function blockOf(row: NumberedRow, places: readonly number[]): Uint8Array | undefined {
  if (places.length === 1) return pieceAt(row, places[0] as number);
  const pieces: Uint8Array[] = [];
  for (const place of places) {
    const piece = pieceAt(row, place);
    if (piece !== undefined) pieces.push(piece);
  }
  return pieces.length === 1 ? pieces[0] : joinColumns(pieces);
}

/** @returns undefined where nothing, or an empty piece, is stored */
function pieceAt(row: NumberedRow, place: number): Uint8Array | undefined {
  const piece = row[place] as Uint8Array | null;
  return piece === null || piece.length === 0 ? undefined : piece;
}
