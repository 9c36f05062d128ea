import { KafkaSink } from "@ofs/ingest";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  lagSchema,
  type ProducedRecord,
  producedSchema,
  topicsSchema,
} from "./consumer-answers.ts";
import type { ConsumerClient } from "./consumer-client.ts";
import { CommandError } from "./failures.ts";

/** A message for a topic. */
export interface NewMessage {
  readonly key: string | undefined;
  readonly value: Uint8Array;
}

/** Where a topic ends after what was sent, by partition: what a consumer has to reach. */
export type Ends = ReadonlyMap<number, number>;

/** Where messages go. */
export interface MessageLog {
  /** Resolves when they are durable. @throws {CommandError} if they may not be */
  send(messages: readonly NewMessage[]): Promise<void>;
  ends(): Promise<Ends>;
  /** Where each message is, if the log tells. */
  readonly records: readonly ProducedRecord[];
  close(): Promise<void>;
}

/** Adds the option that names brokers. */
export function addBrokersOption(command: Command, env: NodeJS.ProcessEnv): Command {
  const { OFS_KAFKA_BROKERS: brokers } = env;
  const option = new Option(
    "--brokers <addresses>",
    "host:port of Kafka's brokers, if the consumer reads Kafka (env: OFS_KAFKA_BROKERS)",
  ).argParser(parseBrokers);
  return command.addOption(brokers ? option.default(parseBrokers(brokers), brokers) : option);
}

function parseBrokers(value: string): string[] {
  return value.split(",").map((part) => {
    const address = part.trim();
    if (/^\S+:\d{1,5}$/.test(address)) return address;
    throw new InvalidArgumentError(`"${address}" is not host:port.`);
  });
}

/** The embedded log, which only the consumer itself adds to. */
export class ConsumerLog implements MessageLog {
  readonly records: ProducedRecord[] = [];
  readonly #consumer: ConsumerClient;
  readonly #path: string;

  constructor(consumer: ConsumerClient, topic: string) {
    this.#consumer = consumer;
    this.#path = `/ingest/${encodeURIComponent(topic)}`;
  }

  async send(messages: readonly NewMessage[]): Promise<void> {
    const lines = messages.map(({ key, value }) =>
      JSON.stringify({ key, message_base64: Buffer.from(value).toString("base64") }),
    );
    const type = "application/x-ndjson";
    const body = lines.join("\n");
    const { records } = await this.#consumer.post(this.#path, producedSchema, type, body);
    this.records.push(...records);
  }

  /** One message as it is: lines are checked to be messages, this is not. */
  async sendUnchecked({ key, value }: NewMessage): Promise<void> {
    const type = "application/octet-stream";
    const answer = await this.#consumer.post(this.#path, producedSchema, type, value, { key });
    this.records.push(...answer.records);
  }

  async ends(): Promise<Ends> {
    const ends = new Map<number, number>();
    for (const { partition, offset } of this.records) {
      ends.set(partition, Math.max(ends.get(partition) ?? 0, offset + 1));
    }
    return ends;
  }

  async close(): Promise<void> {
    // The consumer's client holds nothing open.
  }
}

/** Topics of Kafka, by its own protocol, in plain text. They are not created here: a misspelt name is an error. */
export class KafkaLog implements MessageLog {
  readonly records: readonly ProducedRecord[] = [];
  readonly #consumer: ConsumerClient;
  readonly #topic: string;
  readonly #sink: KafkaSink;
  #isKnown = false;

  constructor(brokers: readonly string[], consumer: ConsumerClient, topic: string) {
    this.#sink = new KafkaSink({ brokers, clientId: "ofs-produce" });
    this.#consumer = consumer;
    this.#topic = topic;
  }

  async send(messages: readonly NewMessage[]): Promise<void> {
    const topic = this.#topic;
    if (!this.#isKnown) await this.#assertTopic();
    this.#isKnown = true;
    const records = messages.map(({ key, value }) => {
      return { topic, key: key === undefined ? undefined : Buffer.from(key), value, headers: [] };
    });
    try {
      await this.#sink.produce(records);
    } catch (cause) {
      throw new CommandError(`${topic}: ${(cause as Error).message}`, { cause });
    }
  }

  async ends(): Promise<Ends> {
    const { topics } = await this.#consumer.get("/lag", lagSchema);
    const partitions = topics.find(({ topic }) => topic === this.#topic)?.partitions ?? [];
    const filled = partitions.filter(({ startOffset, endOffset }) => endOffset > startOffset);
    return new Map(filled.map(({ partition, endOffset }) => [partition, endOffset]));
  }

  close(): Promise<void> {
    return this.#sink.close();
  }

  async #assertTopic(): Promise<void> {
    const { topics } = await this.#consumer.get("/topics", topicsSchema);
    if (topics.some(({ name }) => name === this.#topic)) return;
    const known = topics.map(({ name }) => name).join(", ");
    throw new CommandError(`there is no topic ${this.#topic}: the consumer knows ${known}`);
  }
}
