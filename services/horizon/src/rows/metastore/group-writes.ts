import type { Flavour } from "@ofs/database";
import { type GroupMetadata, parseVersion } from "@ofs/rows";
import type { InsertQueryBuilder, Transaction, UpdateObject } from "kysely";
import type { MetastoreTables } from "./schema.ts";

const GROUPS = "cassandra_store_feature_group_metadata";
const VERSIONS = "cassandra_store_feature_group_version_map";

type Tx = Transaction<MetastoreTables>;

export async function changeGroup(
  tx: Tx,
  { name, version }: Pick<GroupMetadata, "name" | "version">,
  change: UpdateObject<MetastoreTables, typeof GROUPS, typeof GROUPS>,
): Promise<void> {
  await tx
    .updateTable(GROUPS)
    .set(change)
    .where("name", "=", name)
    .where("version", "=", version)
    .execute();
}

/** What searches look into. */
export async function insertGroupParts(
  tx: Tx,
  metadata: GroupMetadata,
  flavour: Flavour,
): Promise<void> {
  const { name, version, featureGroup, tags } = metadata;
  const key = { feature_group_name: name, feature_group_version: version };
  const columns = featureGroup.features.map((column) => ({
    ...key,
    feature_column_name: column.name,
    feature_column_type: column.type,
    description: column.description,
    tags: JSON.stringify(column.tags),
  }));
  await tx.insertInto("cassandra_store_feature_group_feature_map").values(columns).execute();
  const tagRows = tags.map((tag) => ({ ...key, tag_name: tag }));
  if (tagRows.length === 0) return;
  const insert = tx.insertInto("cassandra_store_feature_group_tag_map").values(tagRows);
  await insertNew(insert, flavour).execute();
}

/** Leaves out rows that are there: to the tables, tags that differ in case only are the same. */
export function insertNew<T extends keyof MetastoreTables>(
  insert: InsertQueryBuilder<MetastoreTables, T, unknown>,
  flavour: Flavour,
): InsertQueryBuilder<MetastoreTables, T, unknown> {
  return flavour === "mysql" ? insert.ignore() : insert.orIgnore();
}

/** Makes a version the latest if none is greater. Whoever calls this has locked the feature group's entity or row. */
export async function raiseVersion(
  tx: Tx,
  { name, version }: Pick<GroupMetadata, "name" | "version">,
  updatedAt: string,
): Promise<void> {
  const row = await tx.selectFrom(VERSIONS).selectAll().where("name", "=", name).executeTakeFirst();
  if (row === undefined) {
    const first = { name, latest_version: version, updated_at: updatedAt };
    await tx.insertInto(VERSIONS).values(first).execute();
    return;
  }
  if ((parseVersion(row.latest_version) ?? 0) >= (parseVersion(version) ?? 0)) return;
  await tx
    .updateTable(VERSIONS)
    .set({ latest_version: version, updated_at: updatedAt })
    .where("name", "=", name)
    .execute();
}
