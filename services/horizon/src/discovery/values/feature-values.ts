import { CodecError, type DataType } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import { formatDefault } from "../../changes/default-text.ts";
import type { Catalog, CatalogEntity, CatalogFeature, CatalogGroup } from "../catalog/model.ts";
import { activeVersionOf } from "../catalog/read-group.ts";
import { recordOf } from "../views/discovery-shapes.ts";

/** Keys looked up at once, and features of each. */
export const KEY_COUNT_MAX = 100;
export const FEATURE_COUNT_MAX = 2_000;

/** One key, its parts by name. */
export type KeyParts = Readonly<Record<string, string>>;

export interface ValueRequest {
  readonly entity: string;
  readonly keys: readonly KeyParts[];
  /** Feature labels by group label; an empty list = all features of the group's active version. */
  readonly features: Readonly<Record<string, readonly string[]>>;
}

/** What the data plane knows of one group of a key, beside its values. */
export interface GroupState {
  readonly group: string;
  /** Such as `stored`, `absent` or `expired`. */
  readonly presence: string;
  /** Of the stored values. */
  readonly schemaVersion: number;
  /** Unix seconds; undefined = never, or nothing is stored. */
  readonly expiresAtSeconds: number | undefined;
}

/** Why something is not known. */
export interface Unknown {
  readonly error: string;
}

interface ReadRow {
  readonly columns: readonly Uint8Array[];
  /** By group; undefined where the data plane is too old to tell. */
  readonly groups?: readonly GroupState[] | Unknown | undefined;
}

/** Reads feature values as the data plane serves them, in the order of the keys and of the features. */
export interface ValueReader {
  /** @throws {FeatureStoreError} */
  read(request: ValueRequest): Promise<readonly (ReadRow | Unknown)[]>;
}

export interface ShownValue {
  readonly "feature-group-label": string;
  readonly "feature-label": string;
  readonly "data-type": string;
  readonly value: string | null;
  readonly "size-in-bytes": number;
  readonly "equals-default": boolean;
}

/** Null: not known. */
export interface ShownGroup {
  readonly "feature-group-label": string;
  readonly presence: string | null;
  readonly "schema-version": number | null;
  /** Unix seconds; null: never, nothing is stored, or not known. */
  readonly "expires-at": number | null;
}

export interface ShownValues {
  readonly "entity-label": string;
  readonly "feature-group-labels": string[];
  readonly rows: {
    readonly keys: Record<string, string>;
    readonly error: string | null;
    /** Why nothing is known of the groups; null: something is, or the data plane is too old to tell. */
    readonly "groups-error": string | null;
    readonly groups: ShownGroup[];
    readonly values: ShownValue[];
  }[];
}

interface Asked {
  readonly group: CatalogGroup;
  readonly dataType: DataType;
  readonly feature: CatalogFeature;
}

/**
 * Looks up keys and shows what is served for them.
 *
 * @throws {FeatureStoreError} NOT_FOUND, INVALID_ARGUMENT naming the entity, group, feature or key; whatever `reader` throws
 */
export async function lookUpValues(
  catalog: Catalog,
  request: ValueRequest,
  reader: ValueReader,
): Promise<ShownValues> {
  const entity = catalog.entities.get(request.entity);
  if (entity === undefined) throw notFound(`there is no entity ${JSON.stringify(request.entity)}`);
  for (const [index, key] of request.keys.entries()) assertKey(entity, key, index);
  const asked = resolveFeatures(entity, request.features);
  const features: Record<string, string[]> = recordOf([]);
  for (const { group, feature } of asked) {
    features[group.label] = [...(features[group.label] ?? []), feature.label];
  }
  const rows = await reader.read({ ...request, features });
  return {
    "entity-label": entity.label,
    "feature-group-labels": Object.keys(features),
    rows: request.keys.map((keys, index) => ({
      keys: { ...keys },
      ...shownRow(asked, Object.keys(features), rows[index]),
    })),
  };
}

