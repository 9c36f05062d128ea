import { entityKeyString } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { RetrieveQueryView } from "@ofs/proto";
import type { KeyValues } from "@ofs/store";
import { orderKeyValues } from "../requests.ts";
import type { ReadPlan } from "./plan.ts";

/** The keys of one request, each distinct one once. */
export interface RequestedKeys {
  /** By first appearance; values in the entity's order. */
  readonly values: readonly KeyValues[];
  /** `<entity>:<k1>|<k2>`: the name of the key in every cache. */
  readonly names: readonly string[];
  /** Index in `values` by row of the answer. */
  readonly indexByRow: readonly number[];
}

/**
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
  assertCells(keys.length, plan, maxCells);
  if (keys.length > maxKeys) {
    throw new FeatureStoreError(
      "RESOURCE_EXHAUSTED",
      `the request asks for ${keys.length} keys, more than ${maxKeys}`,
    );
  }
  const values: KeyValues[] = [];
  const names: string[] = [];
  const indexByRow: number[] = [];
  const indexes = new Map<string, number>();
  for (let row = 0; row < keys.length; row++) {
    const cols = keys[row] as string[];
    const ordered = orderKeyValues(plan.entity, plan.keyPositions, cols, `keys[${row}].cols`);
    const name = entityKeyString(plan.entity.label, ordered);
    let index = indexes.get(name);
    if (index === undefined) {
      index = values.length;
      indexes.set(name, index);
      values.push(ordered);
      names.push(name);
    }
    indexByRow.push(index);
  }
  return { values, names, indexByRow };
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
