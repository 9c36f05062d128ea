import { type Flavour, isDuplicate } from "@ofs/database";
import type { EntityMetadata, RowState } from "@ofs/rows";
import { type Selectable, sql, type Transaction } from "kysely";
import { formatDateTime } from "../../database/fields.ts";
import { insertNew } from "./group-writes.ts";
import type { MetastoreParts } from "./metastore.ts";
import { type Begun, type Held, type Hold, isHeld, readable } from "./provisioning.ts";
import type { EntityTable, MetastoreTables } from "./schema.ts";
import { toEntity } from "./stored-values.ts";

const ENTITIES = "cassandra_store_entity_metadata";

type Tx = Transaction<MetastoreTables>;

/** Entities. What is PENDING is in no answer, but holds its name. */
export class EntityRepository {
  readonly #parts: MetastoreParts;

  constructor(parts: MetastoreParts) {
    this.#parts = parts;
  }

  /** @param name exactly as it was registered */
  async find(name: string): Promise<EntityMetadata | undefined> {
    const row = await this.#parts.engine.read((db) =>
      db.selectFrom(ENTITIES).selectAll().where("name", "=", name).executeTakeFirst(),
    );
    return row?.name === name && row.provisioning === "READY" ? toEntity(row) : undefined;
  }

  /** @param sinceMs only what was changed then or later */
  async list(sinceMs = 0): Promise<EntityMetadata[]> {
    const rows = await this.#parts.engine.read((db) =>
      db
        .selectFrom(ENTITIES)
        .selectAll()
        .where("provisioning", "=", "READY")
        .$if(sinceMs > 0, (query) => query.where("updated_at", ">=", formatDateTime(sinceMs)))
        .orderBy("name")
        .execute(),
    );
    return readable(rows, toEntity, this.#parts.log);
  }

  /**
   * Takes the name, or takes up what an earlier try with the same definition has left.
   *
   * @param isComplete nothing is to be made elsewhere: it is READY at once
   */
  async begin(
    metadata: EntityMetadata,
    hold: Hold,
    isComplete: boolean,
  ): Promise<Begun<EntityMetadata>> {
    try {
      return await this.#parts.engine.write((tx) => this.#begin(tx, metadata, hold, isComplete));
    } catch (error) {
      if (isDuplicate(error)) return { kind: "taken" };
      throw error;
    }
  }

  /** Creations that nobody works on any more. */
  async abandoned(nowMs: number, limit: number): Promise<string[]> {
    const rows = await this.#parts.engine.read((db) =>
      db
        .selectFrom(ENTITIES)
        .select("name")
        .where("provisioning", "=", "PENDING")
        .where("provisioning_until_ms", "<=", nowMs)
        .limit(limit)
        .execute(),
    );
    return rows.map(({ name }) => name);
  }

  /** @returns undefined if somebody else has it, or it is finished */
  resume(name: string, { nowMs, untilMs }: Hold): Promise<Held<EntityMetadata> | undefined> {
    return this.#parts.engine.write(async (tx) => {
      const row = await this.#locked(tx, name);
      if (row === undefined || row.provisioning === "READY" || isHeld(row, nowMs)) return undefined;
      return take(tx, row, untilMs);
    });
  }

  /** The creation is over: it is in answers from now on. @returns false if somebody else has it */
  complete({ metadata, attempt }: Held<EntityMetadata>, nowMs: number): Promise<boolean> {
    return this.#parts.engine.write(async (tx) => {
      const row = await this.#locked(tx, metadata.name);
      if (row?.provisioning !== "PENDING" || row.provisioning_attempt !== attempt) return false;
      await tx
        .updateTable(ENTITIES)
        .set({ provisioning: "READY", updated_at: formatDateTime(nowMs) })
        .where("name", "=", metadata.name)
        .execute();
      await insertParts(tx, metadata, this.#parts.flavour);
      return true;
    });
  }

  /** Holds a creation for longer, or no longer: then it stays, and is taken up again. */
  async hold({ metadata, attempt }: Held<EntityMetadata>, untilMs: number): Promise<void> {
    await this.#parts.engine.write((tx) =>
      tx
        .updateTable(ENTITIES)
        .set({ provisioning_until_ms: untilMs, updated_at: sql`updated_at` })
        .where("name", "=", metadata.name)
        .where("provisioning_attempt", "=", attempt)
        .execute(),
    );
  }

  /** It cannot be made: its name is free again. */
  async abandon({ metadata, attempt }: Held<EntityMetadata>): Promise<void> {
    await this.#parts.engine.write((tx) =>
      tx
        .deleteFrom(ENTITIES)
        .where("name", "=", metadata.name)
        .where("provisioning", "=", "PENDING")
        .where("provisioning_attempt", "=", attempt)
        .execute(),
    );
  }

  /** @returns `in-use` where feature groups of any version, or creations of one, are attached to it */
  setState(
    name: string,
    state: RowState,
    nowMs: number,
  ): Promise<"changed" | "missing" | "in-use"> {
    return this.#parts.engine.write(async (tx) => {
      const row = await this.#locked(tx, name);
      if (row?.name !== name || row.provisioning !== "READY") return "missing";
      const group = await tx
        .selectFrom("cassandra_store_feature_group_metadata")
        .select("name")
        .where("entity_name", "=", name)
        .limit(1)
        .executeTakeFirst();
      if (group !== undefined) return "in-use";
      await tx
        .updateTable(ENTITIES)
        .set({ state, updated_at: formatDateTime(nowMs) })
        .where("name", "=", name)
        .execute();
      return "changed";
    });
  }

  /** @param ttlSeconds 0 = values do not expire. @returns false if there is none */
  setTtl(name: string, ttlSeconds: number, nowMs: number): Promise<boolean> {
    return this.#parts.engine.write(async (tx) => {
      const row = await this.#locked(tx, name);
      if (row?.name !== name || row.provisioning !== "READY") return false;
      const entity = { ...toEntity(row).entity, ttl: ttlSeconds };
      await tx
        .updateTable(ENTITIES)
        .set({ entity: JSON.stringify(entity), updated_at: formatDateTime(nowMs) })
        .where("name", "=", name)
        .execute();
      return true;
    });
  }

  async #begin(
    tx: Tx,
    metadata: EntityMetadata,
    { nowMs, untilMs }: Hold,
    isComplete: boolean,
  ): Promise<Begun<EntityMetadata>> {
    const row = await this.#locked(tx, metadata.name);
    if (row === undefined) {
      await insertEntity(tx, metadata, isComplete, untilMs);
      if (isComplete) await insertParts(tx, metadata, this.#parts.flavour);
      return { kind: "begun", metadata, attempt: 1 };
    }
    if (row.name !== metadata.name || isHeld(row, nowMs)) return { kind: "taken" };
    const existing = toEntity(row);
    if (!hasSameDefinition(existing, metadata)) return { kind: "taken" };
    if (row.provisioning === "READY") return { kind: "same", metadata: existing };
    return { kind: "begun", ...(await take(tx, row, untilMs)) };
  }

  /** Whoever changes the entity, or adds a feature group to it, waits. */
  #locked(tx: Tx, name: string): Promise<Selectable<EntityTable> | undefined> {
    const query = tx.selectFrom(ENTITIES).selectAll().where("name", "=", name);
    return query.$if(this.#parts.flavour === "mysql", (one) => one.forUpdate()).executeTakeFirst();
  }
}

