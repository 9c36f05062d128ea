import { FeatureStoreError } from "@ofs/platform";
import type { ScyllaConnection } from "./connection.ts";
import { normalizeIdentifier } from "./identifiers.ts";
import { SchemaChanges } from "./schema-changes.ts";
import { tableName } from "./statements.ts";
import { columnsOfKind, makeTable, readColumns, type WantedTable } from "./table-schema.ts";

/** A table of blocks as the control plane plans it. */
export interface ScyllaTablePlan {
  readonly table: string;
  /** The partition key, in order: text. At least one. */
  readonly primaryKeys: readonly string[];
  /** Blobs. */
  readonly columns: readonly string[];
  /** 0 = none. Counts only where the table is made. */
  readonly ttlSeconds: number;
  /** Whether a table that is there already may hold more than these columns. Its keys must be these in any case. */
  readonly mayHoldMore: boolean;
}

/** A table as it is, with names in lower case. */
export interface ScyllaTable {
  /** Columns of the partition key, in order, then the clustering columns, of which there may be none. */
  readonly primaryKeys: readonly string[];
  /** Type of each other column. */
  readonly columns: ReadonlyMap<string, string>;
}

/** Largest default TTL of a table that the server takes: 20 years, in seconds. */
const MAX_TTL_SECONDS = 630_720_000;

/** Makes and describes tables in one keyspace. Never drops anything. */
export class ScyllaTables {
  readonly #connection: ScyllaConnection;
  readonly #changes: SchemaChanges;

  /** @param connection shared: its owner closes it */
  constructor(connection: ScyllaConnection) {
    this.#connection = connection;
    this.#changes = new SchemaChanges(connection);
  }

  /**
   * Makes the table, or adds the columns that it lacks, and waits until all nodes have them. Repeatable.
   *
   * @throws {FeatureStoreError} FAILED_PRECONDITION naming table and column if it is there with other keys or types,
   *   INVALID_ARGUMENT for a name that CQL does not take, UNAVAILABLE
   */
  async make(plan: ScyllaTablePlan): Promise<void> {
    const wanted = wantedTable(this.#connection.keyspace, plan);
    await this.#changes.change(wanted.subject, () => makeTable(this.#connection, wanted));
  }

  /** @returns undefined if it is not there. @throws {FeatureStoreError} INVALID_ARGUMENT, UNAVAILABLE */
  async describe(table: string): Promise<ScyllaTable | undefined> {
    const name = normalizeIdentifier("table", table);
    const columns = await this.#changes.look(subjectOf(this.#connection, name), () =>
      readColumns(this.#connection, name),
    );
    if (columns.length === 0) return undefined;
    const keys = [
      ...columnsOfKind(columns, "partition_key"),
      ...columnsOfKind(columns, "clustering"),
    ];
    const others = columns.filter((column) => !keys.includes(column));
    return {
      primaryKeys: keys.map((column) => column.name),
      columns: new Map(others.map((column) => [column.name, column.type])),
    };
  }
}

function subjectOf({ keyspace }: Pick<ScyllaConnection, "keyspace">, table: string): string {
  return `scylla table ${keyspace}.${table}`;
}

function wantedTable(keyspace: string, plan: ScyllaTablePlan): WantedTable {
  const name = normalizeIdentifier("table", plan.table);
  const subject = subjectOf({ keyspace }, name);
  const keys = plan.primaryKeys.map((key) => normalizeIdentifier("key column", key));
  const blobs = plan.columns.map((column) => normalizeIdentifier("column", column));
  const twice = [...keys, ...blobs].find((each, index, all) => all.indexOf(each) !== index);
  if (twice !== undefined) throw invalid(`${subject}: column ${twice} is named twice`);
  if (keys.length === 0) throw invalid(`${subject}: no key column is named`);
  const { ttlSeconds } = plan;
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 0 || ttlSeconds > MAX_TTL_SECONDS) {
    throw invalid(`${subject}: a TTL of ${ttlSeconds} s is not within 0 to ${MAX_TTL_SECONDS}`);
  }
  return {
    name,
    cqlName: tableName(keyspace, plan.table),
    keys,
    blobs,
    ttlSeconds,
    subject,
    keyOwner: "the store's",
    mayHoldMore: plan.mayHoldMore,
  };
}

function invalid(message: string): FeatureStoreError {
  return new FeatureStoreError("INVALID_ARGUMENT", message);
}
