import type { Column, ColumnType, EntityMetadata, GroupMetadata } from "@ofs/rows";
import { entityOf, groupOf } from "./row-objects.ts";

export function column(name: string, type: ColumnType): Column {
  return { name, type, description: "", tags: [] };
}

/** Keys `user_id` and `season`, and a column that all groups share. */
export function entity(name: string, more: Partial<EntityMetadata> = {}): EntityMetadata {
  const types = { country: "TEXT", season: "INT", user_id: "BIGINT" } as const;
  return { ...entityOf(name, types, ["user_id", "season"]), ...more };
}

export interface GroupOptions extends Partial<GroupMetadata> {
  readonly entityName?: string;
  readonly columns?: readonly Column[];
}

/** With one column, unless told otherwise. */
export function group(name: string, version: string, options: GroupOptions = {}): GroupMetadata {
  const { entityName = "user", columns, versionEnabled = true, ...more } = options;
  const made = groupOf(name, entityName, { wins: "INT" }, { version, versionEnabled });
  const features = columns ?? made.featureGroup.features;
  return { ...made, featureGroup: { ...made.featureGroup, features }, ...more };
}
