import {
  DEFAULT_TENANT,
  type EntityMetadata,
  foldName,
  isEntityName,
  parseEntityRequest,
  parseJson,
  TTL_SECONDS_MAX,
} from "@ofs/rows";
import { Problems } from "../../changes/problems.ts";
import { assertStorable } from "../creation/storable.ts";
import type { Metastore } from "../metastore/metastore.ts";
import { type ColumnStorage, entityColumns } from "./column-storage.ts";
import type { EntityDraft } from "./creation-body.ts";
import { checkAgain, checkColumns, checkOwner, shown } from "./creation-problems.ts";

const REQUEST_CODE = "ENTITY-REGISTRATION-REQUEST-EXCEPTION";

/** What a creation would make. */
export interface CreationPlan {
  readonly table: string;
  /** undefined: it is an entity. */
  readonly version: string | undefined;
  /** Tenants whose clusters get it. */
  readonly tenants: readonly string[];
  readonly columns: readonly ColumnStorage[];
}

export interface CheckedCreation {
  readonly problems: Problems;
  /** undefined where there are problems. */
  readonly plan: CreationPlan | undefined;
}

/** A dry run of the creation of an entity. Nothing is held: who sends the creation may still be too late. */
export async function checkEntity(
  metastore: Metastore,
  draft: EntityDraft,
  nowMs: number,
): Promise<CheckedCreation> {
  const problems = new Problems();
  const { tableName, features, ttl } = draft.entity;
  await checkTableName(problems, metastore, tableName);
  checkColumns(problems, "entity.features", features);
  checkKeys(problems, draft);
  if (ttl !== undefined && !(Number.isSafeInteger(ttl) && ttl >= 0 && ttl <= TTL_SECONDS_MAX)) {
    problems.invalid("entity.ttl", `${ttl} must be 0 to ${TTL_SECONDS_MAX} seconds`);
  }
  checkOwner(problems, draft.owner);
  let plan: CreationPlan | undefined;
  const check = (): void => {
    const { entity, owner, tags, description } = parseEntityRequest(
      parseJson(JSON.stringify(draft)),
    );
    const times = { createdAt: nowMs, updatedAt: nowMs };
    const metadata: EntityMetadata = {
      ...{ name: tableName, entity, state: "LIVE", owner, tags, description },
      ...times,
    };
    assertStorable(metadata, entity.features, REQUEST_CODE);
    const columns = entityColumns(entity);
    plan = { table: foldName(tableName), version: undefined, tenants: [DEFAULT_TENANT], columns };
  };
  checkAgain(problems, check, () => "");
  return { problems, plan };
}

async function checkTableName(
  problems: Problems,
  metastore: Metastore,
  name: string,
): Promise<void> {
  const field = "entity.tableName";
  if (name === "") {
    problems.missing(field, "an entity must have a name");
    return;
  }
  if (!isEntityName(name)) {
    const rule = "must be a letter, then letters, digits and _, at most 48";
    problems.invalid(field, `${shown(name)} ${rule}`);
    return;
  }
  const isSame = (other: { readonly name: string }): boolean =>
    foldName(other.name) === foldName(name);
  const known = (await metastore.entities.list()).find(isSame);
  if (known !== undefined) {
    problems.conflict(field, `entity already exists: ${known.name}`);
    return;
  }
  const begun = (await metastore.creations.list()).filter(({ kind }) => kind === "entity");
  const pending = begun.find(isSame);
  if (pending !== undefined) problems.conflict(field, `${pending.name} is being made already`);
}

function checkKeys(problems: Problems, { entity }: EntityDraft): void {
  const field = "entity.primaryKeys";
  const names = new Set(entity.features.map(({ name }) => name));
  if (entity.primaryKeys.length === 0) {
    problems.missing(field, "at least one column must be a primary key");
  }
  for (const [index, key] of entity.primaryKeys.entries()) {
    if (!names.has(key)) problems.invalid(field, `key ${shown(key)} is not among the columns`);
    else if (entity.primaryKeys.indexOf(key) !== index) {
      problems.conflict(field, `key ${shown(key)} is there twice`);
    }
  }
}
