import type { ITopicConfig } from "kafkajs";
import type { NewTopic } from "../admin.ts";

/** What a batch has beside its largest record, about. */
const BATCH_OVERHEAD_BYTES = 1024;

/** How kafkajs is asked for a topic. What is left out is as the brokers say. */
export function topicConfig(
  topic: string,
  settings: NewTopic,
  replicationFactor?: number,
): ITopicConfig {
  const { partitionCount, retentionMs, retentionBytes, maxRecordBytes } = settings;
  const entries: [name: string, value: number | undefined][] = [
    ["retention.ms", retentionMs],
    ["retention.bytes", retentionBytes],
    ["max.message.bytes", maxRecordBytes && maxRecordBytes + BATCH_OVERHEAD_BYTES],
  ];
  return {
    topic,
    numPartitions: partitionCount ?? -1,
    replicationFactor: replicationFactor ?? -1,
    configEntries: entries.flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value: String(value) }],
    ),
  };
}
