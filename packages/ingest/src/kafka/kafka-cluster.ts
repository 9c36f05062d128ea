import type { KafkaConfig } from "kafkajs";
import type { TopicPartition } from "../record.ts";
import { clientConfig, SocketSet } from "./client-config.ts";
import { decodeFetchResponse, type FetchResponse } from "./fetch-response.ts";
import { errorType } from "./kafka-errors.ts";
import {
  createCluster,
  fetchRequest,
  type KafkaBroker,
  type KafkaJsCluster,
  READ_COMMITTED,
} from "./kafkajs-internals.ts";
import { type KafkaConnection, REQUEST_TIMEOUT_MS } from "./options.ts";

/** Special times in a request for offsets. */
export const LATEST = -1;
export const EARLIEST = -2;

export interface FetchPosition extends TopicPartition {
  readonly offset: number;
}

export interface FetchLimits {
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly partitionMaxBytes: number;
}

/** Longest that any request may take: those that wait for a group have deadlines of their own. */
const LONGEST_REQUEST_MS = 30 * 60_000;

/** Time for connections to end, beyond which they are left to the system. */
const CLOSE_MS = 1000;

/** Connections to a cluster of Kafka, over kafkajs. A request that is not answered in time ends those to its broker. */
export class KafkaCluster {
  readonly requestTimeoutMs: number;
  readonly #sockets = new SocketSet();
  readonly #cluster: KafkaJsCluster;
  #isClosed = false;

  constructor(connection: KafkaConnection) {
    this.requestTimeoutMs = connection.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    const config: KafkaConfig = {
      ...clientConfig(connection, this.#sockets),
      requestTimeout: LONGEST_REQUEST_MS,
    };
    this.#cluster = createCluster(config);
  }

  /**
   * Runs requests, connected.
   *
   * @param work says to whom it sends, if it knows: only connections to that broker end if the time is up
   * @param timeoutMs for all of it
   * @throws {Error} of kafkajs, or one that names `what` if the time is up
   */
  async request<T>(
    what: string,
    work: (cluster: KafkaJsCluster, sentTo: (broker: KafkaBroker) => void) => Promise<T>,
    timeoutMs: number = this.requestTimeoutMs,
  ): Promise<T> {
    if (this.#isClosed) throw new Error(`${what}: closed`);
    let timer: NodeJS.Timeout | undefined;
    let broker: KafkaBroker | undefined;
    const timedOut = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const reason = `${what}: no answer within ${timeoutMs} ms`;
        reject(new Error(reason));
        this.#sockets.destroy(reason, broker?.connectionPool);
      }, timeoutMs);
    });
    const sentTo = (to: KafkaBroker): void => {
      broker = to;
    };
    try {
      const working = this.#cluster.connect().then(() => work(this.#cluster, sentTo));
      return await Promise.race([working, timedOut]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends what is under way: its requests fail. The next request connects again. */
  interrupt(reason: string): void {
    this.#sockets.destroy(reason);
  }

  /**
   * Learns anew where these topics' partitions are.
   *
   * @returns those that do not exist
   */
  refreshTopics(topics: readonly string[]): Promise<string[]> {
    return this.request("metadata", async (cluster) => {
      cluster.targetTopics = new Set(topics);
      try {
        await cluster.refreshMetadata();
        return [];
      } catch (error) {
        if (errorType(error) !== "UNKNOWN_TOPIC_OR_PARTITION") throw error;
      }
      const broker = await cluster.brokerPool.findConnectedBroker();
      const missing: string[] = [];
      for (const topic of topics) {
        if (!(await topicExists(broker, topic))) missing.push(topic);
      }
      cluster.targetTopics = new Set(topics.filter((topic) => !missing.includes(topic)));
      if (cluster.targetTopics.size > 0) await cluster.refreshMetadata();
      return missing;
    });
  }

  /** As of the last refresh; 0 for a topic that was not in it. */
  partitionCount(topic: string): number {
    return this.#cluster.findTopicPartitionMetadata(topic).length;
  }

  /** As of the last refresh; undefined where there is none. */
  leaderOf({ topic, partition }: TopicPartition): number | undefined {
    const metadata = this.#cluster.findTopicPartitionMetadata(topic);
    const leader = metadata.find(({ partitionId }) => partitionId === partition)?.leader;
    return leader === undefined || leader < 0 ? undefined : leader;
  }

  fetch(
    nodeId: number,
    positions: readonly FetchPosition[],
    { maxWaitMs, maxBytes, partitionMaxBytes }: FetchLimits,
  ): Promise<FetchResponse> {
    const request = fetchRequest(
      {
        isolationLevel: READ_COMMITTED,
        maxWaitTime: maxWaitMs,
        minBytes: 1,
        maxBytes,
        rackId: "",
        topics: positions.map(({ topic, partition, offset }) => ({
          topic,
          partitions: [{ partition, fetchOffset: String(offset), maxBytes: partitionMaxBytes }],
        })),
      },
      decodeFetchResponse,
    );
    return this.request(
      `fetch from broker ${nodeId}`,
      async (cluster, sentTo) => {
        const broker = await cluster.findBroker({ nodeId });
        sentTo(broker);
        return (await broker.connectionPool.send(request)) as FetchResponse;
      },
      maxWaitMs + this.requestTimeoutMs,
    );
  }

  /** @param at `EARLIEST` or `LATEST`. @returns by partition name; those that the broker does not lead are left out */
  listOffsets(
    nodeId: number,
    partitions: readonly TopicPartition[],
    at: typeof EARLIEST | typeof LATEST,
  ): Promise<Map<string, number>> {
    return this.request(`offsets of broker ${nodeId}`, async (cluster, sentTo) => {
      const broker = await cluster.findBroker({ nodeId });
      sentTo(broker);
      const { responses } = await broker.listOffsets({
        isolationLevel: READ_COMMITTED,
        topics: groupByTopic(partitions, ({ partition }) => ({ partition, timestamp: at })),
      });
      return new Map(
        responses.flatMap(({ topic, partitions: found }) =>
          found.map(({ partition, offset }) => [`${topic}/${partition}`, Number(offset)] as const),
        ),
      );
    });
  }

  /** Ends all connections at once. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#sockets.destroy("closed");
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    // The sockets are gone: what kafkajs finds wrong with that while it disconnects is of no use to anybody.
    const disconnected = this.#cluster.disconnect().catch(() => undefined);
    await Promise.race([disconnected, timedOut]);
    clearTimeout(timer);
    this.#sockets.destroy("closed");
  }
}

async function topicExists(broker: KafkaBroker, topic: string): Promise<boolean> {
  try {
    await broker.metadata([topic]);
    return true;
  } catch (error) {
    if (errorType(error) === "UNKNOWN_TOPIC_OR_PARTITION") return false;
    throw error;
  }
}

/** As most requests name partitions. */
export function groupByTopic<T extends TopicPartition, P>(
  of: readonly T[],
  make: (one: T) => P,
): { topic: string; partitions: P[] }[] {
  const byTopic = new Map<string, P[]>();
  for (const one of of) {
    const list = byTopic.get(one.topic);
    if (list === undefined) byTopic.set(one.topic, [make(one)]);
    else list.push(make(one));
  }
  return [...byTopic].map(([topic, partitions]) => ({ topic, partitions }));
}
