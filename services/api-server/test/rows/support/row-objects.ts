import { encodeEntity, encodeGroup, encodeGroupVersion, type RowEntry } from "@ofs/registry";
import type { EntityMetadata, EntityTable, GroupMetadata, StoredColumn } from "@ofs/rows";
import { catalogOf, versionsOf } from "../../../../../packages/rows/test/support/row-objects.ts";

/** Entries of the registry; of several versions of a group the last is the latest. */
export function entriesOf(
  entities: readonly EntityMetadata[],
  groups: readonly GroupMetadata[],
): RowEntry[] {
  return [
    ...entities.map(encodeEntity),
    ...groups.map(encodeGroup),
    ...versionsOf(groups).map(encodeGroupVersion),
  ];
}

/** What the stores must have for these objects: of each group its table, the columns beside the keys, and whose store. */
export function tablesOf(
  entities: readonly EntityMetadata[],
  groups: readonly GroupMetadata[],
): { tenants: ReadonlySet<string>; table: EntityTable; columns: readonly StoredColumn[] }[] {
  return catalogOf(entities, groups)
    .groups()
    .map(({ table, columns, metadata: { tenant } }) => ({
      tenants: new Set([tenant.read, tenant.write]),
      table,
      columns: [...columns.values()].filter(({ isKey }) => !isKey).map((one) => one.stored),
    }));
}
