import {
  type CellBytes,
  encoderOf,
  type JsonObject,
  type JsonValue,
  type ResolvedColumn,
  type ResolvedGroup,
  type StoredColumn,
  type ValueEncoder,
  ValueFault,
} from "@ofs/rows";
import { poison } from "./row-message.ts";

/** What writes of one shape to one tenant have in common: they go in one batch. */
export interface RowTarget {
  readonly tenant: string;
  readonly shape: RowShape;
}

/** Keys and values of a row as stores have them, in the order of a shape. */
export interface BoundRow {
  readonly key: readonly CellBytes[];
  readonly values: readonly CellBytes[];
  readonly sizeBytes: number;
}

/** About what a cell takes beside its bytes. */
const CELL_SIZE_BYTES = 100;

/** Rows of one group version that have the same columns in the same order, or that name keys to delete. */
export class RowShape {
  readonly group: ResolvedGroup;
  readonly isDelete: boolean;
  /** Beside the keys: those that are written or deleted. */
  readonly columns: readonly StoredColumn[];
  readonly #names: readonly string[];
  readonly #encoders: readonly ValueEncoder[];
  /** By position in `names`: the place among the table's keys, or `-1 - place` among `columns`. */
  readonly #places: Int32Array;
  /** By tenant. A group has two at most. */
  readonly #targets = new Map<string, RowTarget>();

  /**
   * @param names as sent, without those whose value is null
   * @throws {MessageFault} naming the column
   */
  constructor(
    group: ResolvedGroup,
    names: readonly string[],
    isFolded: boolean,
    isDelete: boolean,
  ) {
    const found = findColumns(group, names, isFolded);
    const missing = group.keys.find((key) => !found.includes(key));
    if (missing !== undefined) throw poison("a primary key is missing or null", missing.name);
    const columns: StoredColumn[] = [];
    this.#places = new Int32Array(found.length);
    for (const [position, { isKey, keyIndex, name, stored }] of found.entries()) {
      if (isDelete && !isKey) throw poison("a delete has the primary keys alone", name);
      this.#places[position] = isKey ? keyIndex : -1 - columns.length;
      if (!isKey) columns.push(stored);
    }
    this.group = group;
    this.isDelete = isDelete;
    this.columns = isDelete ? group.ownColumns : columns;
    this.#names = names;
    this.#encoders = found.map(({ type }) => encoderOf(type));
  }

  /** @throws {MessageFault} naming the column and its value */
  bind(values: JsonObject): BoundRow {
    const key = new Array<CellBytes>(this.group.keys.length);
    const cells = new Array<CellBytes>(this.isDelete ? 0 : this.columns.length);
    let sizeBytes = this.#names.length * CELL_SIZE_BYTES;
    for (let position = 0; position < this.#names.length; position++) {
      const name = this.#names[position] as string;
      const bytes = (this.#encoders[position] as ValueEncoder)(values[name] as JsonValue);
      if (bytes instanceof ValueFault) throw poison(bytes.reason, name);
      const place = this.#places[position] as number;
      if (place >= 0) key[place] = bytes;
      else cells[-1 - place] = bytes;
      sizeBytes += bytes.length;
    }
    return { key, values: cells, sizeBytes };
  }

  targetOf(tenant: string): RowTarget {
    const known = this.#targets.get(tenant);
    if (known !== undefined) return known;
    const target = { tenant, shape: this };
    this.#targets.set(tenant, target);
    return target;
  }
}

function findColumns(
  { columns, foldedColumns, metadata }: ResolvedGroup,
  names: readonly string[],
  isFolded: boolean,
): ResolvedColumn[] {
  const found: ResolvedColumn[] = [];
  for (const name of names) {
    const column = isFolded ? foldedColumns.get(name.toLowerCase()) : columns.get(name);
    if (column === undefined) {
      throw poison(`feature group ${metadata.name} ${metadata.version} has no such column`, name);
    }
    if (found.includes(column)) throw poison("the column stands twice", name);
    found.push(column);
  }
  return found;
}
