import { COLUMN_TYPES, type ColumnType } from "../model.ts";

/** Names of types that only the old clients use. */
const LEGACY_TYPES: ReadonlyMap<string, ColumnType> = new Map([
  ["str", "VARCHAR"],
  ["string", "VARCHAR"],
  ["long", "BIGINT"],
  ["short", "INT"],
  ["byte", "INT"],
  ["date", "TIMESTAMP"],
]);

const TYPES: ReadonlyMap<string, ColumnType> = new Map([
  ...COLUMN_TYPES.map((type) => [type.toLowerCase(), type] as const),
  ...LEGACY_TYPES,
]);

/** @param name as the old clients write it, in any case */
export function legacyColumnType(name: string): ColumnType | undefined {
  return TYPES.get(name.toLowerCase());
}
