import { FeatureStoreError } from "@ofs/platform";
import kafkajs, { type Admin, Kafka } from "kafkajs";
import type { LogAdmin, NewTopic, PartitionOffsets, TopicInfo } from "../admin.ts";
import { partitionName, type SourceRecord } from "../record.ts";
import type { CommittedPosition } from "../source.ts";
import { clientConfig, SocketSet } from "./client-config.ts";
import type { FetchedPartition } from "./fetch-response.ts";
import { EARLIEST, KafkaCluster, LATEST } from "./kafka-cluster.ts";
import { errorName, errorType, reasonOf } from "./kafka-errors.ts";
import { type KafkaConnection, REQUEST_TIMEOUT_MS } from "./options.ts";
import { decodeRecords } from "./record-batch.ts";
import { topicConfig } from "./topic-settings.ts";

/** Of one answer to `read`; a record that is larger comes alone. */
const READ_BYTES = 1024 * 1024;
/** For all brokers to know of a new topic. */
const NEW_TOPIC_MS = 10_000;
const NEW_TOPIC_POLL_MS = 50;
const MAX_TOPIC_NAME_LENGTH = 249;
const RETENTION = "retention.ms";

/** A topic with its copies and how long they are kept. */
export interface TopicDetails extends TopicInfo {
  /** Copies of each partition. */
  readonly replicationFactor: number;
  /** -1 = for ever. */
  readonly retentionMs: number;
}

/** Looks into the topics and groups of a cluster. Connects when it is first asked. */
export class KafkaAdmin implements LogAdmin {
  readonly #cluster: KafkaCluster;
  readonly #sockets = new SocketSet();
  readonly #admin: Admin;
  readonly #timeoutMs: number;

  /** @throws {Error} if a file of the TLS settings cannot be read */
  constructor(connection: KafkaConnection) {
    this.#timeoutMs = connection.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    this.#cluster = new KafkaCluster(connection);
    this.#admin = new Kafka(clientConfig(connection, this.#sockets)).admin();
  }

