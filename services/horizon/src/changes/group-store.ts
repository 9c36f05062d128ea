import { type Entry, NodeFault, quote } from "@ofs/registry";
import { type Column, totalSizeOf } from "./columns.ts";
import { describeFault } from "./group-place.ts";
import { groupsOfStore, readColumns } from "./group-view.ts";
import type { TableNeed } from "./model.ts";
import type { Problems } from "./problems.ts";
import { hasTables, type RegistryView, readKeys, type StoreView } from "./registry-view.ts";

/** A table's keys must be the entity's columns. Redis stores may have none. */
export function checkStoreKeys(entity: Entry, store: StoreView, problems: Problems): void {
  const { primaryKeys, dbType } = store;
  if (primaryKeys.length === 0 && !hasTables(dbType)) return;
  const keys = readKeys(entity);
  if (keys instanceof NodeFault) {
    problems.conflict("entity-label", `${quote(entity.name)}: ${describeFault(keys)}`);
    return;
  }
  const columns = keys.map(({ columnLabel }) => columnLabel);
  const isSame =
    columns.length === primaryKeys.length && primaryKeys.every((key) => columns.includes(key));
  if (isSame) return;
  const reason = `${store.id} has the primary keys ${primaryKeys.join(", ") || "none"}, entity ${quote(entity.name)} the columns ${columns.join(", ")}`;
  problems.conflict("store-id", reason);
}

/** Two entities in one table would write the same columns. */
export function checkStoreOwner(
  entity: Entry,
  store: StoreView,
  view: RegistryView,
  problems: Problems,
): void {
  if (!hasTables(store.dbType)) return;
  const other = groupsOfStore(view, store.id).find((place) => place.entityLabel !== entity.name);
  if (other === undefined) return;
  const reason = `${store.id} is the store of entity ${quote(other.entityLabel)} already (feature group ${quote(other.label)})`;
  problems.conflict("store-id", reason);
}

/**
 * All groups of a store share a row, so their columns count together.
 *
 * @param path of the group that grows to `columns`
 */
export function checkRowSize(
  path: string,
  columns: readonly Column[],
  store: StoreView,
  view: RegistryView,
  field: string,
  problems: Problems,
): void {
  let sizeBytes = totalSizeOf(columns);
  for (const { group } of groupsOfStore(view, store.id)) {
    if (group.path !== path) sizeBytes += totalSizeOf(readColumns(group));
  }
  if (sizeBytes <= store.maxRowSizeBytes) return;
  const reason = `rows of store ${store.id} would take ${sizeBytes} bytes, more than ${store.maxRowSizeBytes}`;
  problems.conflict(field, reason);
}

/** @returns the table that the columns of a group are in; none for Redis */
export function tablesOf(store: StoreView, columns: readonly Column[]): readonly TableNeed[] {
  if (!hasTables(store.dbType)) return [];
  return [
    {
      storeId: store.id,
      dbType: store.dbType,
      confId: store.confId,
      table: store.table,
      primaryKeys: store.primaryKeys,
      tableTtlSeconds: store.tableTtlSeconds,
      columns: columns.map(({ name }) => name),
      mayExist: true,
    },
  ];
}
