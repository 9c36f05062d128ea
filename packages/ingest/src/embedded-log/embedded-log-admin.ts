import { FeatureStoreError } from "@ofs/platform";
import type { LogAdmin, NewTopic, PartitionOffsets, TopicInfo } from "../admin.ts";
import type { SourceRecord } from "../record.ts";
import type { CommittedPosition } from "../source.ts";
import type { EmbeddedLog } from "./embedded-log.ts";
import { contentBytes } from "./frame.ts";

/** A look into the embedded log. */
export class EmbeddedLogAdmin implements LogAdmin {
  readonly #log: EmbeddedLog;

  constructor(log: EmbeddedLog) {
    this.#log = log;
  }

  topics(): Promise<readonly TopicInfo[]> {
    return Promise.resolve(
      [...this.#log.topics()]
        .map(({ name, partitions }) => ({ name, partitionCount: partitions.length }))
        .sort((left, right) => (left.name < right.name ? -1 : 1)),
    );
  }

  offsets(topic: string): Promise<readonly PartitionOffsets[] | undefined> {
    const partitions = this.#log.topic(topic)?.partitions;
    return Promise.resolve(
      partitions?.map(({ startOffset, endOffset }, partition) => {
        return { partition, startOffset, endOffset };
      }),
    );
  }

  committed(group: string, topic: string): Promise<ReadonlyMap<number, CommittedPosition>> {
    return Promise.resolve(this.#log.positions.ofTopic(group, topic));
  }

  /** @throws {FeatureStoreError} NOT_FOUND; {LogDamageError} for a record that is not as it was written */
  async read(
    topic: string,
    partition: number,
    fromOffset: number,
    maxRecords: number,
    maxBytes: number,
  ): Promise<readonly SourceRecord[]> {
    const log = this.#log.topic(topic)?.partition(partition);
    if (log === undefined) {
      throw new FeatureStoreError("NOT_FOUND", `there is no partition ${partition} of ${topic}`);
    }
    const records: SourceRecord[] = [];
    let next = fromOffset;
    let leftBytes = maxBytes;
    // A read ends with its segment; what is asked for may go on in the next one.
    while (records.length < maxRecords) {
      const limits = { maxRecords: maxRecords - records.length, maxBytes: leftBytes };
      const found = await log.read(next, limits);
      const last = found.at(-1);
      if (last === undefined) break;
      leftBytes -= found.reduce((sum, record) => sum + contentBytes(record), 0);
      if (records.length > 0 && leftBytes < 0) break;
      for (const record of found) records.push({ topic, partition, ...record });
      next = last.offset + 1;
      if (leftBytes <= 0) break;
    }
    return records;
  }

  createTopic(name: string, settings: NewTopic = {}): Promise<boolean> {
    return this.#log.createTopic(name, settings);
  }

  /** The log stays open. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
