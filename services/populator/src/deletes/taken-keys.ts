import {
  CHANGE_TYPE_FIELD,
  type Comparison,
  type DataFile,
  DeltaError,
  type FilePart,
  mayMatch,
  type RowBatch,
  TAKING_CHANGES,
  type TableField,
} from "@ofs/delta";
import { FeatureStoreError } from "@ofs/platform";
import { compileFilter, type FilterTerm, selectRows } from "../filter/row-filter.ts";
import type { KeyPlan } from "../messages/delete-messages.ts";
import type { Reject } from "../messages/message-plan.ts";
import type { OpenTable } from "../runs/table-source.ts";
import type { KeySpill, Side } from "./key-spill.ts";

export interface TakenKeysOptions {
  readonly table: OpenTable;
  readonly version: number;
  readonly filter: readonly FilterTerm[];
  /** @throws {MappingError} */
  readonly keysOf: (schema: readonly TableField[]) => KeyPlan;
  readonly spill: KeySpill;
  /** Hands batches on, and takes the time that they take. */
  readonly timed: (batches: AsyncIterable<RowBatch>) => AsyncIterable<RowBatch>;
  /** Of rows that are gone and whose keys cannot be told. */
  readonly onRejects: (
    file: DataFile,
    batch: RowBatch,
    rejects: readonly Reject[],
  ) => Promise<void>;
  /** After each batch of rows; what it throws ends the work. */
  readonly onBatch: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** How rows of some files are read, and which of their keys count. */
interface Reading {
  readonly side: Side;
  readonly fields: readonly TableField[];
  readonly keys: KeyPlan;
  readonly keyColumns: readonly number[];
  readonly filter: readonly Comparison[];
  readonly filterColumns: readonly number[];
  /** Position of the kind of change; undefined: all rows count. */
  readonly changeColumn: number | undefined;
}

/**
 * Gathers the keys of rows that a version took away, and of those that it brought: who has the difference has the keys that
 * are gone. Rows that the filter leaves out count as not there, before and after.
 *
 * @throws {DeltaError}, {MappingError}; {FeatureStoreError} FAILED_PRECONDITION naming version and file if a removed file is
 *   not there any more
 */
export async function gatherTakenKeys(options: TakenKeysOptions): Promise<void> {
  const { table, version, spill } = options;
  const taken = await table.takenRows(version);
  if (taken.files.length === 0) return;
  const { schema, files } = await table.changes(version);
  const now = readingOf(options, "kept", schema, false);
  for (const file of files) {
    if (!mayMatch(file, schema, now.filter)) continue;
    await gather(options, now, { file, onlyRows: undefined });
  }
  // Columns that are new have no value in rows that were there before.
  const known = new Set(taken.schema.map(({ name }) => name));
  const before = [...taken.schema, ...schema.filter(({ name }) => !known.has(name))];
  const gone = readingOf(options, "gone", before, taken.isFeed);
  for (const part of taken.files) {
    try {
      await gather(options, gone, part);
    } catch (error) {
      if (!(error instanceof DeltaError) || error.code !== "NOT_FOUND") throw error;
      throw vacuumed(version, part.file, error);
    }
  }
  await spill.settle();
}

function readingOf(
  { filter: terms, keysOf }: TakenKeysOptions,
  side: Side,
  schema: readonly TableField[],
  isFeed: boolean,
): Reading {
  const keys = keysOf(schema);
  const filter = compileFilter(terms, schema);
  const filterFields = filter.flatMap(
    ({ column }) => schema.find(({ name }) => name === column) ?? [],
  );
  const changes = isFeed ? [CHANGE_TYPE_FIELD] : [];
  const fields = [...new Set([...keys.fields, ...filterFields, ...changes])];
  const positions = (of: readonly TableField[]): number[] =>
    of.map((field) => fields.indexOf(field));
  return {
    side,
    fields,
    keys,
    keyColumns: positions(keys.fields),
    filter,
    filterColumns: positions(filterFields),
    changeColumn: positions(changes)[0],
  };
}

async function gather(
  { table, spill, timed, onRejects, onBatch, signal }: TakenKeysOptions,
  reading: Reading,
  { file, onlyRows }: FilePart,
): Promise<void> {
  const { side, fields, keys, keyColumns, filter, filterColumns } = reading;
  const batches = table.reader.read(table.storage, file, { fields, onlyRows, signal });
  for await (const batch of timed(batches)) {
    const rejects: Reject[] = [];
    for (const index of selectRows(batch, filter, filterColumns)) {
      if (!isTaken(batch, reading.changeColumn, index)) continue;
      const key = keys.keyOf(batch, keyColumns, index);
      // A row without a key was never sent.
      if (key === undefined) continue;
      if ("cause" in key) rejects.push(key);
      else spill.add(side, key);
    }
    await spill.settle();
    // What is refused of rows that are there is so when they are written.
    if (side === "gone" && rejects.length > 0) await onRejects(file, batch, rejects);
    await onBatch();
  }
}

function isTaken(batch: RowBatch, changeColumn: number | undefined, index: number): boolean {
  if (changeColumn === undefined) return true;
  return TAKING_CHANGES.has(String(batch.columns[changeColumn]?.valueAt(index)));
}

function vacuumed(version: number, { path }: DataFile, cause: DeltaError): FeatureStoreError {
  const reason =
    `version ${version} took rows of file ${path} away, and its keys cannot be read any more: ${cause.message}; ` +
    "with deletes report none are sent";
  return new FeatureStoreError("FAILED_PRECONDITION", reason, { cause });
}
