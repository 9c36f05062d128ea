import type { TableField } from "@ofs/delta";
import type { Progress, Run, RunSpec, Shard, ShardFile } from "../runs/model.ts";
import type { RunRow, ShardRow } from "./tables.ts";

/** Characters of an error that are kept. */
const ERROR_LENGTH_MAX = 4_000;

export function toRun(row: RunRow): Run {
  return {
    spec: parseSpec(row.spec),
    generation: Number(row.generation),
    state: row.state,
    plannedVersion: Number(row.planned_version),
    nextCheckMs: Number(row.next_check_ms),
    writeTimeMs: Number(row.write_time_ms),
    progress: toProgress(row),
    deleteFileCount: Number(row.delete_file_count),
    error: row.error,
    createdMs: Number(row.created_ms),
    updatedMs: Number(row.updated_ms),
    isReported: Number(row.is_reported) !== 0,
    samples: row.samples === null ? [] : (JSON.parse(row.samples) as string[]),
  };
}

/** Runs that were kept by earlier versions of this program do not say what becomes of deletes. */
function parseSpec(text: string): RunSpec {
  const { deletes = "report", ...spec } = JSON.parse(text) as Omit<RunSpec, "deletes"> &
    Partial<Pick<RunSpec, "deletes">>;
  return { ...spec, deletes };
}

export function toShard(row: ShardRow): Shard {
  return {
    tableName: row.name,
    generation: Number(row.generation),
    version: Number(row.version),
    number: Number(row.shard),
    file: JSON.parse(row.file) as ShardFile,
    state: row.state,
    nextRow: Number(row.next_row),
    fence: Number(row.fence),
    isUncertain: row.owner !== "",
    tryCount: Number(row.try_count),
    progress: toProgress(row),
  };
}

type ProgressRow = Pick<
  RunRow,
  | "sent_count"
  | "rejected_count"
  | "skipped_count"
  | "deleted_count"
  | "repeated_count"
  | "sent_bytes"
>;

export function toProgress(row: ProgressRow): Progress {
  return {
    sentCount: Number(row.sent_count),
    rejectedCount: Number(row.rejected_count),
    skippedCount: Number(row.skipped_count),
    deletedCount: Number(row.deleted_count),
    repeatedCount: Number(row.repeated_count),
    sentBytes: Number(row.sent_bytes),
  };
}

export function progressRow(progress: Progress): ProgressRow {
  return {
    sent_count: progress.sentCount,
    rejected_count: progress.rejectedCount,
    skipped_count: progress.skippedCount,
    deleted_count: progress.deletedCount,
    repeated_count: progress.repeatedCount,
    sent_bytes: progress.sentBytes,
  };
}

export function parseSchema(text: string): readonly TableField[] {
  return JSON.parse(text) as TableField[];
}

export function shortError(text: string): string {
  return text.length <= ERROR_LENGTH_MAX ? text : `${text.slice(0, ERROR_LENGTH_MAX - 1)}…`;
}
