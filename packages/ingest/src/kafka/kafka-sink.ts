import { Kafka, type Message, Partitioners, type Producer, type TopicMessages } from "kafkajs";
import type { NewRecord } from "../record.ts";
import { type RecordSink, SinkError } from "../sink.ts";
import { clientConfig, SocketSet } from "./client-config.ts";
import { KafkaAdmin } from "./kafka-admin.ts";
import { errorType, reasonOf } from "./kafka-errors.ts";
import { type KafkaConnection, REQUEST_TIMEOUT_MS } from "./options.ts";

export interface KafkaSinkOptions extends KafkaConnection {
  /** How long produced records of topics that the sink makes are kept. Default 14 days. */
  readonly retentionMs?: number | undefined;
  /** Largest record of topics that the sink makes. Default 16 MiB. */
  readonly maxRecordBytes?: number | undefined;
  /** For `produce` to fail, all tries included. Default 30 s. */
  readonly deliveryTimeoutMs?: number | undefined;
}

const DAY_MS = 24 * 60 * 60_000;
const MIB = 1024 * 1024;
/** Of one request. A record that is larger goes alone. */
const REQUEST_BYTES = 512 * 1024;
/** What callers may have waiting; beyond it `produce` fails at once. */
const MAX_WAITING_BYTES = 128 * MIB;
const RETRY_MS = 200;
/** Every in-sync replica has it. */
const ALL_REPLICAS = -1;
const DEAD_LETTERS = ".dlq";

/**
 * Adds records to topics of Kafka, once each even if an answer is lost: idempotent, acknowledged by all replicas, in the
 * order of the calls. A topic that does not exist is made; one named `<source>.dlq` gets as many partitions as its source.
 *
 * kafkajs numbers batches anew after a failure with numbers that the broker may have seen, and would then take the next batch
 * for a repetition of the failed one and throw it away. So a producer that failed is never used again.
 */
export class KafkaSink implements RecordSink {
  readonly #options: KafkaSinkOptions;
  readonly #deliveryTimeoutMs: number;
  readonly #admin: KafkaAdmin;
  readonly #partitionCounts = new Map<string, number>();
  #producer: OneProducer | undefined;
  /** The call before: calls are carried out one after the other. */
  #last: Promise<void> = Promise.resolve();
  #waitingBytes = 0;
  #retryCount = 0;
  #isClosed = false;

  /** @throws {Error} if a file of the TLS settings cannot be read */
  constructor(options: KafkaSinkOptions) {
    this.#options = options;
    this.#deliveryTimeoutMs = options.deliveryTimeoutMs ?? 30_000;
    this.#admin = new KafkaAdmin(options);
  }

  async produce(records: readonly NewRecord[]): Promise<void> {
    if (this.#isClosed) throw new SinkError("UNAVAILABLE", "the sink is closed");
    const sizeBytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
    if (this.#waitingBytes > 0 && this.#waitingBytes + sizeBytes > MAX_WAITING_BYTES) {
      const message = `${this.#waitingBytes} bytes wait to be produced, ${MAX_WAITING_BYTES} may`;
      throw new SinkError("UNAVAILABLE", message);
    }
    this.#waitingBytes += sizeBytes;
    const deadline = performance.now() + this.#deliveryTimeoutMs;
    const produced = this.#last.then(() => this.#produceAll(records, deadline));
    // The next call has its own answer; what became of this one is told to its caller.
    this.#last = produced.catch(() => undefined);
    try {
      await produced;
    } finally {
      this.#waitingBytes -= sizeBytes;
    }
  }

  get retryCount(): number {
    return this.#retryCount;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
    await Promise.all([this.#producer?.close(), this.#admin.close()]);
    this.#producer = undefined;
  }

  async #produceAll(records: readonly NewRecord[], deadline: number): Promise<void> {
    let tooLarge: SinkError | undefined;
    for (const request of requestsOf(records)) {
      const failed = await this.#produceOrSplit(request, deadline);
      tooLarge ??= failed;
    }
    if (tooLarge !== undefined) throw tooLarge;
  }

  /** @returns why a record never fits, if one does not; the others are stored then */
  async #produceOrSplit(
    records: readonly NewRecord[],
    deadline: number,
  ): Promise<SinkError | undefined> {
    try {
      await this.#withRetries(records, deadline);
      return undefined;
    } catch (error) {
      if (!(error instanceof SinkError) || error.code !== "TOO_LARGE") throw error;
      if (records.length === 1) return error;
    }
    const half = records.length >>> 1;
    const first = await this.#produceOrSplit(records.slice(0, half), deadline);
    return (await this.#produceOrSplit(records.slice(half), deadline)) ?? first;
  }

  async #withRetries(records: readonly NewRecord[], deadline: number): Promise<void> {
    for (;;) {
      try {
        await this.#produceOnce(records, deadline);
        return;
      } catch (error) {
        await this.#discardProducer();
        if (isTooLarge(error)) {
          throw new SinkError("TOO_LARGE", tooLargeMessage(records, error), { cause: error });
        }
        for (const { topic } of records) this.#partitionCounts.delete(topic);
        if (performance.now() + RETRY_MS >= deadline) {
          const message = `${records.length} records for ${records[0]?.topic}: ${reasonOf(error)}`;
          throw new SinkError("UNAVAILABLE", message, { cause: error });
        }
        this.#retryCount += 1;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  async #produceOnce(records: readonly NewRecord[], deadline: number): Promise<void> {
    for (const topic of new Set(records.map((record) => record.topic))) {
      if (!this.#partitionCounts.has(topic)) {
        this.#partitionCounts.set(topic, await this.#findOrMake(topic));
      }
    }
    this.#producer ??= new OneProducer(this.#options);
    await this.#producer.send(topicMessages(records), deadline - performance.now());
  }

  /** @returns how many partitions the topic has */
  async #findOrMake(topic: string): Promise<number> {
    const found = await this.#admin.partitionCount(topic);
    if (found !== undefined) return found;
    const isDeadLetters = topic.endsWith(DEAD_LETTERS);
    const source = isDeadLetters ? topic.slice(0, -DEAD_LETTERS.length) : undefined;
    const partitionCount = source && (await this.#admin.partitionCount(source));
    await this.#admin.createTopic(topic, {
      maxRecordBytes: this.#options.maxRecordBytes ?? 16 * MIB,
      retentionMs: this.#options.retentionMs ?? 14 * DAY_MS,
      ...(typeof partitionCount === "number" && { partitionCount }),
    });
    const made = await this.#admin.partitionCount(topic);
    if (made === undefined) throw new Error(`topic ${topic} has been made and cannot be found yet`);
    return made;
  }

  async #discardProducer(): Promise<void> {
    const failed = this.#producer;
    this.#producer = undefined;
    await failed?.close();
  }
}

