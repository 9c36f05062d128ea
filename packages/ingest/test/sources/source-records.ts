import { randomUUID } from "node:crypto";
import type { NewRecord } from "@ofs/ingest";

export function groupName(): string {
  return `group-${randomUUID().slice(0, 8)}`;
}

export function topicName(): string {
  return `topic-${randomUUID().slice(0, 8)}`;
}

export function record(topic: string, partition: number, value: string): NewRecord {
  return { topic, partition, key: undefined, value: Buffer.from(value), headers: [] };
}

/** Records whose values say where they are: `<partition>:<number>`. */
export function numbered(
  topic: string,
  partition: number,
  from: number,
  count: number,
): NewRecord[] {
  return Array.from({ length: count }, (_, index) =>
    record(topic, partition, `${partition}:${from + index}`),
  );
}
