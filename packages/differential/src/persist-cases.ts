import { integerRange } from "@ofs/codec";
import type { persist } from "@ofs/proto";
import type { PersistCase, Trait } from "./cases.ts";
import type { EntityModel, FeatureModel, GroupModel } from "./entity-model.ts";
import type { KeyPool } from "./key-pool.ts";
import type { Random } from "./random.ts";
import { randomElements, toInteger, toValues } from "./values.ts";

const ROWS_MAX = 5;

/** A write under construction. */
interface Draft {
  readonly entity: EntityModel;
  entityLabel: string;
  groups: { readonly model: GroupModel; label: string; featureLabels: string[] }[];
  keysSchema: string[];
  rows: { keyValues: string[]; featureValues: persist.IFeatureValues[] }[];
  readonly traits: Set<Trait>;
}

/** @returns false where the write has nothing to which it could be done */
type Oddity = (draft: Draft) => boolean;

const ODDITIES = {
  "unknown-entity": (draft) => {
    draft.entityLabel = "no-such-entity";
    return true;
  },
  "unknown-group": (draft) => rename(draft, "no-such-group"),
  "unknown-label": (draft) => renameLabel(draft, "no-such-feature"),
  "repeated-label": ({ groups }) => {
    const [group] = groups;
    if (group === undefined || group.featureLabels.length < 2) return false;
    group.featureLabels[1] = group.featureLabels[0] as string;
    return true;
  },
  "repeated-group": (draft) => {
    const [group] = draft.groups;
    if (group === undefined) return false;
    draft.groups.push({ ...group });
    for (const row of draft.rows) row.featureValues.push(row.featureValues[0] ?? {});
    return true;
  },
  "too-few-values": (draft) => changeFirstList(draft, (list) => list.slice(1)),
  "too-many-values": (draft) => changeFirstList(draft, (list) => [...list, list[0]]),
  "no-values": (draft) => setFirst(draft, { values: {} }),
  "no-values-message": (draft) => setFirst(draft, {}),
  "other-container": (draft) => {
    const [group] = draft.groups;
    const values = draft.rows[0]?.featureValues[0]?.values;
    if (group?.model.dataType.name !== "DataTypeFP32" || !values?.fp32Values) return false;
    return setFirst(draft, { values: { fp64Values: values.fp32Values } });
  },
  "missing-group-values": ({ rows }) => rows[0]?.featureValues.pop() !== undefined,
  "out-of-range": (draft) => setElements(draft, "int", ({ dataType }) => outOfRange(dataType)),
  "text-too-long": (draft) =>
    setElements(draft, "string", (_, { stringLength }) => "x".repeat(stringLength + 1)),
  "vector-too-long": (draft) => {
    const vector = draft.rows[0]?.featureValues[0]?.values?.vector?.[0];
    if (draft.groups[0]?.model.dataType.isVector !== true || !vector?.values) return false;
    for (const list of Object.values(vector.values)) if (Array.isArray(list)) list.push(list[0]);
    return true;
  },
  "empty-key-value": ({ rows }) => setKey(rows, (values) => ["", ...values.slice(1)]),
  "separator-in-key": ({ rows }) => setKey(rows, (values) => values.map((value) => `${value}|b`)),
  "too-few-columns": ({ rows }) => setKey(rows, (values) => values.slice(1)),
  "too-many-columns": ({ rows }) => setKey(rows, (values) => [...values, "more"]),
  "wrong-key-name": (draft) => {
    draft.keysSchema[0] = "no-such-key";
    return true;
  },
  "no-rows": (draft) => {
    draft.rows = [];
    return true;
  },
} satisfies Readonly<Partial<Record<Trait, Oddity>>>;

const ODD_TRAITS = Object.keys(ODDITIES) as (keyof typeof ODDITIES)[];

/** Legal ones, whose rows are marked so that reads of them can be told from others. */
const LEGAL: readonly Trait[] = ["partial", "reordered-labels", "repeated-key"];

/** Rows for some keys with all groups and features. */
export function fullWrite(
  entity: EntityModel,
  keys: readonly (readonly string[])[],
  random: Random,
): PersistCase {
  return toCase(draftOf(entity, entity.groups, keys, random));
}

