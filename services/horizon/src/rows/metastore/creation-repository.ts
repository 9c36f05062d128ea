import type { SqlEngine } from "@ofs/database";
import { parseDateTime } from "../../database/fields.ts";
import type { MetastoreTables } from "./schema.ts";

/** Creations that one look shows, of each kind. */
const CREATIONS_MAX = 500;

/** An entity or a version of a feature group whose tables or columns are not made yet. */
export interface Creation {
  readonly kind: "entity" | "feature-group";
  readonly name: string;
  /** undefined: it is an entity. */
  readonly version: string | undefined;
  readonly entityName: string;
  readonly owner: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** Until then, in Unix milliseconds, it belongs to the process that works on it. */
  readonly heldUntil: number;
}

/** What is PENDING. */
export class CreationRepository {
  readonly #engine: SqlEngine<MetastoreTables>;

  constructor(engine: SqlEngine<MetastoreTables>) {
    this.#engine = engine;
  }

  /** Oldest first. */
  async list(): Promise<Creation[]> {
    const [entities, groups] = await Promise.all([this.#entities(), this.#groups()]);
    return [...entities, ...groups].sort((a, b) => a.createdAt - b.createdAt);
  }

  async #entities(): Promise<Creation[]> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom("cassandra_store_entity_metadata")
        .select(["name", "owner", "created_at", "provisioning_until_ms"])
        .where("provisioning", "=", "PENDING")
        .orderBy("created_at")
        .orderBy("name")
        .limit(CREATIONS_MAX)
        .execute(),
    );
    return rows.map((row) => ({
      kind: "entity",
      name: row.name,
      version: undefined,
      entityName: row.name,
      owner: row.owner,
      createdAt: parseDateTime(row.created_at),
      heldUntil: row.provisioning_until_ms,
    }));
  }

  async #groups(): Promise<Creation[]> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom("cassandra_store_feature_group_metadata")
        .select(["name", "version", "entity_name", "owner", "created_at", "provisioning_until_ms"])
        .where("provisioning", "=", "PENDING")
        .orderBy("created_at")
        .orderBy("name")
        .limit(CREATIONS_MAX)
        .execute(),
    );
    return rows.map((row) => ({
      kind: "feature-group",
      name: row.name,
      version: row.version,
      entityName: row.entity_name,
      owner: row.owner,
      createdAt: parseDateTime(row.created_at),
      heldUntil: row.provisioning_until_ms,
    }));
  }
}
