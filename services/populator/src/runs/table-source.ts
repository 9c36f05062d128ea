import {
  type DataFile,
  DeltaTable,
  type FileReader,
  openParquetFolder,
  openTableStorage,
  type StorageOptions,
  type TableSnapshot,
  type TableStorage,
  type TakenRows,
  type VersionChanges,
} from "@ofs/delta";
import type { KeySpillOptions } from "../deletes/key-spill.ts";
import type { LateReader } from "./late-reader.ts";
import type { RunSpec, ShardFile } from "./model.ts";
import { TimedStorage } from "./timed-storage.ts";
import type { WorkTimes } from "./work-times.ts";

/** Of a version in the name of its commit. */
const VERSION_DIGITS = 20;

/** Where tables are, and how their files are read. */
export interface TableAccess {
  readonly reader: LateReader;
  readonly storage: StorageOptions;
  /** Where keys go that are compared for deletes. */
  readonly spill: Pick<KeySpillOptions, "folder" | "bytesMax">;
}

/** One table, opened. */
export interface OpenTable {
  readonly storage: TableStorage;
  readonly reader: FileReader;
  latestVersion(): Promise<number>;
  versionAsOf(timestampMs: number): Promise<number>;
  snapshot(version: number): Promise<TableSnapshot>;
  changes(version: number): Promise<VersionChanges>;
  takenRows(version: number): Promise<TakenRows>;
}

/**
 * Opens a table for some work, and closes it after that.
 *
 * @param times of the worker, if it is one that works
 * @throws {DeltaError} naming the location
 */
export async function withTable<T>(
  access: TableAccess,
  { path, format }: Pick<RunSpec, "path" | "format">,
  signal: AbortSignal,
  work: (table: OpenTable) => Promise<T>,
  times?: WorkTimes,
): Promise<T> {
  const opened = openTableStorage(path, access.storage);
  const storage = times === undefined ? opened : new TimedStorage(opened, times);
  try {
    const open = format === "delta" ? openDelta : openFolder;
    return await work(await open(storage, await access.reader.open(), signal));
  } finally {
    await storage.close();
  }
}

async function openDelta(
  storage: TableStorage,
  reader: FileReader,
  signal: AbortSignal,
): Promise<OpenTable> {
  const table = await DeltaTable.open(storage, reader, signal);
  return {
    storage,
    reader,
    latestVersion: () => table.latestVersion(signal),
    versionAsOf: (timestampMs) => table.versionAsOf(timestampMs, signal),
    snapshot: (version) => table.snapshot(version, signal),
    changes: (version) => table.changes(version, signal),
    takenRows: (version) => table.takenRows(version, signal),
  };
}

/** A folder has one version, which is its whole content. */
async function openFolder(
  storage: TableStorage,
  reader: FileReader,
  signal: AbortSignal,
): Promise<OpenTable> {
  const snapshot = (): Promise<TableSnapshot> => openParquetFolder(storage, reader, signal);
  return {
    storage,
    reader,
    latestVersion: async () => (await snapshot()).version,
    versionAsOf: async () => (await snapshot()).version,
    snapshot,
    async changes() {
      return { ...(await snapshot()), deletes: { kind: "none", files: [] }, isDataChange: true };
    },
    async takenRows() {
      const { version, schema } = await snapshot();
      return { version, schema, isFeed: false, files: [] };
    },
  };
}

/** Cuts files into parts of about equal work. */
export function cutFiles(files: readonly DataFile[], rowsMax: number): ShardFile[] {
  return files.flatMap((file) => {
    const { rowCount } = file;
    const partCount = rowCount === undefined ? 1 : Math.max(1, Math.ceil(rowCount / rowsMax));
    return Array.from({ length: partCount }, (_, part) => ({
      path: file.path,
      sizeBytes: file.sizeBytes,
      rowCount,
      partitionValues: [...file.partitionValues],
      deletionVector: file.deletionVector,
      fromRow: part * rowsMax,
      toRow: part === partCount - 1 ? undefined : (part + 1) * rowsMax,
    }));
  });
}

/** The part of a version's work that is about its deletes. */
export function deletesOf(version: number): ShardFile {
  return {
    kind: "deletes",
    path: `_delta_log/${String(version).padStart(VERSION_DIGITS, "0")}.json`,
    sizeBytes: 0,
    rowCount: undefined,
    partitionValues: [],
    deletionVector: undefined,
    fromRow: 0,
    toRow: undefined,
  };
}

/** What the reader needs of a file. */
export function dataFileOf(file: ShardFile): DataFile {
  const vector = file.deletionVector;
  return {
    path: file.path,
    sizeBytes: file.sizeBytes,
    rowCount: file.rowCount,
    partitionValues: new Map(file.partitionValues),
    deletionVector: vector && { ...vector, offset: vector.offset },
    stats: undefined,
  };
}
