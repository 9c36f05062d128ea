import { brokenTable } from "../errors.ts";
import type { DataFile, DeletionVectorDescriptor } from "../model/table-model.ts";
import { FileStats } from "../skipping/file-stats.ts";
import type { AddAction, CdcAction, DeletionVectorAction, RemoveAction } from "./actions.ts";
import { resolveLogPath } from "./log-path.ts";

export function dataFileOf(add: AddAction): DataFile {
  const stats = add.stats === undefined ? undefined : new FileStats(add.stats);
  return {
    path: resolveLogPath(add.path),
    sizeBytes: add.size,
    rowCount: stats?.values().rowCount,
    partitionValues: new Map(Object.entries(add.partitionValues)),
    deletionVector: descriptorOf(add.deletionVector),
    stats,
  };
}

/** File of a change data feed. */
export function changeFileOf(cdc: CdcAction): DataFile {
  return dataFileOf({ ...cdc, dataChange: false, stats: undefined, deletionVector: undefined });
}

/** @returns undefined if the log does not tell enough to read the file */
export function removedFileOf(remove: RemoveAction): DataFile | undefined {
  const { path, size, partitionValues, deletionVector } = remove;
  if (size === undefined || partitionValues === undefined) return undefined;
  return dataFileOf({ path, size, partitionValues, deletionVector, stats: undefined });
}

/** A path alone names no file: it can be there twice, with different deleted rows. */
export function keyOf(action: AddAction | RemoveAction): string {
  const { deletionVector: vector } = action;
  const path = resolveLogPath(action.path);
  if (vector === undefined) return path;
  const offset = vector.offset === undefined ? "" : `@${vector.offset}`;
  return `${path}\0${vector.storageType}${vector.pathOrInlineDv}${offset}`;
}

function descriptorOf(
  vector: DeletionVectorAction | undefined,
): DeletionVectorDescriptor | undefined {
  if (vector === undefined) return undefined;
  const { storageType, pathOrInlineDv, offset, sizeInBytes, cardinality } = vector;
  if (storageType !== "i" && offset === undefined) {
    throw brokenTable(`deletion vector ${pathOrInlineDv} in the log has no offset`);
  }
  return { storageType, pathOrInlineDv, offset, sizeBytes: sizeInBytes, cardinality };
}
