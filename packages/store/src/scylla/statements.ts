import type { FeatureGroup } from "@ofs/registry";
import type { BlockTable } from "../block-store.ts";
import { normalizeIdentifier, quoteIdentifier } from "./identifiers.ts";

/** A `SELECT` of some groups, and where their columns are in its rows. */
export interface SelectPlan {
  /** One key: `WHERE k1 = ? AND k2 = ?`. */
  readonly pointQuery: string;
  /** Many keys: `WHERE k1 IN ?`. Only for an entity of one key column; undefined otherwise. */
  readonly inQuery: string | undefined;
  /** Name of the key column in rows of `inQuery`. */
  readonly keyColumn: string;
  /** Names of each group's columns in the rows, in the order of the block's pieces. */
  readonly groupColumns: readonly (readonly string[])[];
}

/** How some groups are written. */
export interface WritePlan {
  /** `INSERT`. Parameters: key values, pieces, write time in microseconds. */
  readonly insertQuery: string;
  /** `DELETE` of all pieces. Parameters: write time in microseconds, key values. */
  readonly deleteQuery: string;
  /** Places of each group's pieces among the pieces' parameters. */
  readonly groupPlaces: readonly (readonly number[])[];
  readonly pieceCount: number;
}

/**
 * The text depends only on the set of columns, not on the order of the groups, so that one set is prepared once.
 *
 * @throws {FeatureStoreError} INVALID_ARGUMENT for a name that CQL does not take
 */
export function planSelect(
  keyspace: string,
  { entity, store }: BlockTable,
  groups: readonly FeatureGroup[],
): SelectPlan {
  const keyColumns = entity.keys.map(({ columnLabel }) =>
    normalizeIdentifier("key column", columnLabel),
  );
  const groupColumns = groups.map(columnsOf);
  const columns = sortedColumns(groupColumns);
  const from = `FROM ${tableName(keyspace, store.table)}`;
  const where = keyColumns.map((column) => `"${column}" = ?`).join(" AND ");
  const [keyColumn = ""] = keyColumns;
  return {
    pointQuery: `SELECT ${quoteAll(columns)} ${from} WHERE ${where}`,
    inQuery:
      keyColumns.length === 1
        ? `SELECT ${quoteAll([keyColumn, ...columns])} ${from} WHERE "${keyColumn}" IN ?`
        : undefined,
    keyColumn,
    groupColumns,
  };
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT for a name that CQL does not take */
export function planWrite(
  keyspace: string,
  { entity, store }: BlockTable,
  groups: readonly FeatureGroup[],
): WritePlan {
  const keyColumns = entity.keys.map(({ columnLabel }) =>
    normalizeIdentifier("key column", columnLabel),
  );
  const groupColumns = groups.map(columnsOf);
  const columns = sortedColumns(groupColumns);
  const places = new Map(columns.map((column, place) => [column, place]));
  const all = [...keyColumns, ...columns];
  const marks = all.map(() => "?").join(", ");
  const table = tableName(keyspace, store.table);
  const where = keyColumns.map((column) => `"${column}" = ?`).join(" AND ");
  return {
    insertQuery: `INSERT INTO ${table} (${quoteAll(all)}) VALUES (${marks}) USING TIMESTAMP ?`,
    deleteQuery: `DELETE ${quoteAll(columns)} FROM ${table} USING TIMESTAMP ? WHERE ${where}`,
    groupPlaces: groupColumns.map((names) => names.map((name) => places.get(name) as number)),
    pieceCount: columns.length,
  };
}

/** `"keyspace"."table"` */
export function tableName(keyspace: string, table: string): string {
  return `${quoteIdentifier("keyspace", keyspace)}.${quoteIdentifier("table", table)}`;
}

function columnsOf(group: FeatureGroup): string[] {
  return group.columns.map((column) => normalizeIdentifier("column", column));
}

/** Each column once, sorted as text. */
function sortedColumns(groupColumns: readonly (readonly string[])[]): string[] {
  return [...new Set(groupColumns.flat())].sort((left, right) => (left < right ? -1 : 1));
}

function quoteAll(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(", ");
}
