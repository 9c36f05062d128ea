import type { KeyName } from "@ofs/cache";
import { entityKeyString } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { RetrieveQueryView } from "@ofs/proto";
import type { KeyValues } from "@ofs/store";
import { orderKeyValues } from "../requests.ts";
import { KeyBodies } from "./key-bodies.ts";
import type { ReadPlan } from "./plan.ts";

const SEPARATOR = 0x7c;

/** The keys of one request. */
export interface RequestedKeys {
  readonly count: number;
  /** By first appearance; values in the entity's order. */
  readonly values: readonly KeyValues[];
  /** `<entity>:<k1>|<k2>`: the name of the key in every cache. */
  readonly names: readonly string[];
  /** Index in `values` by row of the answer. */
  readonly indexByRow: readonly number[];
}

/** One key a row: a key that is asked for twice is there twice. Texts are made only when they are asked for. */
export class QueryKeys implements RequestedKeys {
  readonly count: number;
  readonly indexByRow: readonly number[];
  readonly #plan: ReadPlan;
  readonly #query: RetrieveQueryView;
  /** Where the keys are read from as bytes; undefined if one is not written as usual. */
  readonly #bodies: KeyBodies | undefined;
  #values: readonly KeyValues[] | undefined;
  #names: readonly string[] | undefined;

  /** @throws {FeatureStoreError} INVALID_ARGUMENT */
  constructor(plan: ReadPlan, query: RetrieveQueryView) {
    const { keyCount } = query;
    const indexByRow = new Array<number>(keyCount);
    for (let row = 0; row < keyCount; row++) indexByRow[row] = row;
    this.count = keyCount;
    this.indexByRow = indexByRow;
    this.#plan = plan;
    this.#query = query;
    this.#bodies = KeyBodies.of(query, plan.keyPositions.length);
    this.#values = this.#bodies === undefined ? orderValues(plan, query) : undefined;
    this.#names = undefined;
  }

  get values(): readonly KeyValues[] {
    this.#values ??= orderValues(this.#plan, this.#query);
    return this.#values;
  }

  get names(): readonly string[] {
    const { label } = this.#plan.entity;
    this.#names ??= this.values.map((values) => entityKeyString(label, values));
    return this.#names;
  }

  /** The name of a key, in bytes. */
  writeName(k: number, name: KeyName): void {
    const bodies = this.#bodies;
    if (bodies === undefined) {
      name.setText(this.names[k] as string);
      return;
    }
    const { keyPositions, entity } = this.#plan;
    name.startEntity(entity.label);
    for (let i = 0; i < keyPositions.length; i++) {
      if (i > 0) name.appendByte(SEPARATOR);
      bodies.appendValue(k, keyPositions[i] as number, name);
    }
  }
}

function orderValues({ entity, keyPositions }: ReadPlan, { keys }: RetrieveQueryView): KeyValues[] {
  const values = new Array<KeyValues>(keys.length);
  for (let row = 0; row < keys.length; row++) {
    const cols = keys[row] as readonly string[];
    values[row] = orderKeyValues(entity, keyPositions, cols, "keys", row, "cols");
  }
  return values;
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
): QueryKeys {
  const { keyCount } = query;
  assertCells(keyCount, plan, maxCells);
  if (keyCount > maxKeys) {
    throw new FeatureStoreError(
      "RESOURCE_EXHAUSTED",
      `the request asks for ${keyCount} keys, more than ${maxKeys}`,
    );
  }
  return new QueryKeys(plan, query);
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
  return { count: indexes.size, values, names: [...indexes.keys()], indexByRow };
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
