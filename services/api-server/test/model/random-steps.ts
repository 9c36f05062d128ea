import type { SeededRandom } from "@ofs/testkit";
import {
  type AskedGroup,
  activeFeatures,
  type ModelEntity,
  type ModelGroup,
  type ModelRead,
  type ModelSchema,
  type ModelWrite,
  narrowerTypes,
} from "@ofs/testkit/model";
import { randomValue } from "./random-values.ts";
import { randomReadFault, randomWriteFault } from "./refusals.ts";
import type { CallStep } from "./steps.ts";

const KEYS_PER_LANE = 30;
/** Those that most writes go to. The others stay in caches: a write keeps a key out of the distributed one for 10 s. */
const HOT_KEYS = 15;
const COLD_WRITE_PROBABILITY = 0.03;
const GROUPS_MAX = 5;

/** Steps of one lane: nobody else touches its keys. */
export class LaneSteps {
  readonly #random: SeededRandom;
  readonly #schema: ModelSchema;
  readonly #prefix: string;

  /** @param prefix of its keys */
  constructor(random: SeededRandom, schema: ModelSchema, prefix: string) {
    this.#random = random;
    this.#schema = schema;
    this.#prefix = prefix;
  }

  next(): CallStep {
    const random = this.#random;
    const choice = random.next();
    if (choice < 0.38) {
      const containerSeed = random.next() < 0.3 ? random.integer(1, 2 ** 31) : undefined;
      return { kind: "write", write: this.write(), containerSeed };
    }
    if (choice < 0.72) return { kind: "read", read: this.#read(), isDecoded: false };
    if (choice < 0.84) return { kind: "read", read: this.#read(), isDecoded: true };
    if (choice < 0.92) return this.#refused();
    const write = this.write();
    if (choice < 0.97) return { kind: "read beside write", write, read: this.#readOf(write) };
    return { kind: "two writes", writes: [write, this.#rewrite(write)] };
  }

  write(): ModelWrite {
    const entity = this.#entity();
    const groups = this.#groups(entity);
    const asked = groups.map((group) => ({
      label: group.label,
      features: this.#someFeatures(group),
    }));
    const isCold = this.#random.next() < COLD_WRITE_PROBABILITY;
    const keys = this.#keys(entity, 8, isCold ? KEYS_PER_LANE : HOT_KEYS);
    return {
      entity: entity.label,
      keysSchema: entity.keys,
      groups: asked,
      rows: keys.map((key) => ({ key, values: this.#values(groups, asked) })),
    };
  }

  /** The same keys and groups with other values. */
  #rewrite(write: ModelWrite): ModelWrite {
    const entity = this.#schema.get(write.entity) as ModelEntity;
    const groups = write.groups.map(({ label }) => entity.groups.get(label) as ModelGroup);
    return {
      ...write,
      rows: write.rows.map(({ key }) => ({ key, values: this.#values(groups, write.groups) })),
    };
  }

  #values(groups: readonly ModelGroup[], asked: readonly AskedGroup[]) {
    return groups.map((group, i) => {
      const byLabel = new Map(activeFeatures(group).map((feature) => [feature.label, feature]));
      return (asked[i]?.features ?? []).map((label) => {
        const feature = byLabel.get(label);
        if (feature === undefined) throw new Error(`${group.label} has no feature ${label}`);
        return randomValue(this.#random, group.type, feature);
      });
    });
  }

  #read(): ModelRead {
    const random = this.#random;
    const entity = this.#entity();
    const groups = this.#groups(entity);
    if (groups.length > 0 && random.next() < 0.05) groups.push(random.pick(groups));
    const keysSchema = random.next() < 0.2 ? entity.keys.toReversed() : entity.keys;
    const keys = this.#keys(entity, random.next() < 0.1 ? 60 : 10);
    return {
      entity: entity.label,
      keysSchema,
      groups: groups.map((group) => ({ label: group.label, features: this.#askedFeatures(group) })),
      keys: keys.map((key) => keysSchema.map((name) => key[entity.keys.indexOf(name)] as string)),
    };
  }

  /** Everything that the write touches. */
  #readOf(write: ModelWrite): ModelRead {
    return {
      entity: write.entity,
      keysSchema: write.keysSchema,
      groups: write.groups,
      keys: write.rows.map(({ key }) => key),
    };
  }

  #refused(): CallStep {
    const random = this.#random;
    if (random.next() < 0.4) {
      const base = this.#read();
      const [name, code, fault] = randomReadFault(random, this.#lastGroup(base));
      return { kind: "refused", refusal: { name, code, method: "retrieve", base, fault } };
    }
    const base = this.write();
    const [name, code, fault] = randomWriteFault(random, this.#lastGroup(base));
    return { kind: "refused", refusal: { name, code, method: "persist", base, fault } };
  }

  #lastGroup({ entity, groups }: ModelRead | ModelWrite) {
    const found = this.#schema.get(entity) as ModelEntity;
    const group = found.groups.get(groups.at(-1)?.label ?? "") as ModelGroup;
    return { entity: found, group };
  }

  /** One that is not removed: half of the time the one with all data types. */
  #entity(): ModelEntity {
    const entities = [...this.#schema.values()].filter(({ isRemoved }) => !isRemoved);
    const wide = entities.find(({ label }) => label === "wide");
    return wide !== undefined && this.#random.next() < 0.5 ? wide : this.#random.pick(entities);
  }

  #groups(entity: ModelEntity): ModelGroup[] {
    const groups = [...entity.groups.values()].filter(({ isRemoved }) => !isRemoved);
    if (this.#random.next() < 0.03) return groups;
    const count = this.#random.integer(1, Math.min(GROUPS_MAX, groups.length));
    return shuffled(this.#random, groups).slice(0, count);
  }

  /** Usually all, in any order. */
  #someFeatures(group: ModelGroup): string[] {
    const labels = shuffled(this.#random, activeFeatures(group)).map(({ label }) => label);
    return this.#random.next() < 0.6
      ? labels
      : labels.slice(0, this.#random.integer(1, labels.length));
  }

  /** Some, some twice, some in a narrower type. */
  #askedFeatures(group: ModelGroup): string[] {
    const random = this.#random;
    const labels = this.#someFeatures(group);
    if (random.next() < 0.1) labels.push(random.pick(labels));
    const narrower = narrowerTypes(group.type);
    if (narrower.length === 0) return labels;
    return labels.map((label) =>
      random.next() < 0.3 ? `${label}@DataType${random.pick(narrower).name}` : label,
    );
  }

  /** Keys in the entity's order: of the lane, some twice, some that nobody writes. */
  #keys(entity: ModelEntity, countMax: number, numberMax = KEYS_PER_LANE): string[][] {
    return Array.from({ length: this.#random.integer(1, countMax) }, () =>
      this.#key(entity, this.#random.integer(1, numberMax)),
    );
  }

  #key(entity: ModelEntity, number: number): string[] {
    if (entity.keys.length === 1) {
      const tail = ["", ":colon", "|bar", " space", "é日"][number % 5] ?? "";
      return [`${this.#prefix}${number}${tail}`];
    }
    return [`${this.#prefix}${number % 6}`, `item:${Math.floor(number / 6)}`];
  }
}

function shuffled<T>(random: SeededRandom, list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
