import {
  type ColumnType,
  type EntityDefinition,
  foldName,
  type GroupDefinition,
  storageColumn,
} from "@ofs/rows";

/** What a column is for. */
export const COLUMN_ROLES = ["partition-key", "clustering-key", "shared", "own"] as const;
export type ColumnRole = (typeof COLUMN_ROLES)[number];

/** Where the values of a column are. */
export interface ColumnStorage {
  readonly name: string;
  readonly type: ColumnType;
  readonly role: ColumnRole;
  /** Name in the table. */
  readonly storedAs: string;
  /** As the table's definition has it. */
  readonly storageType: string;
  readonly description: string;
  readonly tags: readonly string[];
}

/** Columns of an entity's table that all its feature groups share: keys first, in their order. */
export function entityColumns({ features, primaryKeys }: EntityDefinition): ColumnStorage[] {
  const keys = primaryKeys.flatMap((key, index) =>
    features
      .filter(({ name }) => name === key)
      .map((column) => ({
        ...column,
        role: index === 0 ? ("partition-key" as const) : ("clustering-key" as const),
      })),
  );
  const shared = features
    .filter(({ name }) => !primaryKeys.includes(name))
    .map((column) => ({ ...column, role: "shared" as const }));
  return [...keys, ...shared].map((column) => ({
    ...column,
    storedAs: foldName(column.name),
    storageType: storageType(column.type),
  }));
}

/** Columns that a version of a feature group has of its own. */
export function groupColumns(group: GroupDefinition, version: string): ColumnStorage[] {
  return group.features.map((column) => ({
    ...column,
    role: "own",
    storedAs: storageColumn(group, version, column.name),
    storageType: storageType(column.type),
  }));
}

/** CQL's own name: `VARCHAR` is another word for `text`. */
function storageType(type: ColumnType): string {
  return type === "VARCHAR" ? "text" : type.toLowerCase();
}
