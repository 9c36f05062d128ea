import {
  activeFeatures,
  findEntity,
  findGroup,
  type ModelFeature,
  type ModelGroup,
  type ModelSchema,
} from "./model-schema.ts";
import { type FeatureValue, type ModelType, modelType, narrowerTypes } from "./model-type.ts";

export interface AskedGroup {
  readonly label: string;
  /** In reads with `@DataType…` where a narrower type is asked for. */
  readonly features: readonly string[];
}

export interface ModelRead {
  readonly entity: string;
  readonly keysSchema: readonly string[];
  readonly groups: readonly AskedGroup[];
  readonly keys: readonly (readonly string[])[];
}

export interface ModelWrite {
  readonly entity: string;
  readonly keysSchema: readonly string[];
  readonly groups: readonly AskedGroup[];
  readonly rows: readonly ModelWriteRow[];
}

export interface ModelWriteRow {
  readonly key: readonly string[];
  /** By group, then by feature, as asked. */
  readonly values: readonly (readonly FeatureValue[])[];
}

/** How a request is refused. */
export type RefusalCode = "INVALID_ARGUMENT" | "NOT_FOUND";

/** One column of an answer. */
export interface ModelColumn {
  readonly group: ModelGroup;
  readonly feature: ModelFeature;
  /** What the value is converted to. */
  readonly type: ModelType;
}

/** Splits `label@DataTypeX`; anything else is a label as a whole. */
export function splitLabel(text: string): { label: string; typeName: string | undefined } {
  const [label = "", typeName = "", ...rest] = text.split("@");
  if (typeName === "" || rest.length > 0) return { label: text, typeName: undefined };
  return { label, typeName };
}

/** The columns of a read in order, or the codes with which it may be refused. */
export function columnsOf(
  schema: ModelSchema,
  read: ModelRead,
): { columns: readonly ModelColumn[]; refusals: ReadonlySet<RefusalCode> } {
  const columns: ModelColumn[] = [];
  const refusals = keyRefusals(schema, read, read.keys);
  const entity = findEntity(schema, read.entity);
  for (const { label, features } of entity === undefined ? [] : read.groups) {
    const group = entity === undefined ? undefined : findGroup(entity, label);
    if (group === undefined) {
      refusals.add("NOT_FOUND");
      continue;
    }
    for (const text of features) {
      const column = columnOf(group, text);
      if (column === undefined) refusals.add("INVALID_ARGUMENT");
      else columns.push(column);
    }
  }
  return { columns, refusals };
}

function columnOf(group: ModelGroup, text: string): ModelColumn | undefined {
  const { label, typeName } = splitLabel(text);
  const feature = activeFeatures(group).find((candidate) => candidate.label === label);
  if (feature === undefined) return undefined;
  if (typeName === undefined) return { group, feature, type: group.type };
  const type = narrowerTypes(group.type).find(({ name }) => `DataType${name}` === typeName);
  return type === undefined ? undefined : { group, feature, type: modelType(type.name) };
}

/** The codes with which a write of valid values may be refused: names and keys are checked, values are not. */
export function writeRefusals(schema: ModelSchema, write: ModelWrite): ReadonlySet<RefusalCode> {
  const keys = write.rows.map(({ key }) => key);
  const refusals = keyRefusals(schema, write, keys);
  if (keys.some((key) => key.includes(""))) refusals.add("INVALID_ARGUMENT");
  const entity = findEntity(schema, write.entity);
  if (entity === undefined) return refusals;
  for (const { label, features } of write.groups) {
    const group = findGroup(entity, label);
    if (group === undefined) refusals.add("NOT_FOUND");
    else if (!areDistinctFeatures(group, features)) refusals.add("INVALID_ARGUMENT");
  }
  if (new Set(write.groups.map(({ label }) => label)).size < write.groups.length) {
    refusals.add("INVALID_ARGUMENT");
  }
  return refusals;
}

function areDistinctFeatures(group: ModelGroup, features: readonly string[]): boolean {
  const known = new Set(activeFeatures(group).map(({ label }) => label));
  return new Set(features).size === features.length && features.every((label) => known.has(label));
}

function keyRefusals(
  schema: ModelSchema,
  request: { readonly entity: string; readonly keysSchema: readonly string[] },
  keys: readonly (readonly string[])[],
): Set<RefusalCode> {
  const entity = findEntity(schema, request.entity);
  if (entity === undefined) return new Set(["NOT_FOUND"]);
  const names = request.keysSchema.toSorted().join("\n");
  const isFine =
    names === entity.keys.toSorted().join("\n") &&
    keys.every((key) => key.length === entity.keys.length) &&
    (entity.keys.length === 1 || !keys.some((key) => key.some((value) => value.includes("|"))));
  return new Set(isFine ? [] : ["INVALID_ARGUMENT"]);
}
