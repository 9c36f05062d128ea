import type { SeededRandom } from "@ofs/testkit";
import {
  MODEL_TYPES,
  type ModelEntity,
  type ModelFeature,
  type ModelGroup,
  type ModelSchema,
  type ModelType,
} from "@ofs/testkit/model";
import { randomValue } from "./random-values.ts";

/** Which caches the schemas of a run may use. */
export interface AllowedCaches {
  readonly process: boolean;
  readonly distributed: boolean;
}

const PAIR_TYPES = ["Int64", "FP16Vector", "String", "Bool", "FP8E4M3", "Uint32Vector"];
const PLAIN_TYPES = ["FP32", "StringVector", "BoolVector", "FP64"];
const FIRST_FEATURES = ["a", "b", "c"];
const VECTOR_LENGTH_MAX = 5;
const STRING_LENGTH_MAX = 24;

/** Seconds. The short ones end while a run goes on. */
export const TTLS_SECONDS: readonly number[] = [0, 0, 0, 2, 30, 3_600, 86_400];

/**
 * Three entities: `wide` has a group of each data type, `pair` two keys, `plain` no caches at first. Each has a store
 * of its own.
 */
export function initialSchema(random: SeededRandom, allowed: AllowedCaches): ModelSchema {
  const wide = MODEL_TYPES;
  const named = (names: readonly string[]) => wide.filter(({ name }) => names.includes(name));
  const entities = [
    entityOf(random, allowed, { label: "wide", keys: ["id"], storeId: "1" }, wide),
    entityOf(
      random,
      allowed,
      { label: "pair", keys: ["user", "item"], storeId: "2" },
      named(PAIR_TYPES),
    ),
    {
      ...entityOf(
        random,
        allowed,
        { label: "plain", keys: ["id"], storeId: "3" },
        named(PLAIN_TYPES),
      ),
      hasProcessCache: false,
      hasDistributedCache: false,
    },
  ];
  return new Map(entities.map((entity) => [entity.label, entity]));
}

function entityOf(
  random: SeededRandom,
  allowed: AllowedCaches,
  { label, keys, storeId }: Pick<ModelEntity, "label" | "keys" | "storeId">,
  types: readonly ModelType[],
): ModelEntity {
  const groups = types.map((type, id) => groupOf(random, allowed, type, id));
  return {
    label,
    keys,
    storeId,
    groups: new Map(groups.map((group) => [group.label, group])),
    hasProcessCache: allowed.process,
    hasDistributedCache: allowed.distributed,
    isRemoved: false,
  };
}

function groupOf(
  random: SeededRandom,
  allowed: AllowedCaches,
  type: ModelType,
  id: number,
): ModelGroup {
  const labels = FIRST_FEATURES.slice(0, random.integer(1, FIRST_FEATURES.length));
  return {
    label: type.name.toLowerCase(),
    id,
    type,
    versions: new Map([[1, labels.map((label) => randomFeature(random, type, label))]]),
    activeVersion: 1,
    ttlSeconds: random.pick(TTLS_SECONDS),
    isInProcessCache: allowed.process && random.next() < 0.6,
    isInDistributedCache: allowed.distributed && random.next() < 0.6,
    isRemoved: false,
  };
}

export function randomFeature(random: SeededRandom, type: ModelType, label: string): ModelFeature {
  const lengths = {
    vectorLength: type.isVector ? random.integer(1, VECTOR_LENGTH_MAX) : 0,
    stringLength: type.kind === "string" ? random.integer(1, STRING_LENGTH_MAX) : 0,
  };
  const hasDefault = random.next() < 0.7;
  return {
    label,
    ...lengths,
    default: hasDefault ? randomValue(random, type, lengths) : undefined,
  };
}
