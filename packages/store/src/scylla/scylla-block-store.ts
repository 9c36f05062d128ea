import type { FeatureStoreError } from "@ofs/platform";
import type { FeatureGroup, StoreDefinition } from "@ofs/registry";
import type {
  BlockRead,
  BlockStore,
  BlockTable,
  BlockWrite,
  KeyValues,
  RowOutcome,
  StoredCell,
} from "../block-store.ts";
import { passedLimit } from "../request-limits.ts";
import { assertConnected, closedFailure, pingCluster } from "./cluster-checks.ts";
import type { ScyllaConnection } from "./connection.ts";
import { refusePartitionKey } from "./partition-key.ts";
import { RowReader } from "./row-reader.ts";
import { RowWriter } from "./row-writer.ts";
import { prepareTable } from "./schema.ts";
import { toScyllaFailure } from "./scylla-errors.ts";
import { StatementPlans } from "./statement-plans.ts";
import { StatementRunner, subjectOf } from "./statement-runner.ts";

export interface ScyllaBlockStoreOptions {
  /** Shared: closing the store closes it. */
  readonly connection: ScyllaConnection;
}

/**
 * Blocks in Cassandra or ScyllaDB: one row an entity key, the pieces of each group's block in its columns.
 *
 * Every write carries its time, so the newest wins whatever the order of arrival. Of two writes of one cell
 * with the same time the server keeps the larger value, column by column: callers merge rows of one key and
 * time before they write.
 */
export class ScyllaBlockStore implements BlockStore {
  readonly kind = "scylla";
  readonly #connection: ScyllaConnection;
  readonly #runner: StatementRunner;
  readonly #plans: StatementPlans;

  constructor({ connection }: ScyllaBlockStoreOptions) {
    this.#connection = connection;
    this.#runner = new StatementRunner(connection);
    this.#plans = new StatementPlans(connection.keyspace);
  }

  async read(request: BlockRead): Promise<StoredCell[]> {
    const cellCount = request.keys.length * request.groups.length;
    if (cellCount === 0) return [];
    const stop = this.#refuse(request);
    if (stop !== undefined) return new Array<StoredCell>(cellCount).fill(stop);
    try {
      const plan = this.#plans.select(request, request.groups);
      return await new RowReader(request, plan, this.#connection, this.#runner).read();
    } catch (error) {
      const failure = toScyllaFailure(error, subjectOf(request), false);
      return new Array<StoredCell>(cellCount).fill(failure);
    }
  }

  async write(request: BlockWrite): Promise<RowOutcome[]> {
    const rowCount = request.rows.length;
    if (rowCount === 0) return [];
    const stop = this.#refuse(request);
    if (stop !== undefined) return new Array<RowOutcome>(rowCount).fill(stop);
    try {
      const plan = this.#plans.write(request, request.groups);
      return await new RowWriter(request, plan, this.#connection, this.#runner).write();
    } catch (error) {
      const failure = toScyllaFailure(error, subjectOf(request), false);
      return new Array<RowOutcome>(rowCount).fill(failure);
    }
  }

  maxBlockSizeBytes(store: StoreDefinition, group: FeatureGroup): number {
    return group.columns.length * store.maxColumnSizeBytes;
  }

  refuseKey(_table: BlockTable, key: KeyValues): string | undefined {
    return refusePartitionKey(key);
  }

  /**
   * Creates the table and the columns that are missing, and waits until all nodes have them.
   *
   * @throws {FeatureStoreError} FAILED_PRECONDITION if the table has other keys or columns of another type,
   *   INVALID_ARGUMENT for a name that CQL does not take, UNAVAILABLE
   */
  async prepare(table: BlockTable, groups: readonly FeatureGroup[]): Promise<void> {
    assertConnected(this.#connection, subjectOf(table));
    try {
      await prepareTable(this.#connection, table, groups);
    } catch (error) {
      throw toScyllaFailure(error, subjectOf(table), false);
    }
  }

  async ping(): Promise<void> {
    await pingCluster(this.#connection);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #refuse(request: BlockRead | BlockWrite): FeatureStoreError | undefined {
    const subject = subjectOf(request);
    if (this.#connection.isClosed) return closedFailure(subject);
    return passedLimit(request, Date.now(), subject);
  }
}
