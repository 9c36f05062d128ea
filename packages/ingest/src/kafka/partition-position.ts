import type { TopicPartition } from "../record.ts";

/** Where the reading of one partition stands. */
export class PartitionPosition implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  readonly name: string;
  /** Of the next record to be fetched; undefined until it is known where reading begins. */
  offset: number | undefined;
  /** One past the last record that was delivered. */
  deliveredTo: number;
  /** As told last; undefined before. */
  endOffset: number | undefined;
  isPaused = false;
  /** Part of a request that has not been answered. */
  isBusy = false;
  /** Not asked for before this time, after a failure. */
  notBefore = 0;
  failures = 0;

  constructor({ topic, partition }: TopicPartition, name: string, offset: number | undefined) {
    this.topic = topic;
    this.partition = partition;
    this.name = name;
    this.offset = offset;
    this.deliveredTo = offset ?? 0;
  }
}
