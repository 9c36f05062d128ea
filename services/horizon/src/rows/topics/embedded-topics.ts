import type { LogAdmin } from "@ofs/ingest";
import { FeatureStoreError } from "@ofs/platform";
import type { TopicAdmin } from "./topic-admin.ts";

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

  async close(): Promise<void> {}
}
