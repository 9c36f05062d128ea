import { DATA_TYPES } from "@ofs/codec";
import {
  DISTRIBUTED_CONF_ID,
  entityTree,
  type GroupOptions,
  PROCESS_CONF_ID,
  type RegistryEntries,
} from "@ofs/testkit";
import { groupOf, STRING_LENGTH, VECTOR_LENGTH } from "./type-samples.ts";

export interface CacheUse {
  readonly process: boolean;
  readonly distributed: boolean;
}

export const CALLER_ID = "scenario";
export const CALLER_TOKEN = "scenario-token";

/** Largest column of the stores, small enough that ordinary blocks take several. */
export const MAX_COLUMN_BYTES = 64;

/** Columns of each group. */
const COLUMN_COUNT = 3;
/** Columns of the group with the long vector. */
const LONG_COLUMN_COUNT = 100;
export const LONG_VECTOR_LENGTH = 1_000;

/** TTL of the group `short_lived`. */
export const SHORT_TTL_SECONDS = 2;

/** Where the entity `pair` lives: a table of its own, because its keys differ. */
const PAIR_STORE_ID = "2";

/**
 * The registry of the scenarios: entity `every` with a group of each data type and more, entity `pair`
 * with two keys.
 */
export function scenarioTree(
  store: Readonly<Record<string, unknown>>,
  caches: CacheUse,
): RegistryEntries {
  const cached = { process: caches.process, distributed: caches.distributed };
  const groups: Record<string, GroupOptions> = {};
  for (const type of DATA_TYPES) {
    const feature = {
      vectorLength: type.isVector ? VECTOR_LENGTH : 0,
      stringLength: type.kind === "string" ? STRING_LENGTH : 0,
    };
    const shortName = type.name.slice("DataType".length);
    groups[groupOf(type)] = {
      id: type.code,
      type: shortName,
      versions: [{ first: feature, second: feature }],
      ...cached,
    };
  }
  groups["short_lived"] = {
    id: 40,
    type: "Int32",
    ttlSeconds: SHORT_TTL_SECONDS,
    versions: [{ v: {} }],
    ...cached,
  };
  groups["long_vector"] = {
    id: 41,
    type: "FP32Vector",
    versions: [{ v: { vectorLength: LONG_VECTOR_LENGTH } }],
    ...cached,
  };
  groups["evolving"] = { id: 42, type: "Int32", versions: [{ a: {}, b: {} }], ...cached };
  const pairGroups = {
    counts: { id: 0, type: "Int32", versions: [{ n: {} }], storeId: PAIR_STORE_ID, ...cached },
  };
  return {
    "security/reader/scenario": JSON.stringify({ token: CALLER_TOKEN }),
    "storage/stores/1": JSON.stringify(store),
    [`storage/stores/${PAIR_STORE_ID}`]: JSON.stringify({
      ...store,
      table: `${store["table"]}_pair`,
    }),
    ...withColumns(entityTree("every", ["id"], groups)),
    ...withColumns(entityTree("pair", ["user", "item"], pairGroups)),
    ...cacheSwitches("every", caches),
    ...cacheSwitches("pair", caches),
  };
}

/** What publishing version 2 of the group `evolving` changes: a feature between the two of version 1. */
export function secondVersion(): RegistryEntries {
  const root = "entities/every/feature-groups/evolving";
  const meta = (sequence: number, value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return { sequence, "default-value": bytes.toString("base64") };
  };
  return {
    [`${root}/features/2/labels`]: "a,extra,b",
    [`${root}/features/2/feature-meta`]: JSON.stringify({
      a: meta(0, 0),
      extra: meta(1, 77),
      b: meta(2, 0),
    }),
    [`${root}/active-version`]: "2",
  };
}

function cacheSwitches(entity: string, { process, distributed }: CacheUse): RegistryEntries {
  return {
    [`entities/${entity}/in-memory-cache/enabled`]: String(process),
    [`entities/${entity}/in-memory-cache/conf-id`]: String(PROCESS_CONF_ID),
    [`entities/${entity}/distributed-cache/enabled`]: String(distributed),
    [`entities/${entity}/distributed-cache/conf-id`]: String(DISTRIBUTED_CONF_ID),
  };
}

/** Gives every group columns of its own, numbered over the entity. */
function withColumns(tree: RegistryEntries): RegistryEntries {
  const entries = Object.entries(tree).filter(([path]) => !path.includes("/columns/"));
  let next = 0;
  for (const [path] of entries.slice()) {
    const group = /^(.*feature-groups\/([^/]+))\/id$/.exec(path);
    if (group === null) continue;
    const count = group[2] === "long_vector" ? LONG_COLUMN_COUNT : COLUMN_COUNT;
    for (let i = 0; i < count; i++) {
      entries.push([`${group[1]}/columns/seg_${next}/label`, `seg_${next}`]);
      next += 1;
    }
  }
  return Object.fromEntries(entries);
}
