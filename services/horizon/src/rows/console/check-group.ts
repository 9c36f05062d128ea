import {
  checkGroupColumns,
  DEFAULT_TENANTS,
  type EntityMetadata,
  foldName,
  type GroupMetadata,
  isGroupName,
  parseGroupRequest,
  parseJson,
  parseVersion,
  planVersion,
  type RowErrorCode,
} from "@ofs/rows";
import { Problems } from "../../changes/problems.ts";
import { assertStorable } from "../creation/storable.ts";
import type { Metastore } from "../metastore/metastore.ts";
import { clustersOf } from "../tenants/entity-tables.ts";
import type { CheckedCreation, CreationPlan } from "./check-entity.ts";
import { entityColumns, groupColumns } from "./column-storage.ts";
import type { GroupDraft } from "./creation-body.ts";
import { checkAgain, checkColumns, checkOwner, shown } from "./creation-problems.ts";

const REQUEST_CODE = "FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION";
const NAME_FIELD = "featureGroup.featureGroupName";
const COLUMNS_FIELD = "featureGroup.features";

/** Where failures of the creation's own check belong. */
const FIELDS: Partial<Readonly<Record<RowErrorCode, string>>> = {
  "FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION": COLUMNS_FIELD,
  "FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION": NAME_FIELD,
  "VERSIONING-DISABLED-EXCEPTION": NAME_FIELD,
};

interface Near {
  readonly entity: EntityMetadata | undefined;
  /** All versions of the group itself, oldest first. */
  readonly versions: readonly GroupMetadata[];
  /** Of the same entity, the group itself among them. */
  readonly groups: readonly GroupMetadata[];
}

/**
 * A dry run of the creation of a feature group, or of a further version. Nothing is held: who sends the creation may still
 * be too late.
 */
export async function checkGroup(
  metastore: Metastore,
  draft: GroupDraft,
  { isUpgrade, nowMs }: { readonly isUpgrade: boolean; readonly nowMs: number },
): Promise<CheckedCreation> {
  const problems = new Problems();
  const near = await lookAround(metastore, draft);
  checkName(problems, draft, near, isUpgrade);
  checkEntityOf(problems, draft, near);
  checkColumns(problems, COLUMNS_FIELD, draft.featureGroup.features);
  checkOwnNames(problems, draft, near);
  checkOwner(problems, draft.owner);
  let plan: CreationPlan | undefined;
  const check = (): void => {
    plan = planGroup(draft, near, { isUpgrade, nowMs });
  };
  checkAgain(problems, check, (code) => FIELDS[code] ?? "");
  return { problems, plan };
}

async function lookAround(metastore: Metastore, { featureGroup }: GroupDraft): Promise<Near> {
  const { entityName, featureGroupName } = featureGroup;
  const [entity, all] = await Promise.all([
    entityName === "" ? undefined : metastore.entities.find(entityName),
    metastore.groups.list(),
  ]);
  const number = ({ version }: GroupMetadata): number => parseVersion(version) ?? 0;
  return {
    entity,
    groups: all.filter((each) => each.featureGroup.entityName === entityName),
    versions: all
      .filter(({ name }) => foldName(name) === foldName(featureGroupName))
      .sort((a, b) => number(a) - number(b)),
  };
}

function checkName(
  problems: Problems,
  { featureGroup }: GroupDraft,
  { versions }: Near,
  isUpgrade: boolean,
): void {
  const { featureGroupName: name } = featureGroup;
  const latest = versions.at(-1);
  if (name === "") {
    problems.missing(NAME_FIELD, "a feature group must have a name");
    return;
  }
  if (!isGroupName(name)) {
    const rule = "must be a letter, then letters, digits and _, at most 200";
    problems.invalid(NAME_FIELD, `${shown(name)} ${rule}`);
    return;
  }
  if (isUpgrade && latest === undefined) {
    problems.invalid(NAME_FIELD, `feature group not found: ${shown(name)}`);
    return;
  }
  if (latest === undefined) return;
  if (!isUpgrade) {
    const place = `${latest.name}, of ${latest.featureGroup.entityName}`;
    problems.conflict(NAME_FIELD, `feature group already exists: ${place}`);
    return;
  }
  if (!latest.versionEnabled) {
    problems.invalid(NAME_FIELD, "versioning disabled for feature group: it was made without");
  }
}

function checkEntityOf(
  problems: Problems,
  { featureGroup }: GroupDraft,
  { entity, versions }: Near,
): void {
  const field = "featureGroup.entityName";
  const { entityName } = featureGroup;
  const latest = versions.at(-1);
  if (entityName === "") {
    problems.missing(field, "a feature group must have an entity");
  } else if (entity === undefined) {
    problems.invalid(field, `entity not found: ${shown(entityName)}`);
  } else if (entity.state === "ARCHIVED") {
    problems.invalid(field, `entity is archived: ${entityName}`);
  } else if (latest !== undefined && latest.featureGroup.entityName !== entityName) {
    problems.conflict(field, `${latest.name} is attached to ${latest.featureGroup.entityName}`);
  }
}

/** Column by column, what {@link checkGroupColumns} says of all at once. */
function checkOwnNames(problems: Problems, { featureGroup }: GroupDraft, { entity }: Near): void {
  const taken = new Map(entity?.entity.features.map(({ name }) => [foldName(name), name]));
  for (const [index, { name }] of featureGroup.features.entries()) {
    const field = `${COLUMNS_FIELD}.${index}.name`;
    if (name.includes("__")) problems.invalid(field, `${shown(name)} must not contain __`);
    const other = taken.get(foldName(name));
    if (other === undefined) continue;
    problems.conflict(field, `the entity has a column ${other} already`);
  }
}

function planGroup(
  draft: GroupDraft,
  { entity, versions, groups }: Near,
  { isUpgrade, nowMs }: { readonly isUpgrade: boolean; readonly nowMs: number },
): CreationPlan | undefined {
  const request = parseGroupRequest(parseJson(JSON.stringify(draft)));
  const latest = versions.at(-1);
  const version = planVersion(latest, isUpgrade);
  if (entity === undefined) return undefined; // told at its field
  const versionEnabled = latest !== undefined || request.featureGroup.versionEnabled;
  const featureGroup = { ...request.featureGroup, versionEnabled };
  const others = groups.filter(({ name }) => name !== featureGroup.featureGroupName);
  checkGroupColumns(featureGroup, version, entity.entity, others);
  const { owner, tags, description } = request;
  const tenant = latest?.tenant ?? DEFAULT_TENANTS;
  const { featureGroupName: name, featureGroupType } = featureGroup;
  const metadata: GroupMetadata = {
    ...{ name, versionEnabled, version, featureGroupType, featureGroup, owner, tags, description },
    ...{ state: "LIVE", tenant, createdAt: nowMs, updatedAt: nowMs },
  };
  assertStorable(metadata, featureGroup.features, REQUEST_CODE);
  return {
    table: foldName(entity.entity.tableName),
    version,
    tenants: [...new Set(clustersOf(tenant))],
    columns: [...entityColumns(entity.entity), ...groupColumns(featureGroup, version)],
  };
}