  async topics(): Promise<readonly TopicInfo[]> {
    const { topics } = await this.#ask("list topics", (admin) => admin.fetchTopicMetadata());
    return topics
      .filter(({ name }) => !name.startsWith("__"))
      .map(({ name, partitions }) => ({ name, partitionCount: partitions.length }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async offsets(topic: string): Promise<readonly PartitionOffsets[] | undefined> {
    const partitionCount = await this.partitionCount(topic);
    if (partitionCount === undefined) return undefined;
    const partitions = Array.from({ length: partitionCount }, (_, partition) => partition);
    return Promise.all(partitions.map((partition) => this.#offsetsOf(topic, partition)));
  }

  async committed(group: string, topic: string): Promise<ReadonlyMap<number, CommittedPosition>> {
    const found = new Map<number, CommittedPosition>();
    const topics = await this.#ask(`offsets of group ${group}`, async (admin) => {
      // Until kafkajs has asked who the brokers are, it finds none that could know the group's coordinator.
      await admin.describeCluster();
      return admin.fetchOffsets({ groupId: group, topics: [topic] });
    });
    for (const { partitions } of topics) {
      for (const { partition, offset, metadata } of partitions) {
        if (Number(offset) < 0) continue;
        found.set(partition, { offset: Number(offset), metadata: metadata ?? "" });
      }
    }
    return found;
  }

  async read(
    topic: string,
    partition: number,
    fromOffset: number,
    maxRecords: number,
    maxBytes: number,
  ): Promise<readonly SourceRecord[]> {
    const { startOffset, endOffset } = await this.#existing(topic, partition);
    const records: SourceRecord[] = [];
    let sizeBytes = 0;
    let offset = Math.max(fromOffset, startOffset);
    while (offset < endOffset && records.length < maxRecords) {
      const fetched = await this.#fetch(topic, partition, offset);
      const part = decodeRecords({ topic, partition }, fetched.batches, offset, fetched.aborted);
      for (const record of part.records) {
        sizeBytes += sizeOf(record);
        if (records.length > 0 && (sizeBytes > maxBytes || records.length >= maxRecords)) {
          return records;
        }
        records.push(record);
      }
      if (part.nextOffset === offset) return records;
      offset = part.nextOffset;
    }
    return records;
  }

  /** @param replicationFactor copies of each partition; default as the brokers say */
  async createTopic(
    name: string,
    settings: NewTopic = {},
    replicationFactor?: number,
  ): Promise<boolean> {
    assertTopicName(name);
    const topics = [topicConfig(name, settings, replicationFactor)];
    let isNew: boolean;
    try {
      isNew = await this.#ask(`create topic ${name}`, (admin) =>
        admin.createTopics({ topics, timeout: this.#timeoutMs, waitForLeaders: false }),
      );
    } catch (error) {
      const reason = createError(error);
      if (reason === undefined) throw error;
      const code = REFUSALS.has(reason) ? "INVALID_ARGUMENT" : "UNAVAILABLE";
      throw new FeatureStoreError(code, `topic ${name}: ${reason}`, { cause: error });
    }
    await this.#untilKnown(name);
    return isNew;
  }

  /**
   * Adds partitions to a topic.
   *
   * @param partitionCount in all
   * @throws {FeatureStoreError} INVALID_ARGUMENT if it has as many, or does not exist; UNAVAILABLE
   */
  async addPartitions(name: string, partitionCount: number): Promise<void> {
    const topicPartitions = [{ topic: name, count: partitionCount }];
    try {
      await this.#ask(`add partitions to topic ${name}`, (admin) =>
        admin.createPartitions({ topicPartitions, timeout: this.#timeoutMs }),
      );
    } catch (error) {
      const reason = errorType(error);
      if (reason !== "UNKNOWN_TOPIC_OR_PARTITION" && !REFUSALS.has(reason)) throw error;
      const message = `topic ${name} cannot have ${partitionCount} partitions: ${reason}`;
      throw new FeatureStoreError("INVALID_ARGUMENT", message, { cause: error });
    }
  }

  /**
   * @returns in the order of the names; those that do not exist are left out
   * @throws {FeatureStoreError} UNAVAILABLE
   */
  async describeTopics(names: readonly string[]): Promise<readonly TopicDetails[]> {
    const wanted = new Set(names);
    return this.#ask("describe topics", async (admin) => {
      const existing = new Set(await admin.listTopics());
      const topics = [...wanted].filter((name) => existing.has(name));
      if (topics.length === 0) return [];
      const { topics: metadata } = await admin.fetchTopicMetadata({ topics });
      const partitions = new Map(metadata.map((topic) => [topic.name, topic.partitions]));
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: topics.map((name) => ({
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name,
          configNames: [RETENTION],
        })),
      });
      const retentions = new Map(
        resources.map(({ resourceName, configEntries }) => [
          resourceName,
          configEntries.find(({ configName }) => configName === RETENTION)?.configValue,
        ]),
      );
      return topics.map((name) => ({
        name,
        partitionCount: partitions.get(name)?.length ?? 0,
        replicationFactor: partitions.get(name)?.[0]?.replicas.length ?? 0,
        retentionMs: Number(retentions.get(name) ?? -1),
      }));
    });
  }

  /** @returns brokers that are there now */
  async brokerCount(): Promise<number> {
    const cluster = await this.#ask("list brokers", (admin) => admin.describeCluster());
    return cluster.brokers.length;
  }

  /** @returns undefined for a topic that does not exist */
  async partitionCount(topic: string): Promise<number | undefined> {
    try {
      const missing = await this.#cluster.refreshTopics([topic]);
      return missing.length > 0 ? undefined : this.#cluster.partitionCount(topic) || undefined;
    } catch (error) {
      throw unavailable(`topic ${topic}`, error);
    }
  }

  async close(): Promise<void> {
    this.#sockets.destroy("closed");
    // Its connections are gone; what kafkajs finds wrong with that is of no use to anybody.
    await Promise.all([this.#admin.disconnect().catch(() => undefined), this.#cluster.close()]);
    this.#sockets.destroy("closed");
  }

  async #ask<T>(what: string, work: (admin: Admin) => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const reason = `no answer within ${this.#timeoutMs} ms`;
        reject(new Error(reason));
        this.#sockets.destroy(reason);
      }, this.#timeoutMs);
    });
    try {
      const working = this.#admin.connect().then(() => work(this.#admin));
      return await Promise.race([working, timedOut]);
    } catch (error) {
      if (createError(error) !== undefined) throw error;
      throw unavailable(what, error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #existing(topic: string, partition: number): Promise<PartitionOffsets> {
    const partitionCount = await this.partitionCount(topic);
    if (partitionCount === undefined) {
      throw new FeatureStoreError("NOT_FOUND", `topic ${topic} does not exist`);
    }
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitionCount) {
      const message = `partition ${partition}: topic ${topic} has ${partitionCount}`;
      throw new FeatureStoreError("NOT_FOUND", message);
    }
    return this.#offsetsOf(topic, partition);
  }

