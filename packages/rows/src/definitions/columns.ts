import { RowError, type RowErrorCode } from "../errors.ts";
import type { EntityDefinition, GroupDefinition, GroupMetadata } from "../model.ts";
import { foldName, isColumnName, isEntityName, NAME_SEPARATOR, storageColumn } from "../names.ts";

/** @throws {RowError} ENTITY-SCHEMA-VALIDATION-EXCEPTION */
export function checkEntitySchema({ features, primaryKeys, tableName }: EntityDefinition): void {
  const refuse = refuser("ENTITY-SCHEMA-VALIDATION-EXCEPTION");
  if (!isEntityName(tableName)) refuse();
  if (features.some(({ name }) => !isColumnName(name))) refuse();
  if (!isUnique(features.map(({ name }) => foldName(name)))) refuse();
  const names = new Set(features.map(({ name }) => name));
  if (!isUnique(primaryKeys) || primaryKeys.some((key) => !names.has(key))) refuse();
}

/**
 * Checks the columns of a new feature group against each other, its entity, and the storage names of the other groups of
 * this entity.
 *
 * @param others all versions of all groups of the entity
 * @throws {RowError} FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION
 */
export function checkGroupColumns(
  group: GroupDefinition,
  version: string,
  entity: EntityDefinition,
  others: Iterable<Pick<GroupMetadata, "featureGroup" | "version" | "versionEnabled">>,
): void {
  const refuse = refuser("FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION");
  const names = group.features.map(({ name }) => name);
  if (names.some((name) => !isColumnName(name) || name.includes(NAME_SEPARATOR))) refuse();
  const folded = names.map(foldName);
  const taken = new Set(entity.features.map(({ name }) => foldName(name)));
  if (!isUnique(folded) || folded.some((name) => taken.has(name))) refuse();
  for (const { featureGroup, version: other, versionEnabled } of others) {
    const naming = { featureGroupName: featureGroup.featureGroupName, versionEnabled };
    for (const { name } of featureGroup.features) taken.add(storageColumn(naming, other, name));
  }
  if (names.some((name) => taken.has(storageColumn(group, version, name)))) refuse();
}

function isUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

function refuser(code: RowErrorCode): () => never {
  return () => {
    throw RowError.of(code);
  };
}
