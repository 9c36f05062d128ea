import { COLUMN_TYPES, type ColumnType } from "@ofs/rows";

const CQL_TYPES: ReadonlyMap<ColumnType, string> = new Map(
  COLUMN_TYPES.map((type) => [type, type === "VARCHAR" ? "text" : type.toLowerCase()]),
);

/** Where two types are one for CQL, the first in the list of types stands for both: TEXT for VARCHAR. */
const COLUMN_TYPE_OF_CQL: ReadonlyMap<string, ColumnType> = new Map(
  [...CQL_TYPES].reverse().map(([type, cql]) => [cql, type === "VARCHAR" ? "TEXT" : type]),
);

/** The type as CQL and its system tables name it. */
export function cqlTypeOf(type: ColumnType): string {
  const cql = CQL_TYPES.get(type);
  if (cql === undefined) throw new TypeError(`column type ${type} has no CQL type`);
  return cql;
}

/** @returns undefined for a CQL type that no column can have */
export function columnTypeOf(cqlType: string): ColumnType | undefined {
  return COLUMN_TYPE_OF_CQL.get(cqlType);
}
