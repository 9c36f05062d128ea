import {
  checkGroupColumns,
  DEFAULT_TENANTS,
  type EntityMetadata,
  foldName,
  type GroupMetadata,
  type GroupRequest,
  parseVersion,
  planVersion,
  RowError,
} from "@ofs/rows";
import { type Selectable, sql, type Transaction } from "kysely";
import { formatDateTime } from "../../database/fields.ts";
import { insertGroupParts, raiseVersion } from "./group-writes.ts";
import { type Begun, type Hold, isHeld } from "./provisioning.ts";
import type { GroupTable, MetastoreTables } from "./schema.ts";
import { toEntity, toGroup } from "./stored-values.ts";

const GROUPS = "cassandra_store_feature_group_metadata";

type GroupRow = Selectable<GroupTable>;

/** What is read of each version; there may be thousands. */
const KEY_COLUMNS = [
  "name",
  "version",
  "entity_name",
  "provisioning",
  "provisioning_attempt",
  "provisioning_until_ms",
] as const satisfies readonly (keyof GroupTable)[];

type VersionRow = Pick<GroupRow, (typeof KEY_COLUMNS)[number]>;

/** What somebody wants to create. */
export interface BeginGroup {
  readonly request: GroupRequest;
  /** A further version, if there is one already. */
  readonly isUpgrade: boolean;
  /** Nothing is to be made elsewhere: it is READY at once. */
  readonly isComplete: boolean;
  /** Throws for what cannot be stored. */
  readonly check: (metadata: GroupMetadata) => void;
}

/** What a transaction of a creation stands on. */
export interface Beginning {
  readonly tx: Transaction<MetastoreTables>;
  /** Whether rows are locked one by one; else the transaction has the whole database. */
  readonly locks: boolean;
  readonly hold: Hold;
}

/**
 * Decides on the version, checks it against what there is, and inserts it. Creations of one entity's feature groups wait for
 * each other, so versions are consecutive and storage names unique.
 *
 * @throws {RowError} VERSIONING-DISABLED-EXCEPTION, ENTITY-NOT-FOUND-EXCEPTION, ENTITY-STATE-EXCEPTION,
 * FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION, FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION
 */
export async function beginGroup(at: Beginning, wish: BeginGroup): Promise<Begun<GroupMetadata>> {
  const { featureGroupName: name, entityName } = wish.request.featureGroup;
  const entity = await lockEntity(at, entityName);
  const rows = await lockVersions(at, name);
  if (rows.some((row) => row.name !== name)) return { kind: "taken" };
  const resumed = await resumeSame(at, wish, rows);
  if (resumed !== undefined) return resumed;
  const newest = await wholeRow(at, newestOf(rows));
  if (newest !== undefined && !wish.isUpgrade) return { kind: "taken" };
  const version = planVersion(newest && toGroup(newest), wish.isUpgrade);
  assertSameEntity(newest, entityName);
  if (entity === undefined) throw RowError.of("ENTITY-NOT-FOUND-EXCEPTION");
  if (entity.state === "ARCHIVED") throw RowError.of("ENTITY-STATE-EXCEPTION");
  const metadata = newMetadata(at.hold.nowMs, wish, version, newest);
  const near = await nearGroups(at, metadata);
  checkGroupColumns(metadata.featureGroup, version, entity.entity, near);
  wish.check(metadata);
  await insertGroup(at, metadata, wish.isComplete);
  return { kind: "begun", metadata, attempt: 1 };
}

function assertSameEntity(newest: GroupRow | undefined, entityName: string): void {
  if (newest === undefined || newest.entity_name === entityName) return;
  throw RowError.of("FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION", {
    cause: `entityName is ${entityName}: ${newest.name} ${newest.version} is attached to ${newest.entity_name}`,
  });
}

/** Takes up a try that nobody works on, if its definition is this one. */
async function resumeSame(
  at: Beginning,
  wish: BeginGroup,
  rows: readonly VersionRow[],
): Promise<Begun<GroupMetadata> | undefined> {
  const { nowMs, untilMs } = at.hold;
  const free = rows.filter((row) => !isHeld(row, nowMs));
  const same = (row: GroupRow): boolean => essence(toGroup(row)) === essence(wish.request);
  const isOpen = rows.length === 1 || wish.isUpgrade;
  const pending = isOpen ? free.filter(({ provisioning }) => provisioning === "PENDING") : [];
  const waiting = (await wholeRows(at, pending)).find(same);
  if (waiting !== undefined) {
    const attempt = waiting.provisioning_attempt + 1;
    await at.tx
      .updateTable(GROUPS)
      .set({
        provisioning_attempt: attempt,
        provisioning_until_ms: untilMs,
        updated_at: sql`updated_at`,
      })
      .where("name", "=", waiting.name)
      .where("version", "=", waiting.version)
      .execute();
    return { kind: "begun", metadata: toGroup(waiting), attempt };
  }
  const isRepeated = !wish.isUpgrade && rows.length === 1;
  const only = isRepeated ? await wholeRow(at, free[0]) : undefined;
  if (only?.provisioning !== "READY" || !same(only)) return undefined;
  return { kind: "same", metadata: toGroup(only) };
}

