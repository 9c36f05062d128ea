import { DATA_TYPES, isQuantizable } from "@ofs/codec";
import type { Case, MethodName, RetrieveCase, Trait } from "./cases.ts";
import type { EntityModel, GroupModel } from "./entity-model.ts";
import type { KeyPool, PickedKey } from "./key-pool.ts";
import type { Random } from "./random.ts";

const KEYS_MAX = 20;

/** A request under construction. */
interface Draft {
  entity: EntityModel;
  entityLabel: string;
  groups: { label: string; featureLabels: string[] }[];
  keysSchema: string[];
  keys: PickedKey[];
  readonly traits: Set<Trait>;
}

type Oddity = (draft: Draft, random: Random) => void;

/** By trait: what is unusual about one request in four. */
const ODDITIES = {
  "unknown-entity": (draft) => {
    draft.entityLabel = "no-such-entity";
  },
  "empty-entity": (draft) => {
    draft.entityLabel = "";
  },
  "unknown-group": (draft) => {
    draft.groups.push({ label: "no-such-group", featureLabels: ["a"] });
  },
  "unknown-label": (draft, random) => {
    random.pick(draft.groups).featureLabels.push("no-such-feature");
  },
  "unknown-quantisation": (draft, random) => {
    addLabel(draft, random, (label) => `${label}@DataTypeFP128`);
  },
  "impossible-quantisation": (draft, random) => {
    addLabel(draft, random, (label, group) => `${label}@${group.dataType.name}`);
  },
  "odd-suffix": (draft, random) => {
    addLabel(draft, random, (label) => random.pick([`${label}@`, `${label}@a@b`, `@${label}`]));
  },
  "repeated-label": (draft, random) => {
    const group = random.pick(draft.groups);
    group.featureLabels.push(baseOf(random.pick(group.featureLabels)));
  },
  "repeated-group": (draft, random) => {
    const { label, featureLabels } = random.pick(draft.groups);
    draft.groups.push({ label, featureLabels: [...featureLabels] });
  },
  "no-labels": (draft, random) => {
    random.pick(draft.groups).featureLabels = [];
  },
  "no-groups": (draft) => {
    draft.groups = [];
  },
  "no-keys": (draft) => {
    draft.keys = [];
  },
  "repeated-key": (draft, random) => {
    draft.keys.push(random.pick(draft.keys));
  },
  "too-few-columns": (draft, random) => {
    const values = random.pick(draft.keys).values.slice(1);
    draft.keys.push({ values, traits: new Set() });
  },
  "too-many-columns": (draft, random) => {
    draft.keys.push({ values: [...random.pick(draft.keys).values, "more"], traits: new Set() });
  },
  "empty-key-value": (draft) => {
    draft.keys.push({ values: draft.entity.keyLabels.map(() => ""), traits: new Set() });
  },
  "separator-in-key": (draft, random) => {
    const values = random.pick(draft.keys).values.map((value) => `${value}|b`);
    draft.keys.push({ values, traits: new Set() });
  },
  "wrong-key-name": (draft) => {
    draft.keysSchema[0] = "no-such-key";
  },
  "missing-key-name": (draft) => {
    draft.keysSchema = draft.keysSchema.slice(1);
    draft.keys = draft.keys.map(({ values }) => ({ values: values.slice(1), traits: new Set() }));
  },
  "reordered-keys": (draft) => {
    draft.keysSchema.reverse();
    draft.keys = draft.keys.map((key) => ({ ...key, values: key.values.toReversed() }));
  },
} satisfies Readonly<Partial<Record<Trait, Oddity>>>;

const ODD_TRAITS = Object.keys(ODDITIES) as (keyof typeof ODDITIES)[];

/** A random read: three of four are ordinary ones. */
export function retrieveCase(
  entities: readonly EntityModel[],
  pool: KeyPool,
  random: Random,
): RetrieveCase {
  const draft = ordinaryDraft(entities, pool, random);
  if (random.chance(0.25)) {
    const trait = random.pick(ODD_TRAITS);
    ODDITIES[trait](draft, random);
    draft.traits.add(trait);
  }
  const method: MethodName = random.chance(0.5) ? "RetrieveFeatures" : "RetrieveDecodedResult";
  return toCase(method, draft);
}

function ordinaryDraft(entities: readonly EntityModel[], pool: KeyPool, random: Random): Draft {
  const entity = random.pick(entities);
  const traits = new Set<Trait>();
  const groups = random.some(entity.groups, 1, 4).map((group) => ({
    label: group.label,
    featureLabels: random
      .some(group.features, 1, 6)
      .map(({ label }) => maybeQuantised(label, group, traits, random)),
  }));
  const keys = Array.from({ length: random.integer(1, KEYS_MAX) }, () =>
    random.chance(0.8) ? pool.known(entity, random) : pool.absent(entity, random),
  );
  const keysSchema = [...entity.keyLabels];
  return { entity, entityLabel: entity.label, groups, keysSchema, keys, traits };
}

function maybeQuantised(
  label: string,
  { dataType }: GroupModel,
  traits: Set<Trait>,
  random: Random,
): string {
  const targets = DATA_TYPES.filter((target) => isQuantizable(dataType, target));
  if (targets.length === 0 || random.chance(0.7)) return label;
  traits.add("quantised");
  return `${label}@${random.pick(targets).name}`;
}

function addLabel(
  draft: Draft,
  random: Random,
  change: (label: string, group: GroupModel) => string,
): void {
  const asked = random.pick(draft.groups);
  const group = draft.entity.groups.find(({ label }) => label === asked.label) as GroupModel;
  asked.featureLabels.push(change(random.pick(group.features).label, group));
}

function baseOf(label: string): string {
  return label.split("@")[0] as string;
}

function toCase(method: MethodName, draft: Draft): RetrieveCase {
  return {
    kind: "retrieve",
    method,
    traits: draft.traits,
    headers: {},
    entity: draft.entity,
    query: {
      entityLabel: draft.entityLabel,
      featureGroups: draft.groups,
      keysSchema: draft.keysSchema,
      keys: draft.keys.map(({ values }) => ({ cols: [...values] })),
    },
    rowTraits: draft.keys.map(({ traits }) => traits),
  };
}

/** Any request, with something wrong about the call itself. */
export function callCase(base: Case, random: Random): Case {
  const trait = random.pick(["no-caller", "no-token", "wrong-token", "undecodable"] as const);
  const traits = new Set([...base.traits, trait]);
  if (trait === "no-caller") return { ...base, traits, headers: { callerId: undefined } };
  if (trait === "no-token") return { ...base, traits, headers: { token: undefined } };
  if (trait === "wrong-token") return { ...base, traits, headers: { token: "not the token" } };
  const { method, headers, entity } = base;
  const bytes = Buffer.from(random.pick(["0aff", "ffffffff", "0a05616263", "1a020aff"]), "hex");
  return { kind: "raw", method, headers, entity, traits: new Set<Trait>([trait]), bytes };
}