  async #offsetsOf(topic: string, partition: number): Promise<PartitionOffsets> {
    const name = partitionName({ topic, partition });
    try {
      const leader = this.#leaderOf(topic, partition);
      const of = [{ topic, partition }];
      const start = (await this.#cluster.listOffsets(leader, of, EARLIEST)).get(name);
      const end = (await this.#cluster.listOffsets(leader, of, LATEST)).get(name);
      if (start === undefined || end === undefined) throw new Error(`${name} has moved`);
      return { partition, startOffset: start, endOffset: end };
    } catch (error) {
      throw unavailable(name, error);
    }
  }

  async #fetch(topic: string, partition: number, offset: number): Promise<FetchedPartition> {
    const name = partitionName({ topic, partition });
    try {
      const leader = this.#leaderOf(topic, partition);
      const limits = { maxWaitMs: 0, maxBytes: READ_BYTES, partitionMaxBytes: READ_BYTES };
      const of = [{ topic, partition, offset }];
      const [fetched] = (await this.#cluster.fetch(leader, of, limits)).partitions;
      if (fetched === undefined) throw new Error("no answer for the partition");
      if (fetched.errorCode !== 0) throw new Error(errorName(fetched.errorCode));
      return fetched;
    } catch (error) {
      throw unavailable(`${name} at offset ${offset}`, error);
    }
  }

  #leaderOf(topic: string, partition: number): number {
    const leader = this.#cluster.leaderOf({ topic, partition });
    if (leader === undefined) throw new Error("no broker leads it");
    return leader;
  }

  async #hasLeaders(topic: string): Promise<boolean> {
    const count = (await this.partitionCount(topic)) ?? 0;
    for (let partition = 0; partition < count; partition++) {
      if (this.#cluster.leaderOf({ topic, partition }) === undefined) return false;
    }
    return count > 0;
  }

  async #untilKnown(topic: string): Promise<void> {
    const deadline = performance.now() + NEW_TOPIC_MS;
    while (!(await this.#hasLeaders(topic))) {
      if (performance.now() > deadline) {
        throw new FeatureStoreError("UNAVAILABLE", `topic ${topic} has no leaders yet`);
      }
      await new Promise((resolve) => setTimeout(resolve, NEW_TOPIC_POLL_MS));
    }
  }
}

/** What a broker says of topics that cannot be. */
const REFUSALS: ReadonlySet<string | undefined> = new Set([
  "INVALID_TOPIC_EXCEPTION",
  "INVALID_PARTITIONS",
  "INVALID_REPLICATION_FACTOR",
  "INVALID_CONFIG",
  "POLICY_VIOLATION",
]);

/** A broker's word on the one topic that it was asked to make. */
function createError(error: unknown): string | undefined {
  const errors = (error as { errors?: readonly unknown[] }).errors;
  return Array.isArray(errors) ? errorType(errors[0]) : undefined;
}

function assertTopicName(name: string): void {
  const isValid =
    /^[a-zA-Z0-9._-]+$/.test(name) &&
    name.length <= MAX_TOPIC_NAME_LENGTH &&
    name !== "." &&
    name !== "..";
  if (isValid) return;
  const message = `topic ${JSON.stringify(name)}: up to ${MAX_TOPIC_NAME_LENGTH} of a-z A-Z 0-9 . _ -`;
  throw new FeatureStoreError("INVALID_ARGUMENT", message);
}

function unavailable(what: string, error: unknown): FeatureStoreError {
  return new FeatureStoreError("UNAVAILABLE", `${what}: ${reasonOf(error)}`, { cause: error });
}

function sizeOf({ key, value, headers }: SourceRecord): number {
  let size = (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, bytes] of headers) size += name.length + bytes.length;
  return size;
}
