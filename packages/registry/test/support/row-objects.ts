import type { EntityMetadata, GroupMetadata } from "@ofs/rows";
import { entityOf, groupOf } from "../../../rows/test/support/row-objects.ts";

export function rowEntity(name: string): EntityMetadata {
  return entityOf(name, { user_id: "BIGINT" }, ["user_id"]);
}

/** A version of a feature group of the entity `user`. */
export function rowGroup(name: string, version: string): GroupMetadata {
  return groupOf(name, "user", { wins: "INT" }, { version });
}
