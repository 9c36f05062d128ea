import type { DataFile, VersionDeletes } from "../model/table-model.ts";
import type { Action } from "./actions.ts";
import { changeFileOf, dataFileOf, removedFileOf } from "./data-files.ts";
import { resolveLogPath } from "./log-path.ts";

/** What a commit does to the data. */
export interface CommitChanges {
  readonly files: readonly DataFile[];
  readonly deletes: VersionDeletes;
  readonly isDataChange: boolean;
}

const NO_DELETES: VersionDeletes = { kind: "none", files: [] };

/**
 * Tells the new rows of a commit from rows that are written again.
 *
 * A path that is added and removed at once has no new rows: its deletion vector changed.
 *
 * @param hasFeed the table writes a change data feed
 */
export function changesOf(actions: readonly Action[], hasFeed: boolean): CommitChanges {
  const adds = actions.flatMap(({ add }) => (add && add.dataChange !== false ? [add] : []));
  const removes = actions.flatMap(({ remove }) =>
    remove && remove.dataChange !== false ? [remove] : [],
  );
  const feed = actions.flatMap(({ cdc }) => (cdc === undefined ? [] : [changeFileOf(cdc)]));
  const removed = new Set(
    actions.flatMap(({ remove }) => (remove === undefined ? [] : [resolveLogPath(remove.path)])),
  );
  const files = adds.filter(({ path }) => !removed.has(resolveLogPath(path))).map(dataFileOf);
  const isDataChange = adds.length > 0 || removes.length > 0;
  if (feed.length > 0) return { files, deletes: { kind: "feed", files: feed }, isDataChange };
  if (removes.length === 0) return { files, deletes: NO_DELETES, isDataChange };
  const gone = removes.flatMap((remove) => removedFileOf(remove) ?? []);
  const areWhole = files.length === adds.length && gone.length === removes.length;
  const deletes: VersionDeletes =
    hasFeed && areWhole ? { kind: "removed", files: gone } : { kind: "unknown", files: [] };
  return { files, deletes, isDataChange };
}