function shownRow(
  asked: readonly Asked[],
  labels: readonly string[],
  row: ReadRow | Unknown = { error: "no answer" },
): Omit<ShownValues["rows"][number], "keys"> {
  if ("error" in row) return { error: row.error, "groups-error": null, groups: [], values: [] };
  const { columns, groups = [] } = row;
  const [groupsError, states] = "error" in groups ? [groups.error, []] : [null, groups];
  return {
    error: null,
    "groups-error": groupsError,
    groups: labels.map((label) => shownGroup(label, states)),
    values: asked.map((each, column) => shownValue(each, columns[column])),
  };
}

function resolveFeatures(entity: CatalogEntity, selection: ValueRequest["features"]): Asked[] {
  const asked = Object.entries(selection).flatMap(([groupLabel, labels]) => {
    const group = entity.groups.get(groupLabel);
    if (group === undefined) {
      throw notFound(`entity ${entity.label} has no feature group ${JSON.stringify(groupLabel)}`);
    }
    const { dataType } = group;
    if (dataType === undefined) {
      const message = `data type ${JSON.stringify(group.dataTypeName)} of group ${groupLabel} is not known`;
      throw new FeatureStoreError("FAILED_PRECONDITION", message);
    }
    const all = activeVersionOf(group)?.features ?? [];
    const byLabel = new Map(all.map((feature) => [feature.label, feature]));
    const wanted = labels.length === 0 ? [...byLabel.keys()] : [...new Set(labels)];
    return wanted.map((label) => {
      const feature = byLabel.get(label);
      if (feature !== undefined) return { group, dataType, feature };
      throw notFound(`group ${entity.label}/${groupLabel} has no feature ${JSON.stringify(label)}`);
    });
  });
  if (asked.length > 0 && asked.length <= FEATURE_COUNT_MAX) return asked;
  const message = `features: ${asked.length} are not from 1 to ${FEATURE_COUNT_MAX}`;
  throw new FeatureStoreError("INVALID_ARGUMENT", message);
}

function assertKey(entity: CatalogEntity, key: KeyParts, index: number): void {
  const names = entity.keys.map(({ label }) => label);
  const isWhole =
    Object.keys(key).length === names.length && names.every((name) => Object.hasOwn(key, name));
  if (isWhole) return;
  const message = `keys.${index}: ${JSON.stringify(Object.keys(key))} are not the keys of entity ${entity.label}: ${names.join(", ")}`;
  throw new FeatureStoreError("INVALID_ARGUMENT", message);
}

function shownGroup(label: string, states: readonly GroupState[]): ShownGroup {
  const state = states.find(({ group }) => group === label);
  const isStored = state?.presence === "stored";
  return {
    "feature-group-label": label,
    presence: state?.presence ?? null,
    "schema-version": isStored ? state.schemaVersion : null,
    "expires-at": state?.expiresAtSeconds ?? null,
  };
}

function shownValue(
  { group, dataType, feature }: Asked,
  bytes: Uint8Array | undefined,
): ShownValue {
  const { defaultBytes } = feature;
  const isDefault =
    bytes !== undefined && defaultBytes !== undefined && Buffer.compare(bytes, defaultBytes) === 0;
  return {
    "feature-group-label": group.label,
    "feature-label": feature.label,
    "data-type": group.dataTypeName,
    value: bytes === undefined ? null : textOf(dataType, bytes, feature.vectorLength),
    "size-in-bytes": bytes?.length ?? 0,
    "equals-default": isDefault,
  };
}

/** @returns null if the bytes are no value: of an older version with another length, for example */
function textOf(dataType: DataType, bytes: Uint8Array, vectorLength: number): string | null {
  try {
    return formatDefault(dataType, bytes, vectorLength);
  } catch (error) {
    if (error instanceof CodecError) return null;
    throw error;
  }
}

function notFound(message: string): FeatureStoreError {
  return new FeatureStoreError("NOT_FOUND", message);
}
