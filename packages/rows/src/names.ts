import type { GroupDefinition } from "./model.ts";

/** Longest names of new objects, in characters. */
export const ENTITY_NAME_LENGTH_MAX = 48;
export const GROUP_NAME_LENGTH_MAX = 200;
export const COLUMN_NAME_LENGTH_MAX = 200;
export const TENANT_NAME_LENGTH_MAX = 200;

/** Joins group, version and column in a storage name. */
export const NAME_SEPARATOR = "__";

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const TENANT = /^[A-Za-z0-9_-]+$/;

/** As stores spell a name: what folds to the same is the same table or column. */
export function foldName(name: string): string {
  return name.toLowerCase();
}

/** The name under which a store has a column of a feature group. */
export function storageColumn(
  group: Pick<GroupDefinition, "featureGroupName" | "versionEnabled">,
  version: string,
  column: string,
): string {
  const { featureGroupName, versionEnabled } = group;
  const middle = versionEnabled ? `${NAME_SEPARATOR}${version}` : "";
  return foldName(`${featureGroupName}${middle}${NAME_SEPARATOR}${column}`);
}

export function isEntityName(name: string): boolean {
  return name.length <= ENTITY_NAME_LENGTH_MAX && NAME.test(name);
}

export function isGroupName(name: string): boolean {
  return name.length <= GROUP_NAME_LENGTH_MAX && NAME.test(name);
}

/** Of an entity's column; one of a feature group must not hold {@link NAME_SEPARATOR} either. */
export function isColumnName(name: string): boolean {
  return name.length <= COLUMN_NAME_LENGTH_MAX && NAME.test(name);
}

export function isTenantName(name: string): boolean {
  return name.length <= TENANT_NAME_LENGTH_MAX && TENANT.test(name);
}

/** A column as the old clients name it: group and column in one. */
export interface LegacyColumn {
  readonly groupName: string;
  readonly column: string;
}

/** Divides at the last separator. @returns undefined without a group or column */
export function parseLegacyColumn(name: string): LegacyColumn | undefined {
  const at = name.lastIndexOf(NAME_SEPARATOR);
  const column = name.slice(at + NAME_SEPARATOR.length);
  return at > 0 && column !== "" ? { groupName: name.slice(0, at), column } : undefined;
}

const VERSION = /^v([1-9]\d{0,8})$/;

/** @returns the number of `v<number>`, from 1; undefined for other texts */
export function parseVersion(version: string): number | undefined {
  const [, digits] = VERSION.exec(version) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

export function formatVersion(version: number): string {
  return `v${version}`;
}
