import {
  type CellBytes,
  decoderOf,
  encoderOf,
  type JsonValue,
  type ResolvedGroup,
  type StoredColumn,
  type ValueDecoder,
  type ValueEncoder,
  ValueFault,
} from "@ofs/rows";
import type { RowCells } from "@ofs/store";
import { requireColumns, schemaError } from "./group-plan.ts";

/** How rows of one shape (group, version, columns and key names) are read. */
export interface ReadPlan {
  readonly group: ResolvedGroup;
  /** In the order asked for. */
  readonly columns: readonly StoredColumn[];
  readonly decoders: readonly ValueDecoder[];
  /** Of the columns that are no keys: a row without a value in any of them counts as absent. None: every row counts. */
  readonly valueIndexes: readonly number[];
  /** By position in a key as sent. */
  readonly keyEncoders: readonly ValueEncoder[];
  /** By position in a key as sent: its place among the table's keys. */
  readonly keyPlaces: readonly number[];
}

/**
 * @throws {RowError} FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION, also for keys that are not the first of the table's: no
 * store could find rows by those
 */
export function createReadPlan(
  group: ResolvedGroup,
  columnNames: readonly string[],
  keyNames: readonly string[],
  isFolded: boolean,
): ReadPlan {
  const columns = requireColumns(group, columnNames, isFolded);
  const keys = requireColumns(group, keyNames, isFolded);
  const stranger = keys.find(({ isKey }) => !isKey);
  if (stranger !== undefined) throw schemaError(`${stranger.name} is no primary key`);
  if (keys.some(({ keyIndex }) => keyIndex >= keys.length)) {
    const first = group.keys.slice(0, keys.length).map(({ name }) => name);
    throw schemaError(`where ${keys.length} primary keys are given, they must be ${first}`);
  }
  return {
    group,
    columns: columns.map(({ stored }) => stored),
    decoders: columns.map(({ type }) => decoderOf(type)),
    valueIndexes: columns.flatMap(({ isKey }, index) => (isKey ? [] : [index])),
    keyEncoders: keys.map(({ type }) => encoderOf(type)),
    keyPlaces: keys.map(({ keyIndex }) => keyIndex),
  };
}

/** @returns the key in the table's order; undefined if a value does not fit its column */
export function bindKey(
  { keyEncoders, keyPlaces }: ReadPlan,
  key: readonly JsonValue[],
): CellBytes[] | undefined {
  const bound = new Array<CellBytes>(keyEncoders.length);
  for (let position = 0; position < keyEncoders.length; position++) {
    const bytes = (keyEncoders[position] as ValueEncoder)(key[position] as JsonValue);
    if (bytes instanceof ValueFault) return undefined;
    bound[keyPlaces[position] as number] = bytes;
  }
  return bound;
}

/** Whether a stored row is an answer: one without a value in any of the columns asked for is not. */
export function hasValues({ valueIndexes }: ReadPlan, cells: RowCells): boolean {
  if (valueIndexes.length === 0) return true;
  for (const index of valueIndexes) {
    if (cells[index] !== null) return true;
  }
  return false;
}

/** @returns the cells as JSON texts */
export function decodeCells({ decoders }: ReadPlan, cells: RowCells): string[] {
  const texts = new Array<string>(decoders.length);
  for (let index = 0; index < decoders.length; index++) {
    const bytes = cells[index] as CellBytes | null;
    texts[index] = bytes === null ? "null" : (decoders[index] as ValueDecoder)(bytes);
  }
  return texts;
}

/** Of a row's values, in bytes. */
export function sizeOfCells(cells: RowCells): number {
  let sizeBytes = 0;
  for (let index = 0; index < cells.length; index++) sizeBytes += cells[index]?.length ?? 0;
  return sizeBytes;
}