async function take(
  tx: Tx,
  row: Selectable<EntityTable>,
  untilMs: number,
): Promise<Held<EntityMetadata>> {
  const attempt = row.provisioning_attempt + 1;
  await tx
    .updateTable(ENTITIES)
    .set({
      provisioning_attempt: attempt,
      provisioning_until_ms: untilMs,
      // It would be set by itself.
      updated_at: sql`updated_at`,
    })
    .where("name", "=", row.name)
    .execute();
  return { metadata: toEntity(row), attempt };
}

async function insertEntity(
  tx: Tx,
  metadata: EntityMetadata,
  isComplete: boolean,
  untilMs: number,
): Promise<void> {
  await tx
    .insertInto(ENTITIES)
    .values({
      name: metadata.name,
      entity: JSON.stringify(metadata.entity),
      state: metadata.state,
      owner: metadata.owner,
      tags: JSON.stringify(metadata.tags),
      description: metadata.description,
      created_at: formatDateTime(metadata.createdAt),
      updated_at: formatDateTime(metadata.updatedAt),
      provisioning: isComplete ? "READY" : "PENDING",
      provisioning_attempt: 1,
      provisioning_until_ms: untilMs,
    })
    .execute();
}

/** What searches look into. */
async function insertParts(
  tx: Tx,
  { name, entity, tags }: EntityMetadata,
  flavour: Flavour,
): Promise<void> {
  const columns = entity.features.map((column) => ({
    entity_name: name,
    feature_column_name: column.name,
    feature_column_type: column.type,
    description: column.description,
    tags: JSON.stringify(column.tags),
  }));
  await tx.insertInto("cassandra_store_entity_feature_map").values(columns).execute();
  const names = tags.map((tag) => ({ tag_name: tag, entity_name: name }));
  if (names.length === 0) return;
  const insert = tx.insertInto("cassandra_store_entity_tag_map").values(names);
  await insertNew(insert, flavour).execute();
}

function hasSameDefinition(one: EntityMetadata, other: EntityMetadata): boolean {
  const essence = ({ entity, owner, tags, description }: EntityMetadata): string =>
    JSON.stringify([entity, owner, tags, description]);
  return essence(one) === essence(other);
}
