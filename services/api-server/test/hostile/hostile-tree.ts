import {
  DISTRIBUTED_CONF_ID,
  entityTree,
  type GroupOptions,
  PROCESS_CONF_ID,
  type RegistryEntries,
} from "@ofs/testkit";
import type { CacheUse } from "../scenarios/scenario-tree.ts";

/** Who attacks: a caller that is known, for else the requests would not get far. */
export const ATTACKER = { id: "attacker", token: "attacker-token" };

export const STRING_LENGTH = 24;
export const VECTOR_LENGTH = 3;

/** Read by attackers. Its contents never change while they do. */
export const VICTIM = "victim";
/** Written by attackers. */
export const SINK = "sink";
/** Has two keys; read by attackers. */
export const PAIR = "pair";
/** Read and written by the canary alone: other callers may not use it. */
export const CANARY = "canary";

/** Feature labels by group, in their order; the same in every entity. */
export const FEATURES: Readonly<Record<string, readonly string[]>> = {
  ints: ["a", "b"],
  floats: ["f", "g"],
  texts: ["s", "t"],
  vectors: ["v"],
  flags: ["on"],
};

/** Blob columns a group, enough for any of these blocks. */
const COLUMN_COUNT = 2;

/** A registry of small entities, each with its own table. */
export function hostileTree(
  store: Readonly<Record<string, unknown>>,
  caches: CacheUse,
): RegistryEntries {
  const tree: RegistryEntries = {
    "security/reader/scenario": JSON.stringify({ token: "scenario-token" }),
    [`security/reader/${ATTACKER.id}`]: JSON.stringify({
      token: ATTACKER.token,
      scopes: { entities: [VICTIM, SINK, PAIR] },
    }),
  };
  const keys: Record<string, readonly string[]> = { [PAIR]: ["user", "item"] };
  for (const [index, entity] of [VICTIM, SINK, PAIR, CANARY].entries()) {
    const storeId = String(index + 1);
    const table = `${String(store["table"])}_${entity}`;
    tree[`storage/stores/${storeId}`] = JSON.stringify({ ...store, table });
    Object.assign(tree, entityOf(entity, keys[entity] ?? ["id"], storeId, caches));
  }
  return tree;
}

function entityOf(
  entity: string,
  keys: readonly string[],
  storeId: string,
  caches: CacheUse,
): RegistryEntries {
  const shared = { storeId, process: caches.process, distributed: caches.distributed };
  const text = { stringLength: STRING_LENGTH, default: Buffer.from("none") };
  const zero = { default: Buffer.alloc(4) };
  const groups: Record<string, GroupOptions> = {
    ints: { id: 1, type: "Int32", versions: [{ a: zero, b: zero }], ...shared },
    floats: { id: 2, type: "FP32", versions: [{ f: zero, g: zero }], ...shared },
    texts: { id: 3, type: "String", versions: [{ s: text, t: text }], ...shared },
    vectors: {
      id: 4,
      type: "FP32Vector",
      versions: [{ v: { vectorLength: VECTOR_LENGTH, default: Buffer.alloc(4 * VECTOR_LENGTH) } }],
      ...shared,
    },
    flags: { id: 5, type: "Bool", versions: [{ on: { default: Buffer.alloc(1) } }], ...shared },
  };
  const tree = entityTree(entity, keys, groups);
  for (const label of Object.keys(groups)) {
    const root = `entities/${entity}/feature-groups/${label}`;
    const { id } = groups[label] as GroupOptions;
    delete tree[`${root}/columns/seg_${id}/label`];
    for (let i = 0; i < COLUMN_COUNT; i++) {
      const column = `seg_${id * 10 + i}`;
      tree[`${root}/columns/${column}/label`] = column;
    }
  }
  tree[`entities/${entity}/in-memory-cache/enabled`] = String(caches.process);
  tree[`entities/${entity}/in-memory-cache/conf-id`] = String(PROCESS_CONF_ID);
  tree[`entities/${entity}/distributed-cache/enabled`] = String(caches.distributed);
  tree[`entities/${entity}/distributed-cache/conf-id`] = String(DISTRIBUTED_CONF_ID);
  return tree;
}