/** A random write: half of them are ordinary ones. */
export function persistCase(
  entities: readonly EntityModel[],
  pool: KeyPool,
  random: Random,
): PersistCase {
  const entity = random.pick(entities);
  const keys = Array.from({ length: random.integer(1, ROWS_MAX) }, () =>
    pool.forWrite(entity, random),
  );
  const names = new Set<string>();
  const distinct = keys.filter((key) => !names.has(key.join("/")) && names.add(key.join("/")));
  const legal = random.chance(0.3) ? random.pick(LEGAL) : undefined;
  const rows = legal === "repeated-key" ? [...distinct, ...distinct.slice(0, 1)] : distinct;
  const groups = random.some(entity.groups, 1, 4);
  const draft = draftOf(entity, groups, rows, random, legal);
  if (legal !== undefined) draft.traits.add(legal);
  if (legal === undefined && random.chance(0.4)) {
    const trait = random.pick(ODD_TRAITS);
    if (ODDITIES[trait](draft)) draft.traits.add(trait);
  }
  return toCase(draft);
}

function draftOf(
  entity: EntityModel,
  groups: readonly GroupModel[],
  keys: readonly (readonly string[])[],
  random: Random,
  legal?: Trait,
): Draft {
  const featuresOf = (group: GroupModel): readonly FeatureModel[] => {
    if (legal === "partial") return random.some(group.features, 1, group.features.length - 1);
    return legal === "reordered-labels" ? random.shuffled(group.features) : group.features;
  };
  const chosen = groups.map((model) => ({ model, features: featuresOf(model) }));
  return {
    entity,
    entityLabel: entity.label,
    groups: chosen.map(({ model, features }) => ({
      model,
      label: model.label,
      featureLabels: features.map(({ label }) => label),
    })),
    keysSchema: [...entity.keyLabels],
    rows: keys.map((key) => ({
      keyValues: [...key],
      featureValues: chosen.map(({ model, features }) => ({
        values: toValues(model.dataType, randomElements(model, features, random)),
      })),
    })),
    traits: new Set(),
  };
}

function rename({ groups }: Draft, label: string): boolean {
  const [group] = groups;
  if (group !== undefined) group.label = label;
  return group !== undefined;
}

function renameLabel({ groups }: Draft, label: string): boolean {
  const [group] = groups;
  if (group !== undefined) group.featureLabels[0] = label;
  return group !== undefined;
}

function setFirst({ rows }: Draft, values: persist.IFeatureValues): boolean {
  const [row] = rows;
  if (row !== undefined) row.featureValues[0] = values;
  return row !== undefined;
}

function changeFirstList(draft: Draft, change: (list: unknown[]) => unknown[]): boolean {
  const values = draft.rows[0]?.featureValues[0]?.values;
  const [entry] = Object.entries(values ?? {});
  if (entry === undefined || !Array.isArray(entry[1])) return false;
  return setFirst(draft, { values: { [entry[0]]: change(entry[1]) } });
}

/** Gives the first scalar of a kind another value. */
function setElements(
  draft: Draft,
  kind: "int" | "string",
  newValue: (group: GroupModel, feature: FeatureModel) => unknown,
): boolean {
  const [group] = draft.groups;
  const feature = group?.model.features.find(({ label }) => label === group.featureLabels[0]);
  if (group?.model.dataType.kind !== kind || feature === undefined) return false;
  const value = newValue(group.model, feature);
  if (group.model.dataType.isVector || value === undefined) return false;
  return changeFirstList(draft, (list) => [value, ...list.slice(1)]);
}

/** @returns undefined for types whose container holds nothing more */
function outOfRange(type: GroupModel["dataType"]): unknown {
  return type.unitSizeBytes >= 4 ? undefined : toInteger(type, integerRange(type).max + 1n);
}

function setKey(rows: Draft["rows"], change: (values: string[]) => string[]): boolean {
  const [row] = rows;
  if (row !== undefined) row.keyValues = change(row.keyValues);
  return row !== undefined;
}

function toCase({ entity, entityLabel, groups, keysSchema, rows, traits }: Draft): PersistCase {
  return {
    kind: "persist",
    method: "PersistFeatures",
    traits,
    headers: {},
    entity,
    query: {
      entityLabel,
      keysSchema,
      featureGroupSchema: groups.map(({ label, featureLabels }) => ({ label, featureLabels })),
      data: rows,
    },
  };
}
