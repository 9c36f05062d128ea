import type { ErrorCode } from "@ofs/platform";
import type { TopicPartition } from "../record.ts";
import type { SourceStatus } from "../source.ts";

/** Why no more records are asked for: `bounds` are reached, or the partition is `halted`. */
export type PauseReason = "bounds" | "halted";

/** Why a partition stands still. It goes on by itself when what failed works again. */
export interface HaltStatus {
  /** For people. */
  readonly reason: string;
  readonly code: ErrorCode;
  /** Of the first record that cannot be brought to an end. */
  readonly offset: number;
  /** Unix milliseconds. */
  readonly sinceMs: number;
}

export interface PartitionStatus extends TopicPartition {
  /** Of the next record to be read; `undefined` before the first. */
  readonly position: number | undefined;
  /** Everything below is stored or dead-lettered, and the group knows. */
  readonly committed: number | undefined;
  /** One past the last record that could be read when records last came. */
  readonly endOffset: number | undefined;
  /** Records between the commit and the end, about. */
  readonly lag: number | undefined;
  readonly paused: PauseReason | undefined;
  readonly halted: HaltStatus | undefined;
  /** Records that wait for the registry to know a name. */
  readonly waitingRecords: number;
  readonly inFlightRecords: number;
  readonly inFlightBytes: number;
  /** Time of the oldest record that is neither stored nor dead-lettered, Unix milliseconds. */
  readonly oldestOpenMs: number | undefined;
  /** Unix milliseconds. */
  readonly lastCommitMs: number | undefined;
}

export interface IngestStatus {
  readonly state: "idle" | "running" | "draining" | "closed";
  readonly source: SourceStatus;
  /** Everything works: joined, nothing halted, nothing stalled, commits succeed. */
  readonly isHealthy: boolean;
  /** Why it is not healthy, for people. */
  readonly reasons: readonly string[];
  readonly inFlightRecords: number;
  readonly inFlightBytes: number;
  readonly partitions: readonly PartitionStatus[];
}

/** How a loop ended. */
export interface CloseReport {
  /** Records taken from the source that are neither stored nor dead-lettered: they will be read again. */
  readonly unfinishedRecords: number;
  /** Whether some of these were under way when the time was up; else they wait for the registry or are halted. */
  readonly isTimedOut: boolean;
  /** Whether all that was finished is committed. If not, it will be read and written again, harmlessly. */
  readonly isCommitted: boolean;
}
