import type {
  CommittedPosition,
  LogAdmin,
  NewRecord,
  PartitionOffsets,
  RecordSink,
  SinkError,
  SourceRecord,
} from "@ofs/ingest";
import type { ReadTopic, TopicLog } from "../../src/read-topics.ts";

/** A log in memory: enough to look into and to write to. */
export class MemoryLog implements LogAdmin, RecordSink {
  readonly retryCount = 0;
  /** Itself, as the routes see it. */
  readonly asLog: TopicLog = { admin: this, sink: this, append: this.append.bind(this) };
  readonly partitions = new Map<string, SourceRecord[][]>();
  readonly commits = new Map<string, Map<number, CommittedPosition>>();
  /** What has been produced, in order. */
  readonly produced: NewRecord[] = [];
  /** What `produce` fails with, from the call on that this number of others goes before. */
  failure: { readonly afterCalls: number; readonly error: SinkError } | undefined;
  nowMs = 1_700_000_000_000;
  #calls = 0;

  addTopic(name: string, partitionCount: number): void {
    this.partitions.set(
      name,
      Array.from({ length: partitionCount }, () => []),
    );
  }

  add(record: NewRecord): void {
    const { topic, partition = 0, timestampMs = this.nowMs } = record;
    if (!this.partitions.has(topic)) this.addTopic(topic, partition + 1);
    const records = this.partitions.get(topic)?.[partition];
    if (records === undefined) throw new Error(`no partition ${partition} of ${topic}`);
    const { key, value, headers } = record;
    records.push({ topic, partition, offset: records.length, key, value, headers, timestampMs });
  }

  async produce(records: readonly NewRecord[]): Promise<void> {
    if (this.failure !== undefined && this.#calls++ >= this.failure.afterCalls) {
      throw this.failure.error;
    }
    this.produced.push(...records);
    for (const record of records) this.add(record);
  }

  async append(records: readonly NewRecord[]): Promise<{ partition: number; offset: number }[]> {
    const appended = [];
    for (const record of records) {
      await this.produce([record]);
      const { length } = this.partitions.get(record.topic)?.[0] ?? [];
      appended.push({ partition: 0, offset: length - 1 });
    }
    return appended;
  }

  async topics() {
    return [...this.partitions].map(([name, { length }]) => ({ name, partitionCount: length }));
  }

  async offsets(topic: string): Promise<PartitionOffsets[] | undefined> {
    return this.partitions
      .get(topic)
      ?.map(({ length }, partition) => ({ partition, startOffset: 0, endOffset: length }));
  }

  async committed(_group: string, topic: string): Promise<ReadonlyMap<number, CommittedPosition>> {
    return this.commits.get(topic) ?? new Map();
  }

  async read(topic: string, partition: number, fromOffset: number, maxRecords: number) {
    return (
      this.partitions.get(topic)?.[partition]?.slice(fromOffset, fromOffset + maxRecords) ?? []
    );
  }

  async createTopic(): Promise<boolean> {
    return false;
  }

  async close(): Promise<void> {}
}

/** A topic that is read, as the routes see it. */
export function readTopic(name: string, log: MemoryLog, about: Partial<ReadTopic> = {}): ReadTopic {
  return {
    name,
    dialect: "block",
    groupId: "onfs",
    start: "earliest",
    deadLetterTopic: `${name}.dlq`,
    log: log.asLog,
    ...about,
  };
}
