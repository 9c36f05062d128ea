import type { KafkaAdmin } from "@ofs/ingest";
import type { Logger } from "@ofs/platform";
import type { TopicAdmin, TopicMetadata } from "./topic-admin.ts";

export interface TopicSettings {
  /** Copies of each partition; as many as there are brokers, if those are fewer. */
  readonly replicationFactor: number;
  readonly retentionMs: number;
}

/** Topics of a Kafka cluster. */
export class KafkaTopics implements TopicAdmin {
  readonly #admin: KafkaAdmin;
  readonly #settings: TopicSettings;
  readonly #log: Logger;

  /** @param admin is closed with this */
  constructor(admin: KafkaAdmin, settings: TopicSettings, log: Logger) {
    this.#admin = admin;
    this.#settings = settings;
    this.#log = log;
  }

  async create(name: string, partitionCount: number): Promise<boolean> {
    const { replicationFactor: wanted, retentionMs } = this.#settings;
    const brokerCount = await this.#admin.brokerCount();
    const replicationFactor = Math.min(wanted, brokerCount);
    if (replicationFactor < wanted) {
      const fields = { topic: name, wanted, replicationFactor };
      this.#log.warn(fields, "a topic gets fewer copies than wanted: there are fewer brokers");
    }
    return this.#admin.createTopic(name, { partitionCount, retentionMs }, replicationFactor);
  }

  partitionCount(name: string): Promise<number | undefined> {
    return this.#admin.partitionCount(name);
  }

  grow(name: string, partitionCount: number): Promise<void> {
    return this.#admin.addPartitions(name, partitionCount);
  }

  async describe(names: readonly string[]): Promise<readonly TopicMetadata[]> {
    const topics = await this.#admin.describeTopics(names);
    return topics.map(({ name, partitionCount, replicationFactor, retentionMs }) => ({
      topicName: name,
      partitions: partitionCount,
      replicationFactor,
      retentionMs,
    }));
  }

  close(): Promise<void> {
    return this.#admin.close();
  }
}
