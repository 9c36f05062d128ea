import { FeatureStoreError } from "@ofs/platform";
import type { CellBytes, RowCells, RowColumn, RowTable } from "../../row-store.ts";
import { cqlTypeOf } from "../../rows/cql-types.ts";
import type { TypedName } from "../../rows/wanted-row-table.ts";
import { isLive, type RecordReader } from "./cell-record.ts";
import type { TableDefinition } from "./table-definitions.ts";

/** Where the values of a write go. */
export class WritePlan {
  /** Rising. */
  readonly columnIds: Uint16Array;
  /** Place of each id's value among those of a row; undefined if they are in this order. */
  readonly #places: readonly number[] | undefined;

  /** @throws {FeatureStoreError} FAILED_PRECONDITION for columns that the table does not have */
  constructor(
    definition: TableDefinition,
    table: RowTable,
    columns: readonly RowColumn[],
    subject: string,
  ) {
    assertKeys(definition, table, subject);
    const ids = columns.map((column) => idOf(definition, column, subject));
    const places = ids.map((_, place) => place);
    places.sort((left, right) => (ids[left] as number) - (ids[right] as number));
    this.columnIds = Uint16Array.from(places, (place) => ids[place] as number);
    assertDistinct(this.columnIds, columns, subject);
    this.#places = places.every((place, index) => place === index) ? undefined : places;
  }

  /** @returns values in the order of `columnIds` */
  arrange(values: readonly CellBytes[]): readonly CellBytes[] {
    const places = this.#places;
    if (places === undefined) return values;
    const arranged = new Array<CellBytes>(places.length);
    for (let index = 0; index < places.length; index++) {
      arranged[index] = values[places[index] as number] as CellBytes;
    }
    return arranged;
  }
}

/** Where the cells of a read come from. */
export class ReadPlan {
  readonly #columnCount: number;
  /** By column id: the place in the answer, -1 if nobody asked. */
  readonly #places: Int32Array;
  /** Keys that were asked for: place in the answer, position among the keys. */
  readonly #keys: readonly (readonly [place: number, key: number])[];
  /** Columns that were asked for again: place in the answer, place of the first. */
  readonly #repeated: readonly (readonly [place: number, first: number])[];

  /** @throws {FeatureStoreError} FAILED_PRECONDITION for columns that the table does not have */
  constructor(
    definition: TableDefinition,
    table: RowTable,
    columns: readonly RowColumn[],
    subject: string,
  ) {
    assertKeys(definition, table, subject);
    const places = new Int32Array(definition.columns.length).fill(-1);
    const keys: [number, number][] = [];
    const repeated: [number, number][] = [];
    for (const [place, column] of columns.entries()) {
      const key = definition.keys.findIndex(({ name }) => name === column.name);
      if (key >= 0) {
        assertType(definition.keys[key] as TypedName, column, subject);
        keys.push([place, key]);
        continue;
      }
      const id = idOf(definition, column, subject);
      const first = places[id] as number;
      if (first >= 0) repeated.push([place, first]);
      else places[id] = place;
    }
    this.#columnCount = columns.length;
    this.#places = places;
    this.#keys = keys;
    this.#repeated = repeated;
  }

  /**
   * @param row of bytes that the caller may keep: the cells are views of them
   * @returns undefined if nothing of the row is there any more
   */
  cellsOf(row: RecordReader, nowSeconds: number): RowCells | undefined {
    const cells = new Array<CellBytes | null>(this.#columnCount).fill(null);
    const { cell } = row;
    let isThere = isLive(row.stamp, nowSeconds);
    while (row.nextCell()) {
      if (!isLive(cell, nowSeconds) || cell.isDropped) continue;
      isThere = true;
      // A column that was added after the plan was made is nobody's wish.
      const place = this.#places[cell.columnId] ?? -1;
      if (place >= 0) cells[place] = row.bytes.subarray(cell.start, cell.end);
    }
    if (!isThere) return undefined;
    for (const [place, key] of this.#keys) cells[place] = row.key(key);
    for (const [place, first] of this.#repeated) cells[place] = cells[first] as CellBytes | null;
    return cells;
  }
}

function idOf(definition: TableDefinition, column: RowColumn, subject: string): number {
  const id = definition.columnIds.get(column.name);
  if (id === undefined) throw unfit(`${subject}: there is no column ${column.name}`);
  assertType(definition.columns[id] as TypedName, column, subject);
  return id;
}

function assertKeys(definition: TableDefinition, { keys }: RowTable, subject: string): void {
  if (keys.length !== definition.keys.length) {
    throw unfit(`${subject}: it has ${definition.keys.length} keys, not ${keys.length}`);
  }
  for (const [index, key] of keys.entries()) {
    const stored = definition.keys[index] as TypedName;
    if (stored.name !== key.name) {
      throw unfit(`${subject}: its key ${index + 1} is ${stored.name}, not ${key.name}`);
    }
    assertType(stored, key, subject);
  }
}

function assertType({ cqlType, name }: TypedName, column: RowColumn, subject: string): void {
  const asked = cqlTypeOf(column.type);
  if (asked !== cqlType) {
    throw unfit(`${subject}: column ${name} is of type ${cqlType}, not ${asked}`);
  }
}

function assertDistinct(ids: Uint16Array, columns: readonly RowColumn[], subject: string): void {
  if (new Set(ids).size === ids.length) return;
  const names = columns.map(({ name }) => name).join(", ");
  throw unfit(`${subject}: a column is written twice (${names})`);
}

function unfit(message: string): FeatureStoreError {
  return new FeatureStoreError("FAILED_PRECONDITION", message);
}
