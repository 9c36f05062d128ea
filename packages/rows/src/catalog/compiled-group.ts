import type { GroupMetadata } from "../model.ts";
import { foldName, storageColumn } from "../names.ts";
import { CatalogProblem } from "./catalog-problem.ts";
import type { CompiledEntity } from "./compiled-entity.ts";
import type { ResolvedColumn, ResolvedGroup, StoredColumn } from "./resolved.ts";

/** @throws {CatalogProblem} */
export function compileGroup(metadata: GroupMetadata, owner: CompiledEntity): ResolvedGroup {
  const { featureGroup, name, version, versionEnabled } = metadata;
  if (featureGroup.featureGroupName !== name) {
    throw new CatalogProblem(
      `featureGroupName is ${JSON.stringify(featureGroup.featureGroupName)}`,
    );
  }
  const columns = new Map<string, ResolvedColumn>();
  const foldedColumns = new Map<string, ResolvedColumn>();
  const add = (column: ResolvedColumn): void => {
    const folded = foldName(column.name);
    if (foldedColumns.has(folded)) {
      throw new CatalogProblem(`column ${JSON.stringify(column.name)} stands twice`);
    }
    columns.set(column.name, column);
    foldedColumns.set(folded, column);
  };
  for (const column of owner.columns) add(column);
  const ownColumns: StoredColumn[] = [];
  const naming = { featureGroupName: name, versionEnabled };
  for (const { name: column, type } of featureGroup.features) {
    const stored = { name: storageColumn(naming, version, column), type };
    ownColumns.push(stored);
    add({ name: column, type, isKey: false, keyIndex: -1, stored });
  }
  const { keys, metadata: entity, table } = owner;
  return { metadata, entity, table, keys, columns, ownColumns, foldedColumns };
}
