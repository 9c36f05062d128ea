import { FeatureStoreError } from "@ofs/platform";
import { TTL_SECONDS_MAX } from "@ofs/rows";
import type { RowColumn, RowTable } from "../row-store.ts";
import { normalizeIdentifier } from "../scylla/identifiers.ts";
import { cqlTypeOf } from "./cql-types.ts";

/** A column by its stored name and CQL type, which need not be one that the dialect has. */
export interface TypedName {
  readonly name: string;
  readonly cqlType: string;
}

/** A table as it must be; names as they are stored. */
export interface WantedRowTable {
  readonly name: string;
  readonly keys: readonly TypedName[];
  readonly columns: readonly TypedName[];
  readonly ttlSeconds: number;
  /** For messages: store and table. */
  readonly subject: string;
}

/** A table as it is. */
export interface ExistingRowTable {
  readonly keys: readonly TypedName[];
  /** Beside the keys. */
  readonly columns: readonly TypedName[];
}

/**
 * @param store for messages
 * @throws {FeatureStoreError} INVALID_ARGUMENT for names or a TTL that no store takes
 */
export function wantedRowTable(
  store: string,
  table: RowTable,
  columns: readonly RowColumn[],
  ttlSeconds: number,
): WantedRowTable {
  const name = normalizeIdentifier("table", table.name);
  const subject = `${store}, table ${name}`;
  const wanted = {
    name,
    keys: table.keys.map((key) => typedName("key column", key)),
    columns: columns.map((column) => typedName("column", column)),
    ttlSeconds,
    subject,
  };
  const names = [...wanted.keys, ...wanted.columns].map((column) => column.name);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined) throw invalid(`${subject}: column ${twice} is named twice`);
  assertTtl(subject, ttlSeconds);
  return wanted;
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT */
export function assertTtl(subject: string, ttlSeconds: number): void {
  if (Number.isSafeInteger(ttlSeconds) && ttlSeconds >= 0 && ttlSeconds <= TTL_SECONDS_MAX) {
    return;
  }
  throw invalid(`${subject}: a TTL of ${ttlSeconds} s is not within 0 to ${TTL_SECONDS_MAX}`);
}

/**
 * Columns that the table lacks.
 *
 * @throws {FeatureStoreError} FAILED_PRECONDITION if its keys or the type of a column are not as they must be
 */
export function missingColumns(wanted: WantedRowTable, existing: ExistingRowTable): TypedName[] {
  const found = formatColumns(existing.keys);
  const expected = formatColumns(wanted.keys);
  if (found !== expected) {
    throw new FeatureStoreError(
      "FAILED_PRECONDITION",
      `${wanted.subject}: its keys are (${found}), the entity's (${expected})`,
    );
  }
  const types = new Map(
    [...existing.keys, ...existing.columns].map(({ cqlType, name }) => [name, cqlType]),
  );
  return wanted.columns.filter(({ cqlType, name }) => {
    const type = types.get(name);
    if (type === undefined) return true;
    if (type === cqlType) return false;
    throw new FeatureStoreError(
      "FAILED_PRECONDITION",
      `${wanted.subject}: column ${name} is of type ${type}, not ${cqlType}`,
    );
  });
}

function typedName(what: string, { name, type }: RowColumn): TypedName {
  return { name: normalizeIdentifier(what, name), cqlType: cqlTypeOf(type) };
}

function formatColumns(columns: readonly TypedName[]): string {
  return columns.map(({ cqlType, name }) => `${name} ${cqlType}`).join(", ");
}

function invalid(message: string): FeatureStoreError {
  return new FeatureStoreError("INVALID_ARGUMENT", message);
}
