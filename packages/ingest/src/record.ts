/** Name and bytes; names may repeat, then the last counts. */
export type RecordHeader = readonly [name: string, value: Uint8Array];

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** One message of a topic, as a source has it. Its bytes are never a view of a buffer that is reused. */
export interface SourceRecord extends TopicPartition {
  /** Position in the partition, below 2^53. */
  readonly offset: number;
  readonly key: Uint8Array | undefined;
  /** `undefined` for a record without value. */
  readonly value: Uint8Array | undefined;
  readonly headers: readonly RecordHeader[];
  /** Unix milliseconds; `undefined` where the record has no time. */
  readonly timestampMs: number | undefined;
}

/** A message to be added to a topic. */
export interface NewRecord {
  readonly topic: string;
  /** Left out: by the key, or any if there is none. */
  readonly partition?: number;
  readonly key: Uint8Array | undefined;
  readonly value: Uint8Array | undefined;
  readonly headers: readonly RecordHeader[];
  /** Unix milliseconds. Left out: now. */
  readonly timestampMs?: number;
}

/** @returns the last value with this name */
export function headerOf(
  { headers }: Pick<SourceRecord, "headers">,
  name: string,
): Uint8Array | undefined {
  for (let index = headers.length - 1; index >= 0; index--) {
    const [found, value] = headers[index] as RecordHeader;
    if (found === name) return value;
  }
  return undefined;
}

/** For maps: topic names hold no `/`. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
