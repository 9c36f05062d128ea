import { type ColumnType, compareValues } from "@ofs/rows";
import type { CellBytes, RowUpsert } from "@ofs/store";

/** Types whose values may be equal in order while their bytes differ. */
const HAS_SYNONYMS: ReadonlySet<ColumnType> = new Set(["DECIMAL"]);

type Key = readonly CellBytes[];

/**
 * Finds rows of one table with equal keys. The first key is compared by its bytes; the others by their order, in which
 * decimals of different scale may be one value.
 *
 * @returns for each row the index of the newest one with its key: of equally new ones, the last
 */
export function newestOfEqualKeys(
  types: readonly ColumnType[],
  rows: readonly RowUpsert[],
): Int32Array {
  const hasSynonyms = types.some((type, index) => index > 0 && HAS_SYNONYMS.has(type));
  return hasSynonyms ? newestByOrder(types, rows) : newestByBytes(rows);
}

function newestByBytes(rows: readonly RowUpsert[]): Int32Array {
  const newest = new Map<string, number>();
  const names = new Array<string>(rows.length);
  for (let index = 0; index < rows.length; index++) {
    const { key, writeTimeMicros } = rows[index] as RowUpsert;
    const name = nameOf(key);
    names[index] = name;
    const known = newest.get(name);
    const isNewer = known === undefined || writeTimeMicros >= timeOf(rows, known);
    if (isNewer) newest.set(name, index);
  }
  return Int32Array.from(names, (name) => newest.get(name) as number);
}

function timeOf(rows: readonly RowUpsert[], index: number): number {
  return (rows[index] as RowUpsert).writeTimeMicros;
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

function newestByOrder(types: readonly ColumnType[], rows: readonly RowUpsert[]): Int32Array {
  const compare = keyComparison(types);
  const compareRows = (a: number, b: number): number =>
    compare((rows[a] as RowUpsert).key, (rows[b] as RowUpsert).key);
  const order = rows.map((_, index) => index);
  order.sort((a, b) => compareRows(a, b) || timeOf(rows, a) - timeOf(rows, b) || a - b);
  const newest = new Int32Array(rows.length);
  for (let place = order.length - 1; place >= 0; place--) {
    const index = order[place] as number;
    const next = order[place + 1];
    const isNewest = next === undefined || compareRows(index, next) !== 0;
    newest[index] = isNewest ? index : (newest[next] as number);
  }
  return newest;
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