/** What makes two creations the same, whichever version they get. An upgrade is always versioned. */
function essence({ featureGroup, owner, tags, description }: GroupRequest): string {
  return JSON.stringify([{ ...featureGroup, versionEnabled: true }, owner, tags, description]);
}

function newMetadata(
  nowMs: number,
  { request }: BeginGroup,
  version: string,
  newest: GroupRow | undefined,
): GroupMetadata {
  const versionEnabled = newest !== undefined || request.featureGroup.versionEnabled;
  return {
    name: request.featureGroup.featureGroupName,
    versionEnabled,
    version,
    featureGroupType: request.featureGroup.featureGroupType,
    featureGroup: { ...request.featureGroup, versionEnabled },
    owner: request.owner,
    state: "LIVE",
    tags: request.tags,
    tenant: newest === undefined ? DEFAULT_TENANTS : toGroup(newest).tenant,
    description: request.description,
    createdAt: nowMs,
    updatedAt: nowMs,
  };
}

/** Of those that are being made, too. */
function newestOf(rows: readonly VersionRow[]): VersionRow | undefined {
  const number = (row: VersionRow): number => parseVersion(row.version) ?? 0;
  return rows.reduce<VersionRow | undefined>(
    (newest, row) => (newest === undefined || number(row) > number(newest) ? row : newest),
    undefined,
  );
}

async function lockEntity(
  { tx, locks }: Beginning,
  name: string,
): Promise<EntityMetadata | undefined> {
  const row = await tx
    .selectFrom("cassandra_store_entity_metadata")
    .selectAll()
    .where("name", "=", name)
    .$if(locks, (query) => query.forUpdate())
    .executeTakeFirst();
  return row?.name === name && row.provisioning === "READY" ? toEntity(row) : undefined;
}

/** By a name in any case. */
function lockVersions({ tx, locks }: Beginning, name: string): Promise<VersionRow[]> {
  const query = tx.selectFrom(GROUPS).select(KEY_COLUMNS).where("name", "=", name);
  return query.$if(locks, (one) => one.forUpdate()).execute();
}

/** Of rows that are locked. */
async function wholeRows(at: Beginning, rows: readonly VersionRow[]): Promise<GroupRow[]> {
  const [first] = rows;
  if (first === undefined) return [];
  const versions = rows.map(({ version }) => version);
  const query = at.tx.selectFrom(GROUPS).selectAll().where("name", "=", first.name);
  return query
    .where("version", "in", versions)
    .$if(at.locks, (one) => one.forUpdate())
    .execute();
}

async function wholeRow(at: Beginning, row: VersionRow | undefined): Promise<GroupRow | undefined> {
  return row && (await wholeRows(at, [row]))[0];
}

/**
 * The feature groups whose columns may meet the new ones in the store: those whose name, with the separator, begins the
 * other's, such as `a` version `v1` and an unversioned `a__v1`.
 */
async function nearGroups({ tx }: Beginning, metadata: GroupMetadata): Promise<GroupMetadata[]> {
  const names = await tx
    .selectFrom(GROUPS)
    .select("name")
    .distinct()
    .where("entity_name", "=", metadata.featureGroup.entityName)
    .execute();
  const own = foldName(`${metadata.name}__`);
  const near = names.flatMap(({ name }) => {
    const other = foldName(`${name}__`);
    return other !== own && (other.startsWith(own) || own.startsWith(other)) ? [name] : [];
  });
  if (near.length === 0) return [];
  const rows = await tx.selectFrom(GROUPS).selectAll().where("name", "in", near).execute();
  return rows.map(toGroup);
}

async function insertGroup(
  { tx, hold, locks }: Beginning,
  metadata: GroupMetadata,
  isComplete: boolean,
): Promise<void> {
  const at = formatDateTime(metadata.createdAt);
  await tx
    .insertInto(GROUPS)
    .values({
      name: metadata.name,
      version: metadata.version,
      version_enabled: metadata.versionEnabled ? 1 : 0,
      feature_group_type: metadata.featureGroupType,
      feature_group: JSON.stringify(metadata.featureGroup),
      entity_name: metadata.featureGroup.entityName,
      state: metadata.state,
      owner: metadata.owner,
      tags: JSON.stringify(metadata.tags),
      description: metadata.description,
      tenant_config: JSON.stringify(metadata.tenant),
      created_at: at,
      updated_at: at,
      provisioning: isComplete ? "READY" : "PENDING",
      provisioning_attempt: 1,
      provisioning_until_ms: hold.untilMs,
    })
    .execute();
  if (!isComplete) return;
  await insertGroupParts(tx, metadata, locks ? "mysql" : "embedded");
  await raiseVersion(tx, metadata, at);
}
