import { isDuplicate } from "@ofs/database";
import type { GroupMetadata, GroupVersion, RowState, TenantConfig } from "@ofs/rows";
import { type Selectable, sql, type Transaction } from "kysely";
import { formatDateTime } from "../../database/fields.ts";
import { type BeginGroup, beginGroup } from "./begin-group.ts";
import { changeGroup, insertGroupParts, raiseVersion } from "./group-writes.ts";
import type { MetastoreParts } from "./metastore.ts";
import { type Begun, type Held, type Hold, isHeld, readable } from "./provisioning.ts";
import type { GroupTable, MetastoreTables } from "./schema.ts";
import { toGroup, toVersion } from "./stored-values.ts";

const GROUPS = "cassandra_store_feature_group_metadata";
const VERSIONS = "cassandra_store_feature_group_version_map";

type Tx = Transaction<MetastoreTables>;
type GroupRow = Selectable<GroupTable>;

/** One version of a feature group. */
export interface GroupKey {
  readonly name: string;
  readonly version: string;
}

/** Feature groups and their versions. What is PENDING is in no answer, but holds its name and version. */
export class GroupRepository {
  readonly #parts: MetastoreParts;

  constructor(parts: MetastoreParts) {
    this.#parts = parts;
  }

  /** @param version default: the latest */
  async find(name: string, version?: string): Promise<GroupMetadata | undefined> {
    const wanted = version ?? (await this.version(name))?.latestVersion;
    if (wanted === undefined) return undefined;
    const row = await this.#parts.engine.read((db) =>
      db
        .selectFrom(GROUPS)
        .selectAll()
        .where("name", "=", name)
        .where("version", "=", wanted)
        .executeTakeFirst(),
    );
    if (row?.name !== name || row.version !== wanted) return undefined;
    return row.provisioning === "READY" ? toGroup(row) : undefined;
  }

  /** All versions of one name. */
  async versionsOf(name: string): Promise<GroupMetadata[]> {
    const rows = await this.#parts.engine.read((db) =>
      db
        .selectFrom(GROUPS)
        .selectAll()
        .where("name", "=", name)
        .where("provisioning", "=", "READY")
        .execute(),
    );
    return rows.filter((row) => row.name === name).map(toGroup);
  }

  async version(name: string): Promise<GroupVersion | undefined> {
    const row = await this.#parts.engine.read((db) =>
      db.selectFrom(VERSIONS).selectAll().where("name", "=", name).executeTakeFirst(),
    );
    return row?.name === name ? toVersion(row) : undefined;
  }

  /** @param sinceMs only what was changed then or later */
  async list(sinceMs = 0): Promise<GroupMetadata[]> {
    const rows = await this.#parts.engine.read((db) =>
      db
        .selectFrom(GROUPS)
        .selectAll()
        .where("provisioning", "=", "READY")
        .$if(sinceMs > 0, (query) => query.where("updated_at", ">=", formatDateTime(sinceMs)))
        .orderBy("name")
        .orderBy("version")
        .execute(),
    );
    return readable(rows, toGroup, this.#parts.log);
  }

  async listVersions(sinceMs = 0): Promise<GroupVersion[]> {
    const rows = await this.#parts.engine.read((db) =>
      db
        .selectFrom(VERSIONS)
        .selectAll()
        .$if(sinceMs > 0, (query) => query.where("updated_at", ">=", formatDateTime(sinceMs)))
        .orderBy("name")
        .execute(),
    );
    return rows.map(toVersion);
  }

  /** Takes the name and a version, or takes up what an earlier try with the same definition has left. */
  async begin(wish: BeginGroup, hold: Hold): Promise<Begun<GroupMetadata>> {
    try {
      return await this.#parts.engine.write((tx) =>
        beginGroup({ tx, locks: this.#parts.flavour === "mysql", hold }, wish),
      );
    } catch (error) {
      // Of the same name, with another entity: only then they do not wait for each other.
      if (isDuplicate(error)) return { kind: "taken" };
      throw error;
    }
  }

  /** Creations that nobody works on any more. */
  abandoned(nowMs: number, limit: number): Promise<GroupKey[]> {
    return this.#parts.engine.read((db) =>
      db
        .selectFrom(GROUPS)
        .select(["name", "version"])
        .where("provisioning", "=", "PENDING")
        .where("provisioning_until_ms", "<=", nowMs)
        .limit(limit)
        .execute(),
    );
  }

  /** @returns undefined if somebody else has it, or it is finished */
  resume(key: GroupKey, { nowMs, untilMs }: Hold): Promise<Held<GroupMetadata> | undefined> {
    return this.#parts.engine.write(async (tx) => {
      const row = await this.#locked(tx, key);
      if (row === undefined || row.provisioning === "READY" || isHeld(row, nowMs)) return undefined;
      const attempt = row.provisioning_attempt + 1;
      const change = { provisioning_attempt: attempt, provisioning_until_ms: untilMs };
      await changeGroup(tx, key, { ...change, updated_at: sql`updated_at` });
      return { metadata: toGroup(row), attempt };
    });
  }

  /**
   * The creation is over: it is in answers from now on, and the latest version if none is greater.
   *
   * @returns `lost` if somebody else has it; its metadata as it is now if its tenants have changed since, and nothing is done
   */
  complete(
    { metadata, attempt }: Held<GroupMetadata>,
    nowMs: number,
  ): Promise<"completed" | "lost" | GroupMetadata> {
    return this.#parts.engine.write(async (tx) => {
      // All of them: the latest version is found by one after the other.
      await this.#lockedVersions(tx, metadata.name);
      const row = await this.#locked(tx, metadata);
      if (row?.provisioning !== "PENDING" || row.provisioning_attempt !== attempt) return "lost";
      const current = toGroup(row);
      const { read, write } = metadata.tenant;
      if (current.tenant.read !== read || current.tenant.write !== write) return current;
      const updatedAt = formatDateTime(nowMs);
      await changeGroup(tx, metadata, { provisioning: "READY", updated_at: updatedAt });
      await insertGroupParts(tx, metadata, this.#parts.flavour);
      await raiseVersion(tx, metadata, updatedAt);
      return "completed";
    });
  }

  /** Holds a creation for longer, or no longer: then it stays, and is taken up again. */
  async hold({ metadata, attempt }: Held<GroupMetadata>, untilMs: number): Promise<void> {
    await this.#parts.engine.write((tx) =>
      tx
        .updateTable(GROUPS)
        .set({ provisioning_until_ms: untilMs, updated_at: sql`updated_at` })
        .where("name", "=", metadata.name)
        .where("version", "=", metadata.version)
        .where("provisioning_attempt", "=", attempt)
        .execute(),
    );
  }

  /** It cannot be made: its version is free again. */
  async abandon({ metadata, attempt }: Held<GroupMetadata>): Promise<void> {
    await this.#parts.engine.write((tx) =>
      tx
        .deleteFrom(GROUPS)
        .where("name", "=", metadata.name)
        .where("version", "=", metadata.version)
        .where("provisioning", "=", "PENDING")
        .where("provisioning_attempt", "=", attempt)
        .execute(),
    );
  }

  /** @returns false if there is no such version */
  setState(key: GroupKey, state: RowState, nowMs: number): Promise<boolean> {
    return this.#parts.engine.write(async (tx) => {
      const row = await this.#locked(tx, key);
      const isThere = row?.name === key.name && row.version === key.version;
      if (!isThere || row.provisioning !== "READY") return false;
      await changeGroup(tx, key, { state, updated_at: formatDateTime(nowMs) });
      return true;
    });
  }

  /**
   * Gives all versions of a name new tenants, those that are being made too.
   *
   * @param versions those whose columns the new tenants have
   * @returns false if there are others by now: nothing is changed then
   */
  setTenants(
    name: string,
    tenant: TenantConfig,
    versions: ReadonlySet<string>,
    nowMs: number,
  ): Promise<boolean> {
    return this.#parts.engine.write(async (tx) => {
      const rows = await this.#lockedVersions(tx, name);
      const ready = rows.filter(({ provisioning }) => provisioning === "READY");
      if (ready.some(({ version }) => !versions.has(version))) return false;
      for (const { version } of rows) {
        const change = { tenant_config: JSON.stringify(tenant), updated_at: formatDateTime(nowMs) };
        await changeGroup(tx, { name, version }, change);
      }
      return true;
    });
  }

  #locked(tx: Tx, { name, version }: GroupKey): Promise<GroupRow | undefined> {
    const query = tx
      .selectFrom(GROUPS)
      .selectAll()
      .where("name", "=", name)
      .where("version", "=", version);
    return query.$if(this.#parts.flavour === "mysql", (one) => one.forUpdate()).executeTakeFirst();
  }

  async #lockedVersions(
    tx: Tx,
    name: string,
  ): Promise<Pick<GroupRow, "name" | "version" | "provisioning">[]> {
    const query = tx
      .selectFrom(GROUPS)
      .select(["name", "version", "provisioning"])
      .where("name", "=", name);
    const rows = await query
      .$if(this.#parts.flavour === "mysql", (one) => one.forUpdate())
      .execute();
    return rows.filter((row) => row.name === name);
  }
}
