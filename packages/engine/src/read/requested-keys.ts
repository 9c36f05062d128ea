import { entityKeyString } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { RetrieveQueryView } from "@ofs/proto";
import type { KeyValues } from "@ofs/store";
import { orderKeyValues } from "../requests.ts";
import type { ReadPlan } from "./plan.ts";

/** The keys of one request. */
export interface RequestedKeys {
  /** By first appearance; values in the entity's order. */
  readonly values: readonly KeyValues[];
  /** `<entity>:<k1>|<k2>`: the name of the key in every cache. */
  readonly names: readonly string[];
  /** Index in `values` by row of the answer. */
  readonly indexByRow: readonly number[];
}

/**
 * One key a row: a key that is asked for twice is there twice.
 *
 * @param maxCells limit on keys times columns (or groups, where those are more)
 * @throws {FeatureStoreError} INVALID_ARGUMENT or RESOURCE_EXHAUSTED
 */
export function collectKeys(
  plan: ReadPlan,
  query: RetrieveQueryView,
  maxKeys: number,
  maxCells: number,
): RequestedKeys {
  const { keys } = query;
  const { entity, keyPositions } = plan;
  assertCells(keys.length, plan, maxCells);
  if (keys.length > maxKeys) {
    throw new FeatureStoreError(
      "RESOURCE_EXHAUSTED",
      `the request asks for ${keys.length} keys, more than ${maxKeys}`,
    );
  }
  const values = new Array<KeyValues>(keys.length);
  const names = new Array<string>(keys.length);
  const indexByRow = new Array<number>(keys.length);
  for (let row = 0; row < keys.length; row++) {
    const cols = keys[row] as readonly string[];
    const ordered = orderKeyValues(entity, keyPositions, cols, "keys", row, "cols");
    values[row] = ordered;
    names[row] = entityKeyString(entity.label, ordered);
    indexByRow[row] = row;
  }
  return { values, names, indexByRow };
}

/** The same keys, each distinct one once: what is read from afar is read once. @returns the given ones if all are distinct */
export function distinctKeys(keys: RequestedKeys): RequestedKeys {
  if (new Set(keys.names).size === keys.names.length) return keys;
  const indexes = new Map<string, number>();
  for (const name of keys.names) if (!indexes.has(name)) indexes.set(name, indexes.size);
  const values = new Array<KeyValues>(indexes.size);
  // From the last on, so that the first of equal ones stays.
  for (let row = keys.names.length - 1; row >= 0; row--) {
    values[indexes.get(keys.names[row] as string) as number] = keys.values[row] as KeyValues;
  }
  const indexByRow = keys.names.map((name) => indexes.get(name) as number);
  return { values, names: [...indexes.keys()], indexByRow };
}

/**
 * Both a row's columns and its groups cost time and memory, whether or not the answer has room for them.
 *
 * @throws {FeatureStoreError} RESOURCE_EXHAUSTED if there are more than `max` of them over all keys
 */
export function assertCells(keyCount: number, plan: ReadPlan, max: number): void {
  const width = Math.max(plan.columnCount, plan.sections.length);
  const count = keyCount * width;
  if (count <= max) return;
  throw new FeatureStoreError(
    "RESOURCE_EXHAUSTED",
    `the request asks for ${keyCount} keys of ${width} columns or groups: ${count} cells, more than ${max}`,
  );
}
