import { type DataType, dataTypeByName } from "@ofs/codec";
import { ofs } from "@ofs/proto";
import { invalid, OfsClientError } from "./errors.ts";

/** An entity as its servers see it now. */
export interface EntityDescription {
  readonly label: string;
  /** Names of the keys, in the registry's order. */
  readonly keyLabels: readonly string[];
  readonly groups: readonly GroupDescription[];
  /** Why something of the entity is not served. */
  readonly faults: readonly SchemaFault[];
}

export interface GroupDescription {
  readonly label: string;
  readonly id: number;
  /** For example `DataTypeFP32Vector`. */
  readonly dataType: string;
  /** 0 = for ever. */
  readonly ttlSeconds: number;
  readonly activeVersion: number;
  readonly storeId: string;
  /** In the order of a block. */
  readonly features: readonly FeatureDescription[];
  readonly isProcessCached: boolean;
  readonly isDistributedCached: boolean;
}

export interface FeatureDescription {
  readonly label: string;
  /** Exact element count; 1 for scalar types. */
  readonly vectorLength: number;
  /** Largest size of one string in UTF-8 bytes; 0 for other types. */
  readonly stringLength: number;
  /** As in a raw row. */
  readonly defaultValue: Uint8Array;
}

export interface SchemaFault {
  readonly path: string;
  readonly reason: string;
}

export interface DescribeResult {
  /** Grows with each change of the registry. */
  readonly registryRevision: number;
  readonly entities: readonly EntityDescription[];
}

/** An entity ready for looking things up. */
export interface EntitySchema {
  readonly revision: number;
  readonly label: string;
  readonly keyLabels: readonly string[];
  readonly groups: ReadonlyMap<string, GroupSchema>;
  readonly faults: readonly SchemaFault[];
}

export interface GroupSchema {
  readonly label: string;
  readonly dataType: DataType;
  /** By label, in the order of a block. */
  readonly features: ReadonlyMap<string, FeatureDescription>;
}

export function encodeDescribeRequest(entityLabels: readonly string[]): Uint8Array {
  return ofs.v1.DescribeRequest.encode({ entityLabels: [...entityLabels] }).finish();
}

/** @throws {Error} if the bytes are no `ofs.v1.DescribeResult` */
export function decodeDescribeResult(bytes: Uint8Array): DescribeResult {
  const result = ofs.v1.DescribeResult.decode(bytes);
  return {
    registryRevision: result.registryRevision.toNumber(),
    entities: result.entities.map((entity) => toEntity(new ofs.v1.EntitySchema(entity))),
  };
}

function toEntity(entity: ofs.v1.EntitySchema): EntityDescription {
  return {
    label: entity.label,
    keyLabels: entity.keyLabels,
    groups: entity.groups.map((group) => toGroup(new ofs.v1.GroupSchema(group))),
    faults: entity.faults.map(({ path, reason }) => ({ path: path ?? "", reason: reason ?? "" })),
  };
}

function toGroup(group: ofs.v1.GroupSchema): GroupDescription {
  return {
    label: group.label,
    id: group.id,
    dataType: group.dataType,
    ttlSeconds: group.ttlSeconds.toNumber(),
    activeVersion: group.activeVersion,
    storeId: group.storeId,
    features: group.features.map((feature) => toFeature(new ofs.v1.FeatureSchema(feature))),
    isProcessCached: group.processCached,
    isDistributedCached: group.distributedCached,
  };
}

function toFeature(feature: ofs.v1.FeatureSchema): FeatureDescription {
  const { label, vectorLength, stringLength, defaultValue } = feature;
  return { label, vectorLength, stringLength, defaultValue };
}

export function compileSchema(entity: EntityDescription, revision: number): EntitySchema {
  const { label, keyLabels } = entity;
  const faults = [...entity.faults];
  const groups = new Map<string, GroupSchema>();
  for (const group of entity.groups) {
    const dataType = dataTypeByName(group.dataType);
    if (dataType === undefined) {
      const reason = `data type ${group.dataType} is unknown to this client`;
      faults.push({ path: `${groupPath(label, group.label)}/data-type`, reason });
    } else {
      const features = new Map(group.features.map((feature) => [feature.label, feature]));
      groups.set(group.label, { label: group.label, dataType, features });
    }
  }
  return { revision, label, keyLabels, groups, faults };
}

/** @throws {OfsClientError} NOT_FOUND; FAILED_PRECONDITION with the reason if it exists but is not served */
export function requireGroup(schema: EntitySchema, label: string): GroupSchema {
  const group = schema.groups.get(label);
  if (group !== undefined) return group;
  const path = groupPath(schema.label, label);
  const fault = schema.faults.find(
    (each) => each.path === path || each.path.startsWith(`${path}/`),
  );
  if (fault === undefined) {
    throw new OfsClientError(
      "NOT_FOUND",
      `entity ${schema.label} has no feature group ${label}; it has ${list(schema.groups.keys())}`,
    );
  }
  throw new OfsClientError(
    "FAILED_PRECONDITION",
    `feature group ${label} of entity ${schema.label} is not served: ${fault.reason}`,
  );
}

/** @throws {OfsClientError} INVALID_ARGUMENT */
export function requireFeature(group: GroupSchema, label: string): FeatureDescription {
  const feature = group.features.get(label);
  if (feature !== undefined) return feature;
  throw invalid(
    `feature group ${group.label} has no feature ${label}; it has ${list(group.features.keys())}`,
  );
}

function groupPath(entityLabel: string, groupLabel: string): string {
  return `entities/${entityLabel}/feature-groups/${groupLabel}`;
}

/** Names in an error's text; a long list is cut. */
const LISTED_NAMES_MAX = 20;

function list(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, LISTED_NAMES_MAX).join(", ");
  if (all.length === 0) return "none";
  return all.length > LISTED_NAMES_MAX
    ? `${shown} and ${all.length - LISTED_NAMES_MAX} more`
    : shown;
}
