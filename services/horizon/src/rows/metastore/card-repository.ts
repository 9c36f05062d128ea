import type { GroupMetadata } from "@ofs/rows";
import { type ExpressionBuilder, type Kysely, sql } from "kysely";
import { containsPattern, LIKE_ESCAPE } from "../../database/fields.ts";
import type { MetastoreParts } from "./metastore.ts";
import { readable } from "./provisioning.ts";
import type { GroupTable, MetastoreTables } from "./schema.ts";
import { toGroup } from "./stored-values.ts";

const GROUPS = "cassandra_store_feature_group_metadata";
const VERSIONS = "cassandra_store_feature_group_version_map";
const TAGS = "cassandra_store_feature_group_tag_map";

type On = ExpressionBuilder<MetastoreTables & { g: GroupTable }, "g">;

/** Which feature groups are wanted; of each the latest version counts. All of it must hold. */
export interface CardCriteria {
  /** Part of the name, description, owner or a tag, in any case; empty = all. */
  readonly text: string;
  /** Of each list one tag at least. */
  readonly tags: readonly (readonly string[])[];
  /** Of each list the owner is one. */
  readonly owners: readonly (readonly string[])[];
  readonly isOnlineOnly: boolean;
}

export const CARD_ORDERS = ["name", "owner", "created_at", "updated_at"] as const;

export interface CardPage {
  readonly order: (typeof CARD_ORDERS)[number];
  readonly direction: "asc" | "desc";
  readonly limit: number;
  readonly offset: number;
}

/** Feature groups one by one, whatever their versions: for pages that show them. */
export class CardRepository {
  readonly #parts: MetastoreParts;

  constructor(parts: MetastoreParts) {
    this.#parts = parts;
  }

  /** @returns the latest versions on this page */
  async page(criteria: CardCriteria, page: CardPage): Promise<GroupMetadata[]> {
    const rows = await this.#parts.engine.read((db) =>
      latest(db, criteria)
        .selectAll("g")
        .orderBy(sql.ref(`g.${page.order}`), page.direction)
        .orderBy("g.name")
        .limit(page.limit)
        .offset(page.offset)
        .execute(),
    );
    return readable(rows, toGroup, this.#parts.log);
  }

  /** @returns how many there are on all pages */
  async count(criteria: CardCriteria): Promise<number> {
    const { count } = await this.#parts.engine.read((db) =>
      latest(db, criteria)
        .select((on) => on.fn.countAll().as("count"))
        .executeTakeFirstOrThrow(),
    );
    return Number(count);
  }

  /** @returns the versions of each name, in no order */
  async versionsOf(names: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const versions = new Map<string, string[]>(names.map((name) => [name, []]));
    if (names.length === 0) return versions;
    const rows = await this.#parts.engine.read((db) =>
      db
        .selectFrom(GROUPS)
        .select(["name", "version"])
        .where("name", "in", [...names])
        .where("provisioning", "=", "READY")
        .execute(),
    );
    for (const { name, version } of rows) versions.get(name)?.push(version);
    return versions;
  }
}

function latest(db: Kysely<MetastoreTables>, { text, tags, owners, isOnlineOnly }: CardCriteria) {
  let query = db
    .selectFrom(`${GROUPS} as g`)
    .innerJoin(`${VERSIONS} as v`, (join) =>
      join.onRef("v.name", "=", "g.name").onRef("v.latest_version", "=", "g.version"),
    )
    .where("g.provisioning", "=", "READY");
  if (isOnlineOnly) query = query.where("g.feature_group_type", "=", "ONLINE");
  for (const each of owners) query = query.where("g.owner", "in", [...each]);
  for (const each of tags) {
    query = query.where((on) => on.exists(tagsOf(on).where("t.tag_name", "in", [...each])));
  }
  if (text === "") return query;
  return query.where((on) =>
    on.or([
      contains(on.ref("g.name"), text),
      contains(on.ref("g.description"), text),
      contains(on.ref("g.owner"), text),
      on.exists(tagsOf(on).where((at) => contains(at.ref("t.tag_name"), text))),
    ]),
  );
}

function tagsOf(on: On) {
  return on
    .selectFrom(`${TAGS} as t`)
    .select("t.tag_name")
    .whereRef("t.feature_group_name", "=", "g.name")
    .whereRef("t.feature_group_version", "=", "g.version");
}

function contains(column: unknown, text: string) {
  return sql<boolean>`${column} like ${containsPattern(text)} escape ${sql.lit(LIKE_ESCAPE)}`;
}
