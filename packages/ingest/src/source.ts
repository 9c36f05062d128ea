import type { SourceRecord, TopicPartition } from "./record.ts";

/** Where the group's reading of a partition stands, as committed. */
export interface CommittedPosition {
  /** Of the next record to be read. */
  readonly offset: number;
  /** What the committer said with it; empty for nothing. */
  readonly metadata: string;
}

export interface AssignedPartition extends TopicPartition {
  /** `undefined` if the group has never committed: reading begins where the source is told to begin. */
  readonly committed: CommittedPosition | undefined;
}

export interface Commit extends TopicPartition, CommittedPosition {}

/** What a source tells its reader. Calls come one at a time; records only of assigned partitions. */
export interface SourceListener {
  /** These are read by this member from now on. */
  assigned(partitions: readonly AssignedPartition[]): void;
  /**
   * These will be read by another member. What is committed before the promise settles counts; the source waits for it,
   * but not longer than its group does. No records of them come any more.
   */
  revoked(partitions: readonly TopicPartition[]): Promise<void>;
  /** Another member may read these already: nothing can be committed any more. */
  lost(partitions: readonly TopicPartition[]): void;
  /**
   * Records of one partition by rising offset, in the order of the partition; offsets may have gaps.
   *
   * @param endOffset one past the last record that could be read at that time: for the lag
   */
  records(from: TopicPartition, records: readonly SourceRecord[], endOffset: number): void;
}

export interface SourceStatus {
  /** `joining` also while the group is rebalanced; `failed`: tries again on its own. */
  readonly state: "joining" | "reading" | "failed" | "closed";
  /** Why it failed. */
  readonly reason?: string;
}

/** One member of a group of readers of topics: Kafka's consumer groups, or the embedded log's. */
export interface RecordSource {
  /** Begins; what goes wrong is tried again in the background and told by `status`. */
  start(listener: SourceListener): Promise<void>;
  /**
   * Asks for no more records of these. Some that are on their way may still come: at most one fetch of each partition.
   * Ends with the assignment.
   */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** @throws {SourceError} and then none or some may be committed; may be repeated */
  commit(commits: readonly Commit[]): Promise<void>;
  status(): SourceStatus;
  /** Leaves the group. Commit before. Idempotent. */
  close(): Promise<void>;
}

/** `FENCED`: another member owns the partition. `UNAVAILABLE`: later it may work. */
export type SourceErrorCode = "FENCED" | "UNAVAILABLE";

export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly code: SourceErrorCode;

  constructor(code: SourceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
