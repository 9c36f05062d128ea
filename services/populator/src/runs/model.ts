import type { FilterTerm } from "../filter/row-filter.ts";

/** `PENDING`: nothing to do yet, or for a follower: nothing to do now. */
export const RUN_STATES = [
  "PENDING",
  "RUNNING",
  "PAUSED",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
] as const;

export type RunState = (typeof RUN_STATES)[number];

/** States that a run does not leave by itself. */
export const FINAL_STATES: readonly RunState[] = ["COMPLETED", "FAILED", "CANCELLED"];

export type ShardState = "PENDING" | "RUNNING" | "COMPLETED" | "FAILED";

/** A feature group of the row dialect. */
export interface RowTarget {
  readonly dialect: "row";
  readonly featureGroupName: string;
  /** undefined: the latest when a version is begun; messages name none then. */
  readonly featureGroupVersion: string | undefined;
  readonly replicateWrites: boolean;
  readonly isBinaryDoubled: boolean;
}

/** An entity of the block dialect. */
export interface BlockTarget {
  readonly dialect: "block";
  readonly entityLabel: string;
  /** undefined: all groups of the entity. */
  readonly groups: readonly string[] | undefined;
}

/** What is read of the table. Versions are inclusive. */
export type RunSource =
  | {
      readonly mode: "changes";
      readonly startVersion: number;
      /** undefined: for ever, as `follow` says. */
      readonly endVersion: number | undefined;
    }
  /** All rows of one version. undefined: the latest when the run begins. */
  | { readonly mode: "snapshot"; readonly version: number | undefined };

/**
 * What becomes of rows that versions of the table took away. `report`: their files are counted. `tombstone`: their keys are
 * deleted from the store.
 */
export const DELETE_MODES = ["report", "tombstone"] as const;

export type DeleteMode = (typeof DELETE_MODES)[number];

/** How a run goes on when it has done what there was. */
export type Follow =
  | { readonly kind: "none" }
  /** Looks for new versions all the time. */
  | { readonly kind: "watch" }
  /** Looks when the cron expression says so, in UTC. */
  | { readonly kind: "cron"; readonly expression: string };

/** What somebody asked for. */
export interface RunSpec {
  /** Names the run: another one of this name takes its place. */
  readonly tableName: string;
  /** Of the table: a local path, `file:`, `s3://` or `s3a://`. */
  readonly path: string;
  /** `parquet`: a folder of plain Parquet files, which has one version. */
  readonly format: "delta" | "parquet";
  readonly source: RunSource;
  readonly target: RowTarget | BlockTarget;
  readonly tenantName: string;
  readonly topicName: string;
  readonly runId: string;
  /** Target column by the table's; undefined: by their names. */
  readonly columns: Readonly<Record<string, string>> | undefined;
  /** All must be fulfilled. */
  readonly filter: readonly FilterTerm[];
  /** Rows that may be refused before the run fails. */
  readonly maxRejects: number;
  readonly follow: Follow;
  readonly deletes: DeleteMode;
}

/** Counts of a run, a version or a shard; each counts a row once, however often it was sent. */
export interface Progress {
  /** Rows in acknowledged messages. */
  readonly sentCount: number;
  readonly rejectedCount: number;
  /** Rows that the filter left out. */
  readonly skippedCount: number;
  /** Keys in acknowledged deletes. */
  readonly deletedCount: number;
  /** Of the sent rows and deletes: those that may be in the log more than once, because nobody knows what became of a batch. */
  readonly repeatedCount: number;
  /** Of the sent messages' keys and values. */
  readonly sentBytes: number;
}

export interface Run {
  readonly spec: RunSpec;
  /** Grows each time that another run takes the name. */
  readonly generation: number;
  readonly state: RunState;
  /** The version under way or done; -1 before the first. */
  readonly plannedVersion: number;
  /** When it is looked at next; Unix ms. */
  readonly nextCheckMs: number;
  /** Of the last version's messages; those of the next one count later. */
  readonly writeTimeMs: number;
  readonly progress: Progress;
  /** Rows taken away by the versions read, which nothing is sent for: files, since rows may be unknown. */
  readonly deleteFileCount: number;
  /** Why it failed; of others what went wrong last. */
  readonly error: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  /** Whether the control plane was told of its end. */
  readonly isReported: boolean;
  /** A few of the rows sent, as JSON; of the row dialect only. */
  readonly samples: readonly string[];
}

/** Rows of one file of one version: what one worker does. */
export interface Shard {
  readonly tableName: string;
  readonly generation: number;
  readonly version: number;
  /** From 0 within the version. */
  readonly number: number;
  readonly file: ShardFile;
  readonly state: ShardState;
  /** First row that is not done. */
  readonly nextRow: number;
  /** Grows with each owner: what an earlier one says does not count. */
  readonly fence: number;
  /** Whether an owner before may have sent a batch from `nextRow` on, and did not note it. */
  readonly isUncertain: boolean;
  /** Failures since it last went on. */
  readonly tryCount: number;
  readonly progress: Progress;
}

/** Enough to read the rows again, whoever does. */
export interface ShardFile {
  /** Not the rows of a file, but the keys that a version took away: `path` is its commit, a row is a key. */
  readonly kind?: "deletes";
  readonly path: string;
  readonly sizeBytes: number;
  readonly rowCount: number | undefined;
  /** By physical name. */
  readonly partitionValues: readonly (readonly [string, string | null])[];
  readonly deletionVector:
    | {
        readonly storageType: "u" | "i" | "p";
        readonly pathOrInlineDv: string;
        readonly offset?: number | undefined;
        readonly sizeBytes: number;
        readonly cardinality: number;
      }
    | undefined;
  readonly fromRow: number;
  /** Row to stop before; undefined: the end. */
  readonly toRow: number | undefined;
}

export const NO_PROGRESS: Progress = {
  sentCount: 0,
  rejectedCount: 0,
  skippedCount: 0,
  deletedCount: 0,
  repeatedCount: 0,
  sentBytes: 0,
};

export function addProgress(a: Progress, b: Progress): Progress {
  return {
    sentCount: a.sentCount + b.sentCount,
    rejectedCount: a.rejectedCount + b.rejectedCount,
    skippedCount: a.skippedCount + b.skippedCount,
    deletedCount: a.deletedCount + b.deletedCount,
    repeatedCount: a.repeatedCount + b.repeatedCount,
    sentBytes: a.sentBytes + b.sentBytes,
  };
}
