import type { FeatureGroup } from "@ofs/registry";
import type { BlockTable } from "../block-store.ts";
import { normalizeIdentifier, quoteIdentifier } from "./identifiers.ts";
import type { NumberedRow } from "./whole-pages.ts";

/** A `SELECT` of some groups, and where their columns are in its rows, which are {@link NumberedRow}s. */
export interface SelectPlan {
  /** One key: `WHERE k1 = ? AND k2 = ?`. */
  readonly pointQuery: string;
  /** Many keys: `WHERE k1 IN ?`. Only for an entity of one key column; undefined otherwise. */
  readonly inQuery: string | undefined;
  /** Place of the key column in rows of `inQuery`. */
  readonly keyPlace: number;
  /** Places of each group's columns in the rows, in the order of the block's pieces. */
  readonly groupPlaces: readonly (readonly number[])[];
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
  const places = placesOf(columns);
  const from = `FROM ${tableName(keyspace, store.table)}`;
  const where = keyColumns.map((column) => `"${column}" = ?`).join(" AND ");
  const [keyColumn = ""] = keyColumns;
  const quoted = columns.map((column) => `"${column}"`);
  return {
    pointQuery: `SELECT ${numbered(quoted)} ${from} WHERE ${where}`,
    inQuery:
      keyColumns.length === 1
        ? `SELECT ${numbered([...quoted, `"${keyColumn}"`])} ${from} WHERE "${keyColumn}" IN ?`
        : undefined,
    keyPlace: columns.length,
    groupPlaces: groupColumns.map((names) => names.map((name) => places.get(name) as number)),
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
  const places = placesOf(columns);
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

/** What is selected, named by its place, so that rows are read as {@link NumberedRow}s. */
export function numbered(selectors: readonly string[]): string {
  return selectors.map((selector, place) => `${selector} AS "${place}"`).join(", ");
}

function columnsOf(group: FeatureGroup): string[] {
  return group.columns.map((column) => normalizeIdentifier("column", column));
}

/** Each column once, sorted as text. */
function sortedColumns(groupColumns: readonly (readonly string[])[]): string[] {
  return [...new Set(groupColumns.flat())].sort((left, right) => (left < right ? -1 : 1));
}

function placesOf(columns: readonly string[]): ReadonlyMap<string, number> {
  return new Map(columns.map((column, place) => [column, place]));
}

function quoteAll(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(", ");
}
