import type { EntityMetadata, GroupMetadata } from "@ofs/rows";
import { sql } from "kysely";
import { containsPattern, LIKE_ESCAPE } from "../../database/fields.ts";
import type { MetastoreParts } from "./metastore.ts";
import { readable } from "./provisioning.ts";
import { toEntity, toGroup } from "./stored-values.ts";

const ENTITIES = "cassandra_store_entity_metadata";
const GROUPS = "cassandra_store_feature_group_metadata";
const ENTITY_TAGS = "cassandra_store_entity_tag_map";
const GROUP_TAGS = "cassandra_store_feature_group_tag_map";
const ENTITY_FEATURES = "cassandra_store_entity_feature_map";
const GROUP_FEATURES = "cassandra_store_feature_group_feature_map";

/** What is looked for; what is given must all hold. */
export interface Search {
  /** Part of the name or of a column's name; empty = all. */
  readonly pattern: string | undefined;
  /** All of them. */
  readonly tags: readonly string[];
  /** One of them. */
  readonly owners: readonly string[];
  readonly limit: number;
  readonly offset: number;
}

/** Searches, in the tables of columns and tags. Case does not count. */
export class SearchRepository {
  readonly #parts: MetastoreParts;

  constructor(parts: MetastoreParts) {
    this.#parts = parts;
  }

  async entities({ pattern, tags, owners, limit, offset }: Search): Promise<EntityMetadata[]> {
    const rows = await this.#parts.engine.read((db) => {
      let query = db.selectFrom(ENTITIES).selectAll().where("provisioning", "=", "READY");
      if (pattern) {
        const names = db
          .selectFrom(ENTITY_FEATURES)
          .select("entity_name")
          .where((on) => contains(on.ref("feature_column_name"), pattern));
        query = query.where((on) =>
          on.or([contains(on.ref("name"), pattern), on("name", "in", names)]),
        );
      }
      for (const tag of tags) {
        const names = db.selectFrom(ENTITY_TAGS).select("entity_name").where("tag_name", "=", tag);
        query = query.where("name", "in", names);
      }
      if (owners.length > 0) query = query.where("owner", "in", [...owners]);
      return query.orderBy("name").limit(limit).offset(offset).execute();
    });
    return readable(rows, toEntity, this.#parts.log);
  }

  async groups({ pattern, tags, owners, limit, offset }: Search): Promise<GroupMetadata[]> {
    const rows = await this.#parts.engine.read((db) => {
      let query = db
        .selectFrom(`${GROUPS} as g`)
        .selectAll("g")
        .where("g.provisioning", "=", "READY");
      if (pattern) {
        query = query.where((on) =>
          on.or([
            contains(on.ref("g.name"), pattern),
            on.exists(
              on
                .selectFrom(`${GROUP_FEATURES} as f`)
                .select("f.feature_column_name")
                .whereRef("f.feature_group_name", "=", "g.name")
                .whereRef("f.feature_group_version", "=", "g.version")
                .where((at) => contains(at.ref("f.feature_column_name"), pattern)),
            ),
          ]),
        );
      }
      for (const tag of tags) {
        query = query.where((on) =>
          on.exists(
            on
              .selectFrom(`${GROUP_TAGS} as t`)
              .select("t.tag_name")
              .whereRef("t.feature_group_name", "=", "g.name")
              .whereRef("t.feature_group_version", "=", "g.version")
              .where("t.tag_name", "=", tag),
          ),
        );
      }
      if (owners.length > 0) query = query.where("g.owner", "in", [...owners]);
      return query
        .orderBy("g.name")
        .orderBy(sql`length(g.version)`)
        .orderBy("g.version")
        .limit(limit)
        .offset(offset)
        .execute();
    });
    return readable(rows, toGroup, this.#parts.log);
  }

  async entityOwners(): Promise<string[]> {
    return this.#owners(ENTITIES);
  }

  async groupOwners(): Promise<string[]> {
    return this.#owners(GROUPS);
  }

  async entityTags(): Promise<string[]> {
    return this.#tags(ENTITY_TAGS);
  }

  async groupTags(): Promise<string[]> {
    return this.#tags(GROUP_TAGS);
  }

  async #owners(table: typeof ENTITIES | typeof GROUPS): Promise<string[]> {
    const rows = await this.#parts.engine.read((db) =>
      db
        .selectFrom(table)
        .select("owner")
        .distinct()
        .where("provisioning", "=", "READY")
        .orderBy("owner")
        .execute(),
    );
    return rows.map(({ owner }) => owner);
  }

  async #tags(table: typeof ENTITY_TAGS | typeof GROUP_TAGS): Promise<string[]> {
    const rows = await this.#parts.engine.read((db) =>
      db.selectFrom(table).select("tag_name").distinct().orderBy("tag_name").execute(),
    );
    return rows.map(({ tag_name }) => tag_name);
  }
}

function contains(column: unknown, pattern: string) {
  return sql<boolean>`${column} like ${containsPattern(pattern)} escape ${sql.lit(LIKE_ESCAPE)}`;
}