/** One producer's id at the broker, from the first request until one fails. */
class OneProducer {
  readonly #sockets = new SocketSet();
  readonly #producer: Producer;
  readonly #requestTimeoutMs: number;
  #connected: Promise<void> | undefined;

  constructor(connection: KafkaConnection) {
    this.#requestTimeoutMs = connection.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    this.#producer = new Kafka(clientConfig(connection, this.#sockets)).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      // Repeats a batch under its number, so that it is stored once whatever became of the first try.
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1000 },
    });
  }

  /** @throws {Error} and then this producer must not be used again */
  async send(messages: TopicMessages[], timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<never>((_, reject) => {
      const late = (): void => {
        reject(new Error(`not acknowledged within ${Math.round(timeoutMs)} ms`));
        this.#sockets.destroy("not acknowledged in time");
      };
      timer = setTimeout(late, Math.max(1, timeoutMs));
    });
    try {
      await Promise.race([this.#send(messages), timedOut]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #send(messages: TopicMessages[]): Promise<void> {
    this.#connected ??= this.#producer.connect();
    await this.#connected;
    const timeout = this.#requestTimeoutMs;
    await this.#producer.sendBatch({ acks: ALL_REPLICAS, timeout, topicMessages: messages });
  }

  async close(): Promise<void> {
    this.#sockets.destroy("closed");
    // Its connections are gone; what kafkajs finds wrong with that is of no use to anybody.
    await this.#producer.disconnect().catch(() => undefined);
    this.#sockets.destroy("closed");
  }
}

function* requestsOf(records: readonly NewRecord[]): Generator<readonly NewRecord[]> {
  let request: NewRecord[] = [];
  let sizeBytes = 0;
  for (const record of records) {
    const size = sizeOf(record);
    if (request.length > 0 && sizeBytes + size > REQUEST_BYTES) {
      yield request;
      request = [];
      sizeBytes = 0;
    }
    request.push(record);
    sizeBytes += size;
  }
  if (request.length > 0) yield request;
}

function topicMessages(records: readonly NewRecord[]): TopicMessages[] {
  const byTopic = new Map<string, Message[]>();
  for (const record of records) {
    const messages = byTopic.get(record.topic);
    if (messages === undefined) byTopic.set(record.topic, [toMessage(record)]);
    else messages.push(toMessage(record));
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
}

function toMessage({ partition, key, value, headers, timestampMs }: NewRecord): Message {
  const byName: Record<string, Buffer[]> = Object.create(null);
  for (const [name, bytes] of headers) {
    byName[name] ??= [];
    byName[name].push(asBuffer(bytes));
  }
  return {
    key: key === undefined ? null : asBuffer(key),
    value: value === undefined ? null : asBuffer(value),
    headers: byName,
    ...(partition !== undefined && { partition }),
    ...(timestampMs !== undefined && { timestamp: String(timestampMs) }),
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function sizeOf({ key, value, headers }: NewRecord): number {
  let size = 64 + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, bytes] of headers) size += name.length + bytes.length + 8;
  return size;
}

function isTooLarge(error: unknown): boolean {
  const type = errorType(error);
  return type === "MESSAGE_TOO_LARGE" || type === "RECORD_LIST_TOO_LARGE";
}

function tooLargeMessage(records: readonly NewRecord[], error: unknown): string {
  const [record] = records;
  const sizeBytes = record === undefined ? 0 : sizeOf(record);
  return `a record of ${sizeBytes} bytes for ${record?.topic}: ${reasonOf(error)}`;
}
