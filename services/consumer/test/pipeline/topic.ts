import { randomUUID } from "node:crypto";
import { KafkaAdmin, KafkaSink, type NewRecord, type SourceRecord } from "@ofs/ingest";
import { createKafkaTopic } from "@ofs/testkit";

const PREFIX = "KAFKA_CONSUMERS_FEATURE_CONSUMER_";
const READ_BYTES = 32 * 1024 * 1024;

/** A topic of a real Kafka, and its producer. */
export class TestTopic {
  readonly name: string;
  readonly broker: string;
  readonly #sink: KafkaSink;
  readonly admin: KafkaAdmin;

  private constructor(name: string, broker: string) {
    this.name = name;
    this.broker = broker;
    const connection = { brokers: [broker], clientId: "pipeline-test" };
    this.#sink = new KafkaSink(connection);
    this.admin = new KafkaAdmin(connection);
  }

  static async create(
    broker: string,
    partitions = 1,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<TestTopic> {
    const name = `pipeline-${randomUUID()}`;
    await createKafkaTopic(broker, name, { partitions, settings });
    return new TestTopic(name, broker);
  }

  get deadLetterTopic(): string {
    return `${this.name}.dlq`;
  }

  /** Settings of a consumer that reads it in a group of its own. */
  environment(variables: Readonly<Record<string, string>> = {}): Record<string, string> {
    const all = {
      TOPIC: this.name,
      BOOTSTRAP_SERVERS: this.broker,
      GROUP_ID: `group-${this.name}`,
      ...variables,
    };
    return Object.fromEntries(
      Object.entries(all).map(([name, value]) => [PREFIX + name, value] as const),
    );
  }

  /** Adds messages in order, of one partition unless they have keys. */
  async produce(
    values: readonly (Uint8Array | undefined)[],
    about: Partial<Pick<NewRecord, "partition" | "headers" | "timestampMs">> = {},
  ): Promise<void> {
    await this.#sink.produce(
      values.map((value) => ({
        topic: this.name,
        key: undefined,
        partition: 0,
        headers: [],
        ...about,
        value,
      })),
    );
  }

  async produceRecords(records: readonly NewRecord[]): Promise<void> {
    await this.#sink.produce(records);
  }

  /** All dead letters, by partition and offset. */
  async letters(): Promise<SourceRecord[]> {
    const offsets = (await this.admin.offsets(this.deadLetterTopic)) ?? [];
    const letters: SourceRecord[] = [];
    for (const { partition, startOffset, endOffset } of offsets) {
      let offset = startOffset;
      while (offset < endOffset) {
        const page = await this.admin.read(
          this.deadLetterTopic,
          partition,
          offset,
          1_000,
          READ_BYTES,
        );
        if (page.length === 0) break;
        letters.push(...page);
        offset = (page.at(-1)?.offset ?? offset) + 1;
      }
    }
    return letters;
  }

  async close(): Promise<void> {
    await this.#sink.close();
    await this.admin.close();
  }
}

/** @returns the last header of a name as text */
export function headerText({ headers }: SourceRecord, name: string): string | undefined {
  const found = headers.findLast(([one]) => one === name)?.[1];
  return found === undefined ? undefined : Buffer.from(found).toString();
}
