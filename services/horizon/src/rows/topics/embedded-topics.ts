import type { LogAdmin } from "@ofs/ingest";
import { FeatureStoreError } from "@ofs/platform";
import type { TopicAdmin, TopicMetadata } from "./topic-admin.ts";

/** Topics of the log in the data folder. */
export class EmbeddedTopics implements TopicAdmin {
  readonly #admin: LogAdmin;
  readonly #retentionMs: number;

  /** @param admin stays open: the log's owner closes it */
  constructor(admin: LogAdmin, retentionMs: number) {
    this.#admin = admin;
    this.#retentionMs = retentionMs;
  }

  create(name: string, partitionCount: number): Promise<boolean> {
    return this.#admin.createTopic(name, { partitionCount, retentionMs: this.#retentionMs });
  }

  async partitionCount(name: string): Promise<number | undefined> {
    return (await this.#admin.offsets(name))?.length;
  }

  async grow(name: string, partitionCount: number): Promise<void> {
    const current = await this.partitionCount(name);
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `topic ${name} has ${current} partitions for ever, not ${partitionCount}: the embedded log's topics do not grow`,
    );
  }

  /** Their retention is that of the settings, with which they are made. */
  async describe(names: readonly string[]): Promise<readonly TopicMetadata[]> {
    const counts = new Map(
      (await this.#admin.topics()).map(({ name, partitionCount }) => [name, partitionCount]),
    );
    return names.flatMap((topicName) => {
      const partitions = counts.get(topicName);
      if (partitions === undefined) return [];
      return { topicName, partitions, replicationFactor: 1, retentionMs: this.#retentionMs };
    });
  }

  async close(): Promise<void> {}
}
