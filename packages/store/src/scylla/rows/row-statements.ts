import type { RowColumn, RowTable } from "../../row-store.ts";
import { cqlTypeOf } from "../../rows/cql-types.ts";
import { normalizeIdentifier } from "../identifiers.ts";
import { numbered, tableName } from "../statements.ts";
import type { NumberedRow } from "../whole-pages.ts";

/** A `SELECT` of some columns by a prefix of the keys. Values are bytes as the protocol has them, in {@link NumberedRow}s. */
export interface RowSelectPlan {
  /** Columns that were asked for, which come first in a row and in that order; in rows of an `IN` the partition key follows. */
  readonly columnCount: number;
  /** `WHERE k1 = ? AND ... LIMIT 1` */
  readonly pointQuery: string;
  /** `WHERE k1 IN ?`; undefined where one statement cannot answer for many keys. */
  readonly inQuery: string | undefined;
  /** Every row below the prefix. */
  readonly scanQuery: string;
}

/** The least that there is. */
const MARK_TTL_SECONDS = 1;

/**
 * Types of which two different serialisations may be equal for the server: it may then take two keys of one `IN` for
 * one.
 */
const TYPES_WITH_SPELLINGS: ReadonlySet<string> = new Set(["decimal", "varint", "float", "double"]);

/**
 * @param keyCount keys that are given: the first ones
 * @throws {FeatureStoreError} INVALID_ARGUMENT for a name that CQL does not take
 */
export function planRowSelect(
  keyspace: string,
  table: RowTable,
  columns: readonly RowColumn[],
  keyCount: number,
): RowSelectPlan {
  const keys = table.keys.slice(0, keyCount).map((key) => quoted("key column", key));
  const [partition] = table.keys;
  const selected = columns.map(bytesOf);
  const partitionBytes = bytesOf(partition);
  const from = `FROM ${tableName(keyspace, table.name)}`;
  // Only that there is a row is of interest where no column is asked for.
  const projection = numbered(selected.length > 0 ? selected : [partitionBytes]);
  const where = keys.map((key) => `${key} = ?`).join(" AND ");
  const isInSafe = keyCount === 1 && !TYPES_WITH_SPELLINGS.has(cqlTypeOf(partition.type));
  const perPartition = table.keys.length > 1 ? " PER PARTITION LIMIT 1" : "";
  return {
    columnCount: columns.length,
    pointQuery: `SELECT ${projection} ${from} WHERE ${where} LIMIT 1`,
    inQuery: isInSafe
      ? `SELECT ${numbered([...selected, partitionBytes])} ${from} WHERE ${keys[0]} IN ?${perPartition}`
      : undefined,
    scanQuery: `SELECT ${projection} ${from} WHERE ${where}`,
  };
}

/**
 * An `INSERT` of the keys and these columns. Parameters: keys, columns, write time in microseconds.
 *
 * @throws {FeatureStoreError} INVALID_ARGUMENT for a name that CQL does not take
 */
export function planRowInsert(
  keyspace: string,
  table: RowTable,
  columns: readonly RowColumn[],
): string {
  const names = [
    ...table.keys.map((key) => quoted("key column", key)),
    ...columns.map((column) => quoted("column", column)),
  ];
  const marks = names.map(() => "?").join(", ");
  return `INSERT INTO ${tableName(keyspace, table.name)} (${names.join(", ")}) VALUES (${marks}) USING TIMESTAMP ?`;
}

/** Statements of a delete; which one comes first does not matter. */
export interface RowDeletePlan {
  /** Parameters: write time in microseconds, keys. Undefined where there is no column. */
  readonly cellsQuery: string | undefined;
  /**
   * Ends the row's existence, so that the row is gone with its last value: a mark of the delete's time that takes the place
   * of older ones, and itself expires at once. Parameters: keys, write time in microseconds.
   */
  readonly markQuery: string;
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT for a name that CQL does not take */
export function planRowDelete(
  keyspace: string,
  table: RowTable,
  columns: readonly RowColumn[],
): RowDeletePlan {
  const names = columns.map((column) => quoted("column", column)).join(", ");
  const where = table.keys.map((key) => `${quoted("key column", key)} = ?`).join(" AND ");
  return {
    cellsQuery:
      columns.length === 0
        ? undefined
        : `DELETE ${names} FROM ${tableName(keyspace, table.name)} USING TIMESTAMP ? WHERE ${where}`,
    markQuery: `${planRowInsert(keyspace, table, [])} AND TTL ${MARK_TTL_SECONDS}`,
  };
}

/** The driver would decode values, some through doubles or dates, and take an empty number for null. */
function bytesOf(column: RowColumn): string {
  const name = quoted("column", column);
  const type = cqlTypeOf(column.type);
  return type === "blob" ? name : `${type}asblob(${name})`;
}

function quoted(what: string, { name }: RowColumn): string {
  return `"${normalizeIdentifier(what, name)}"`;
}
