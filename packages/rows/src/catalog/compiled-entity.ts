import type { EntityMetadata } from "../model.ts";
import { foldName } from "../names.ts";
import { CatalogProblem } from "./catalog-problem.ts";
import type { EntityTable, ResolvedColumn } from "./resolved.ts";

/** An entity as its feature groups need it. */
export interface CompiledEntity {
  readonly metadata: EntityMetadata;
  readonly table: EntityTable;
  readonly keys: readonly ResolvedColumn[];
  /** Keys too, as registered. */
  readonly columns: readonly ResolvedColumn[];
}

/** @throws {CatalogProblem} */
export function compileEntity(metadata: EntityMetadata): CompiledEntity {
  const { features, primaryKeys, tableName } = metadata.entity;
  if (tableName !== metadata.name) {
    throw new CatalogProblem(`tableName is ${JSON.stringify(tableName)}`);
  }
  const keyIndexes = new Map(primaryKeys.map((name, index) => [name, index]));
  if (keyIndexes.size < primaryKeys.length) throw new CatalogProblem("a primary key stands twice");
  const stored = new Set<string>();
  const columns = features.map(({ name, type }): ResolvedColumn => {
    const keyIndex = keyIndexes.get(name) ?? -1;
    const storedName = foldName(name);
    if (stored.has(storedName))
      throw new CatalogProblem(`column ${JSON.stringify(name)} stands twice`);
    stored.add(storedName);
    return { name, type, isKey: keyIndex >= 0, keyIndex, stored: { name: storedName, type } };
  });
  const keys = primaryKeys.map((name) => {
    const key = columns.find((column) => column.name === name);
    if (key === undefined)
      throw new CatalogProblem(`primary key ${JSON.stringify(name)} is no column`);
    return key;
  });
  const [first, ...others] = keys.map((key) => key.stored);
  if (first === undefined) throw new CatalogProblem("there is no primary key");
  return {
    metadata,
    table: { name: foldName(tableName), keys: [first, ...others] },
    keys,
    columns,
  };
}
