import { brokenTable, DeltaError } from "../errors.ts";
import type { DataFile } from "../model/table-model.ts";
import type { FileReader } from "../reader/file-reader.ts";
import type { WantedField } from "../reader/worker/plan-columns.ts";
import type { TableStorage } from "../storage/table-storage.ts";
import type { Action, SidecarAction } from "./actions.ts";
import { DESCRIPTION_COLUMNS, FILE_COLUMNS, SIDECAR_COLUMNS } from "./checkpoint-columns.ts";
import { actionsOf } from "./checkpoint-rows.ts";
import { type Checkpoint, LOG_FOLDER } from "./log-files.ts";
import { resolveLogPath } from "./log-path.ts";
import { readActions } from "./read-actions.ts";

const SIDECAR_FOLDER = `${LOG_FOLDER}/_sidecars`;

/** What reading a log needs. */
export interface LogSource {
  readonly storage: TableStorage;
  readonly reader: FileReader;
}

/** Actions, and the file of the log that has them. */
export interface ActionGroup {
  readonly actions: Iterable<Action>;
  readonly path: string;
}

/**
 * Reads a checkpoint of any kind: in one file, in parts, or with files of actions of its own (V2).
 *
 * @param withFiles false: only what describes the table
 * @throws {DeltaError} naming the file that is broken or missing
 */
export async function* readCheckpoint(
  source: LogSource,
  checkpoint: Checkpoint,
  withFiles: boolean,
  signal?: AbortSignal,
): AsyncGenerator<ActionGroup> {
  const sidecars: SidecarAction[] = [];
  for (const { path, sizeBytes } of checkpoint.files) {
    const groups =
      checkpoint.format === "json"
        ? readJson(source, path, signal)
        : readParquet(source, path, sizeBytes, topColumns(withFiles), signal);
    for await (const group of groups) {
      const actions = [...group.actions];
      sidecars.push(...actions.flatMap(({ sidecar }) => (sidecar === undefined ? [] : [sidecar])));
      yield { actions, path };
    }
  }
  if (!withFiles) return;
  for (const { path, sizeInBytes } of sidecars) {
    yield* readParquet(source, sidecarPath(path), sizeInBytes, FILE_COLUMNS, signal);
  }
}

function topColumns(withFiles: boolean): readonly WantedField[] {
  return withFiles
    ? [...FILE_COLUMNS, ...DESCRIPTION_COLUMNS, ...SIDECAR_COLUMNS]
    : DESCRIPTION_COLUMNS;
}

async function* readJson(
  { storage }: LogSource,
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ActionGroup> {
  yield { actions: await readActions(storage, { path }, signal), path };
}

async function* readParquet(
  { storage, reader }: LogSource,
  path: string,
  sizeBytes: number,
  fields: readonly WantedField[],
  signal: AbortSignal | undefined,
): AsyncGenerator<ActionGroup> {
  const file: DataFile = {
    path,
    sizeBytes,
    rowCount: undefined,
    partitionValues: new Map(),
    deletionVector: undefined,
    stats: undefined,
  };
  try {
    for await (const batch of reader.read(storage, file, { fields, signal })) {
      yield { actions: actionsOf(batch, fields, path), path };
    }
  } catch (error) {
    // The log promises the file: that it is gone is no matter of what was asked for.
    if (error instanceof DeltaError && error.code === "NOT_FOUND") {
      throw brokenTable(`checkpoint ${error.message}`, error);
    }
    throw error;
  }
}

/** A bare name is in the folder for them. */
function sidecarPath(text: string): string {
  const path = resolveLogPath(text);
  return path.includes("/") ? path : `${SIDECAR_FOLDER}/${path}`;
}
