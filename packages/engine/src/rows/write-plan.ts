import {
  type CellBytes,
  encoderOf,
  type JsonValue,
  type ResolvedGroup,
  type StoredColumn,
  type ValueEncoder,
  ValueFault,
} from "@ofs/rows";
import type { RowUpsert } from "@ofs/store";
import { requireColumns, schemaError } from "./group-plan.ts";

/** How rows of one shape (group, version and names) are written. */
export interface WritePlan {
  readonly group: ResolvedGroup;
  /** As sent. */
  readonly names: readonly string[];
  /** Beside the keys, in the order of the names. */
  readonly columns: readonly StoredColumn[];
  /** By position in a row. */
  readonly encoders: readonly ValueEncoder[];
  /** By position in a row: the place among the table's keys, or `-1 - place` among `columns`. */
  readonly places: Int32Array;
}

/** @throws {RowError} FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION */
export function createWritePlan(
  group: ResolvedGroup,
  names: readonly string[],
  isFolded: boolean,
): WritePlan {
  const found = requireColumns(group, names, isFolded);
  const missing = group.keys.find((key) => !found.includes(key));
  if (missing !== undefined) throw schemaError(`primary key ${missing.name} is missing`);
  const columns: StoredColumn[] = [];
  const places = new Int32Array(found.length);
  for (const [position, { isKey, keyIndex, stored }] of found.entries()) {
    places[position] = isKey ? keyIndex : -1 - columns.length;
    if (!isKey) columns.push(stored);
  }
  return { group, names, columns, encoders: found.map(({ type }) => encoderOf(type)), places };
}

/** @returns undefined if a value does not fit its column */
export function bindRow(
  { columns, encoders, places, group }: WritePlan,
  row: readonly JsonValue[],
  writeTimeMicros: number,
): RowUpsert | undefined {
  const key = new Array<CellBytes>(group.keys.length);
  const values = new Array<CellBytes>(columns.length);
  for (let position = 0; position < encoders.length; position++) {
    const bytes = (encoders[position] as ValueEncoder)(row[position] as JsonValue);
    if (bytes instanceof ValueFault) return undefined;
    const place = places[position] as number;
    if (place >= 0) key[place] = bytes;
    else values[-1 - place] = bytes;
  }
  return { key, values, writeTimeMicros };
}

/** Of what a row takes in a store: its keys and values, in bytes. */
export function sizeOfUpsert({ key, values }: RowUpsert): number {
  let sizeBytes = 0;
  for (let index = 0; index < key.length; index++) sizeBytes += (key[index] as CellBytes).length;
  for (let index = 0; index < values.length; index++) {
    sizeBytes += (values[index] as CellBytes).length;
  }
  return sizeBytes;
}
