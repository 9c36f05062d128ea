import type { DataFile, DeletionVectorDescriptor, FilePart } from "../model/table-model.ts";
import type { Action, RemoveAction } from "./actions.ts";
import { changeFileOf, dataFileOf, keyOf, removedFileOf } from "./data-files.ts";
import { resolveLogPath } from "./log-path.ts";

/** Files that a commit removes with their rows, and those of which it marks more rows as deleted. */
export interface CommitRemovals {
  readonly removes: readonly RemoveAction[];
  /** By path: the vectors that the commit gives to files; undefined: it has none. */
  readonly vectors: ReadonlyMap<string, DeletionVectorDescriptor | undefined>;
}

/** Change data of a commit. Where there is some, it tells all changes, and nothing else of the commit does. */
export function feedParts(actions: readonly Action[]): FilePart[] {
  return actions.flatMap(({ cdc }) =>
    cdc === undefined ? [] : [{ file: changeFileOf(cdc), onlyRows: undefined }],
  );
}

export function removalsOf(actions: readonly Action[]): CommitRemovals {
  const adds = actions.flatMap(({ add }) => (add === undefined ? [] : [add]));
  const added = new Set(adds.map(keyOf));
  const vectors = new Map(
    adds.map((add) => [resolveLogPath(add.path), dataFileOf(add).deletionVector] as const),
  );
  const removes = actions.flatMap(({ remove }) =>
    // One that is added again as it was has other statistics now, and the same rows.
    remove === undefined || remove.dataChange === false || added.has(keyOf(remove)) ? [] : [remove],
  );
  return { removes, vectors };
}

/** Whether the log tells of a removed file what is needed to read it. */
export function isTold(remove: RemoveAction): boolean {
  return removedFileOf(remove) !== undefined;
}

/**
 * Rows that are gone.
 *
 * @param find where the commit itself does not tell enough of a file
 */
export function removedParts(
  { removes, vectors }: CommitRemovals,
  find: (remove: RemoveAction) => DataFile,
): FilePart[] {
  return removes.flatMap((remove): FilePart[] => {
    const file = removedFileOf(remove) ?? find(remove);
    if (!vectors.has(file.path)) return [{ file, onlyRows: undefined }];
    // The file stays, with another vector. Without any, all its rows are back.
    const onlyRows = vectors.get(file.path);
    return onlyRows === undefined ? [] : [{ file, onlyRows }];
  });
}
