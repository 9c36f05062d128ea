import { FeatureStoreError } from "@ofs/platform";
import type { RowColumn, RowTable, RowTables, StoredRowTable } from "../../row-store.ts";
import { columnTypeOf } from "../../rows/cql-types.ts";
import {
  assertTtl,
  missingColumns,
  type TypedName,
  type WantedRowTable,
  wantedRowTable,
} from "../../rows/wanted-row-table.ts";
import { pingCluster } from "../cluster-checks.ts";
import type { ScyllaConnection } from "../connection.ts";
import { normalizeIdentifier } from "../identifiers.ts";
import { SchemaChanges } from "../schema-changes.ts";
import { tableName } from "../statements.ts";
import { changeTable, columnsOfKind, readColumns, type TableColumn } from "../table-schema.ts";
import { storeSubject, tableSubject } from "./row-subject.ts";

const TTL_QUERY =
  "SELECT default_time_to_live FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?";

/** Tables of entities in one keyspace. Never drops anything. */
export class ScyllaRowTables implements RowTables {
  readonly #connection: ScyllaConnection;
  readonly #changes: SchemaChanges;

  /** @param connection shared: `close` closes it */
  constructor(connection: ScyllaConnection) {
    this.#connection = connection;
    this.#changes = new SchemaChanges(connection);
  }

  /**
   * @returns keys and columns of the types that the dialect has; other columns are left out
   * @throws {FeatureStoreError} FAILED_PRECONDITION if its keys are not those of a table of this dialect
   */
  async describe(name: string): Promise<StoredRowTable | undefined> {
    const stored = normalizeIdentifier("table", name);
    const subject = tableSubject(this.#connection, { name: stored });
    return this.#changes.look(subject, async () => {
      const existing = await readColumns(this.#connection, stored);
      if (existing.length === 0) return undefined;
      const [first, ...others] = readKeys(subject, existing).map((key) => keyColumn(subject, key));
      if (first === undefined) return undefined;
      const columns = regularColumns(existing).flatMap(({ cqlType, name: columnName }) => {
        const type = columnTypeOf(cqlType);
        return type === undefined ? [] : [{ name: columnName, type }];
      });
      const ttlSeconds = await this.#ttlOf(stored);
      return { name: stored, keys: [first, ...others] as const, columns, ttlSeconds };
    });
  }

  /** Repeatable, and safe beside others who do the same. The TTL counts only where the table is made. */
  async ensure(table: RowTable, columns: readonly RowColumn[], ttlSeconds: number): Promise<void> {
    const { keyspace } = this.#connection;
    const wanted = wantedRowTable(storeSubject(this.#connection), table, columns, ttlSeconds);
    await this.#changes.change(wanted.subject, () =>
      changeTable(this.#connection, wanted, (existing) =>
        nextStatement(keyspace, wanted, existing),
      ),
    );
  }

  async setTtl(name: string, ttlSeconds: number): Promise<void> {
    const { client, keyspace } = this.#connection;
    const stored = normalizeIdentifier("table", name);
    const subject = tableSubject(this.#connection, { name: stored });
    assertTtl(subject, ttlSeconds);
    await this.#changes.change(subject, async () => {
      if ((await readColumns(this.#connection, stored)).length === 0) {
        throw new FeatureStoreError("NOT_FOUND", `${subject}: there is no such table`);
      }
      await client.execute(
        `ALTER TABLE ${tableName(keyspace, stored)} WITH default_time_to_live = ${ttlSeconds}`,
        [],
        { isIdempotent: true },
      );
    });
  }

  async ping(): Promise<void> {
    await pingCluster(this.#connection);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #ttlOf(table: string): Promise<number> {
    const { client, keyspace } = this.#connection;
    const { rows } = await client.execute(TTL_QUERY, [keyspace, table], {
      prepare: true,
      isIdempotent: true,
    });
    return Number(rows[0]?.get("default_time_to_live") ?? 0);
  }
}

/** @returns undefined if the table is as it must be */
function nextStatement(
  keyspace: string,
  wanted: WantedRowTable,
  existing: readonly TableColumn[],
): string | undefined {
  const name = tableName(keyspace, wanted.name);
  if (existing.length === 0) {
    const columns = [...wanted.keys, ...wanted.columns].map(formatColumn);
    const [partition, ...clustering] = wanted.keys.map((key) => `"${key.name}"`);
    const primaryKey = [`(${partition})`, ...clustering].join(", ");
    return (
      `CREATE TABLE IF NOT EXISTS ${name} (${columns.join(", ")}, PRIMARY KEY (${primaryKey})) ` +
      `WITH default_time_to_live = ${wanted.ttlSeconds}`
    );
  }
  const keys = readKeys(wanted.subject, existing);
  const missing = missingColumns(wanted, { keys, columns: regularColumns(existing) });
  if (missing.length === 0) return undefined;
  return `ALTER TABLE ${name} ADD (${missing.map(formatColumn).join(", ")})`;
}

function formatColumn({ cqlType, name }: TypedName): string {
  return `"${name}" ${cqlType}`;
}

/** @throws {FeatureStoreError} FAILED_PRECONDITION for keys that no table of this dialect has */
function readKeys(subject: string, existing: readonly TableColumn[]): TypedName[] {
  const partition = columnsOfKind(existing, "partition_key");
  const clustering = columnsOfKind(existing, "clustering");
  if (partition.length !== 1) {
    const names = partition.map((key) => key.name).join(", ");
    throw unfit(`${subject}: its partition key is of several columns (${names})`);
  }
  const descending = clustering.find((key) => key.order !== "asc");
  if (descending !== undefined) {
    throw unfit(`${subject}: key ${descending.name} is in descending order`);
  }
  return [...partition, ...clustering].map(({ name, type }) => ({ name, cqlType: type }));
}

/** Static columns are of a whole partition: none of ours, but their names are taken. */
function regularColumns(existing: readonly TableColumn[]): TypedName[] {
  return existing.flatMap(({ kind, name, type }) => {
    if (kind === "partition_key" || kind === "clustering") return [];
    return [{ name, cqlType: kind === "regular" ? type : `${kind} ${type}` }];
  });
}

function keyColumn(subject: string, { cqlType, name }: TypedName): RowColumn {
  const type = columnTypeOf(cqlType);
  if (type !== undefined) return { name, type };
  throw unfit(`${subject}: key ${name} is of type ${cqlType}, which no column can have`);
}

function unfit(message: string): FeatureStoreError {
  return new FeatureStoreError("FAILED_PRECONDITION", message);
}
