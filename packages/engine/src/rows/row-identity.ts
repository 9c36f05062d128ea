import { type ColumnType, compareValues } from "@ofs/rows";
import type { CellBytes } from "@ofs/store";

/** Types whose values may be equal in order while their bytes differ. */
const HAS_SYNONYMS: ReadonlySet<ColumnType> = new Set(["DECIMAL"]);

type Key = readonly CellBytes[];

/**
 * Finds rows of one table with equal keys. The first key is compared by its bytes; the others by their order, in which
 * decimals of different scale may be one value.
 *
 * @returns for each key the index of the last one that is equal to it
 */
export function lastOfEqualKeys(types: readonly ColumnType[], keys: readonly Key[]): Int32Array {
  const hasSynonyms = types.some((type, index) => index > 0 && HAS_SYNONYMS.has(type));
  return hasSynonyms ? lastByOrder(types, keys) : lastByBytes(keys);
}

function lastByBytes(keys: readonly Key[]): Int32Array {
  const last = new Map<string, number>();
  const names = new Array<string>(keys.length);
  for (let index = 0; index < keys.length; index++) {
    const name = nameOf(keys[index] as Key);
    names[index] = name;
    last.set(name, index);
  }
  return Int32Array.from(names, (name) => last.get(name) as number);
}

/** Equal names mean equal bytes: each value but the last is preceded by its length. */
function nameOf(key: Key): string {
  let name = "";
  for (let part = 0; part < key.length; part++) {
    const value = key[part] as CellBytes;
    const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString("latin1");
    name += part === key.length - 1 ? text : `${value.length}:${text}`;
  }
  return name;
}

function lastByOrder(types: readonly ColumnType[], keys: readonly Key[]): Int32Array {
  const compare = keyComparison(types);
  const order = keys.map((_, index) => index);
  order.sort((a, b) => compare(keys[a] as Key, keys[b] as Key) || a - b);
  const last = new Int32Array(keys.length);
  for (let place = order.length - 1; place >= 0; place--) {
    const index = order[place] as number;
    const next = order[place + 1];
    const isLast = next === undefined || compare(keys[index] as Key, keys[next] as Key) !== 0;
    last[index] = isLast ? index : (last[next] as number);
  }
  return last;
}

function keyComparison(types: readonly ColumnType[]): (a: Key, b: Key) => number {
  const compareParts = types.map((type, index) =>
    index === 0 ? compareBytes : compareValues(type),
  );
  return (a, b) => {
    for (let part = 0; part < compareParts.length; part++) {
      const order = compareParts[part]?.(a[part] as CellBytes, b[part] as CellBytes) ?? 0;
      if (order !== 0) return order;
    }
    return 0;
  };
}

function compareBytes(a: CellBytes, b: CellBytes): number {
  return Buffer.compare(a, b);
}
