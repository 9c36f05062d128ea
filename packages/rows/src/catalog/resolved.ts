import type { ColumnType, EntityMetadata, GroupMetadata } from "../model.ts";

/** A column by its storage name. */
export interface StoredColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** An entity's table, as a store has it. The same object for as long as the entity stays the same. */
export interface EntityTable {
  readonly name: string;
  /** The first is the partition key, the others order the rows of a partition. */
  readonly keys: readonly [StoredColumn, ...StoredColumn[]];
}

/** A column as callers name it, and where it is stored. */
export interface ResolvedColumn {
  /** As registered. */
  readonly name: string;
  readonly type: ColumnType;
  readonly isKey: boolean;
  /** Position among the table's keys; -1 for other columns. */
  readonly keyIndex: number;
  readonly stored: StoredColumn;
}

/** One version of a feature group with all that serving it needs. The same object for as long as nothing of it changes. */
export interface ResolvedGroup {
  readonly metadata: GroupMetadata;
  readonly entity: EntityMetadata;
  readonly table: EntityTable;
  /** In the order of the table's keys. */
  readonly keys: readonly ResolvedColumn[];
  /** By name as registered: the entity's columns, then the group's. */
  readonly columns: ReadonlyMap<string, ResolvedColumn>;
  /** As stored: columns that no other group has, nor the entity. What a delete takes away. */
  readonly ownColumns: readonly StoredColumn[];
  /** By folded name, for the old clients. */
  readonly foldedColumns: ReadonlyMap<string, ResolvedColumn>;
}
