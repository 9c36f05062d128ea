import { DeltaError } from "../errors.ts";
import type { TableStorage } from "../storage/table-storage.ts";
import { inCommitTimestamp } from "./actions.ts";
import type { LogFile, LogFiles } from "./log-files.ts";
import type { TableDescription } from "./log-state.ts";
import { readActions } from "./read-actions.ts";

const ENABLED = "delta.enableInCommitTimestamps";
const ENABLED_FROM = "delta.inCommitTimestampEnablementVersion";

/** First version that tells its time itself; undefined: none. Others have the time of their file. */
function firstTimedVersion({ configuration }: TableDescription): number | undefined {
  if (configuration.get(ENABLED) !== "true") return undefined;
  return Number(configuration.get(ENABLED_FROM) ?? 0);
}

/** @returns milliseconds since 1970 */
export async function commitTimeMs(
  storage: TableStorage,
  files: LogFiles,
  description: TableDescription,
  version: number,
  signal?: AbortSignal,
): Promise<number> {
  const commit = files.commits.get(version);
  if (commit === undefined) return files.checkpointUpTo(version)?.modifiedMs ?? 0;
  const first = firstTimedVersion(description);
  if (first === undefined || version < first) return commit.modifiedMs;
  return ownTimeMs(storage, commit, signal);
}

/**
 * The newest version whose time is not after another.
 *
 * @param files all of the log
 * @param description of the latest version
 * @throws {DeltaError} NOT_FOUND if every version is younger
 */
export async function versionAt(
  storage: TableStorage,
  files: LogFiles,
  description: TableDescription,
  timestampMs: number,
  signal?: AbortSignal,
): Promise<number> {
  const first = firstTimedVersion(description) ?? Number.POSITIVE_INFINITY;
  const commits = [...files.commits].sort(([left], [right]) => left - right);
  const timed = commits.filter(([version]) => version >= first);
  // Times of their own ascend, so that only a few commits need be read.
  let [low, high] = [0, timed.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [, file] = timed[middle] ?? [];
    if (file === undefined) break;
    if ((await ownTimeMs(storage, file, signal)) <= timestampMs) low = middle + 1;
    else high = middle;
  }
  const found = timed[low - 1]?.[0] ?? lastByFile(commits, first, timestampMs);
  if (found !== undefined) return found;
  throw new DeltaError(
    "NOT_FOUND",
    `table ${storage.location} has no version as old as ${new Date(timestampMs).toISOString()}`,
  );
}

/** Times of files need not ascend (copies, clocks); a version counts as younger than the one before. */
function lastByFile(
  commits: readonly (readonly [version: number, file: LogFile])[],
  end: number,
  timestampMs: number,
): number | undefined {
  let found: number | undefined;
  let time = Number.NEGATIVE_INFINITY;
  for (const [version, { modifiedMs }] of commits) {
    time = Math.max(time + 1, modifiedMs);
    if (version >= end || time > timestampMs) break;
    found = version;
  }
  return found;
}

async function ownTimeMs(
  storage: TableStorage,
  commit: LogFile,
  signal: AbortSignal | undefined,
): Promise<number> {
  for (const action of await readActions(storage, commit, signal)) {
    const timestamp = inCommitTimestamp(action);
    if (timestamp !== undefined) return timestamp;
  }
  return commit.modifiedMs;
}
