import type { SourceRecord } from "./record.ts";
import type { CommittedPosition } from "./source.ts";

/** A topic as it stands. */
export interface TopicInfo {
  readonly name: string;
  readonly partitionCount: number;
}

/** What a partition holds: offsets from `startOffset` to below `endOffset`, perhaps with gaps. */
export interface PartitionOffsets {
  readonly partition: number;
  /** Of the oldest record that is kept; equal to `endOffset` in an empty partition. */
  readonly startOffset: number;
  /** One past the newest record that can be read. */
  readonly endOffset: number;
}

/** How a topic is made. What is left out is as the log's own settings say. */
export interface NewTopic {
  /** From 1; fixed for ever. */
  readonly partitionCount?: number;
  /** How long records are kept at least, in milliseconds. */
  readonly retentionMs?: number;
  /** Of each partition: the oldest records beyond it may go. */
  readonly retentionBytes?: number;
  /** Largest record. */
  readonly maxRecordBytes?: number;
}

/** A look into a log, beside its groups: for lag, for dead letters, for operators. */
export interface LogAdmin {
  /** All topics but the log's internal ones, by name. */
  topics(): Promise<readonly TopicInfo[]>;
  /** @returns one entry a partition, in order; `undefined` for a topic that does not exist */
  offsets(topic: string): Promise<readonly PartitionOffsets[] | undefined>;
  /** @returns by partition; partitions that the group never committed are left out */
  committed(group: string, topic: string): Promise<ReadonlyMap<number, CommittedPosition>>;
  /**
   * Records that are there now, without waiting for more, by rising offset.
   *
   * @param fromOffset below the oldest record kept: from that one
   * @param maxBytes of keys, values and headers; one record comes whatever its size
   * @returns empty at the end of the partition
   * @throws {FeatureStoreError} NOT_FOUND for a topic or partition that does not exist
   */
  read(
    topic: string,
    partition: number,
    fromOffset: number,
    maxRecords: number,
    maxBytes: number,
  ): Promise<readonly SourceRecord[]>;
  /**
   * @returns false if it existed already, and then it is as it was
   * @throws {FeatureStoreError} INVALID_ARGUMENT for a name or setting that no topic can have
   */
  createTopic(name: string, settings?: NewTopic): Promise<boolean>;
  close(): Promise<void>;
}
