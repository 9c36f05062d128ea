import { FeatureStoreError } from "@ofs/platform";
import type { TopicAdmin, TopicMetadata } from "../../../src/rows/topics/topic-admin.ts";

/** Topics in memory. */
export class MemoryTopics implements TopicAdmin {
  readonly topics = new Map<string, number>();

  async create(name: string, partitionCount: number): Promise<boolean> {
    if (this.topics.has(name)) return false;
    this.topics.set(name, partitionCount);
    return true;
  }

  async partitionCount(name: string): Promise<number | undefined> {
    return this.topics.get(name);
  }

  async grow(name: string, partitionCount: number): Promise<void> {
    if (!this.topics.has(name)) throw new FeatureStoreError("INVALID_ARGUMENT", `no topic ${name}`);
    this.topics.set(name, partitionCount);
  }

  async describe(names: readonly string[]): Promise<readonly TopicMetadata[]> {
    return names.flatMap((topicName) => {
      const partitions = this.topics.get(topicName);
      if (partitions === undefined) return [];
      return { topicName, partitions, replicationFactor: 1, retentionMs: -1 };
    });
  }

  async close(): Promise<void> {}
}
