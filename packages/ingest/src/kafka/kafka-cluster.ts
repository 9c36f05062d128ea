import type { KafkaConfig } from "kafkajs";
import type { TopicPartition } from "../record.ts";
import { clientConfig, SocketSet } from "./client-config.ts";
import { decodeFetchResponse, type FetchResponse } from "./fetch-response.ts";
import { ERROR_CODES, errorName } from "./kafka-errors.ts";
import {
  createCluster,
  fetchRequest,
  type KafkaBroker,
  type KafkaJsCluster,
  READ_COMMITTED,
  type TopicsMetadata,
  topicsMetadata,
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
  /** By topic and partition. */
  #leaders: ReadonlyMap<string, readonly (number | undefined)[]> = new Map();
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
   * @throws {Error} if the brokers cannot be asked, or say of a topic that it may not be read
   */
  refreshTopics(topics: readonly string[]): Promise<string[]> {
    return this.request("metadata", async (cluster, sentTo) => {
      const broker = await cluster.brokerPool.findConnectedBroker();
      sentTo(broker);
      const { leaders, missing } = topicTable(await topicsMetadata(broker, topics));
      // For kafkajs to know the brokers. It has no use for topics that lack something.
      const whole = [...leaders].filter(([, list]) => list.length > 0 && !list.includes(undefined));
      cluster.targetTopics = new Set(whole.map(([topic]) => topic));
      if (whole.length > 0 || cluster.getNodeIds().length === 0) await cluster.refreshMetadata();
      this.#leaders = leaders;
      return missing;
    });
  }

  /** As of the last refresh; 0 for a topic that was not in it. */
  partitionCount(topic: string): number {
    return this.#leaders.get(topic)?.length ?? 0;
  }

  /** As of the last refresh; undefined where there is none. */
  leaderOf({ topic, partition }: TopicPartition): number | undefined {
    return this.#leaders.get(topic)?.[partition];
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

interface TopicTable {
  /** By topic and partition. */
  readonly leaders: ReadonlyMap<string, readonly (number | undefined)[]>;
  readonly missing: string[];
}

function topicTable({ topicMetadata }: TopicsMetadata): TopicTable {
  const missing: string[] = [];
  const leaders = new Map<string, (number | undefined)[]>();
  for (const { topic, topicErrorCode, partitionMetadata } of topicMetadata) {
    if (topicErrorCode === ERROR_CODES.UNKNOWN_TOPIC_OR_PARTITION) {
      missing.push(topic);
    } else if (topicErrorCode !== 0 && topicErrorCode !== ERROR_CODES.LEADER_NOT_AVAILABLE) {
      throw new Error(`topic ${topic}: ${errorName(topicErrorCode)}`);
    } else {
      const list = new Array<number | undefined>(partitionMetadata.length).fill(undefined);
      for (const { partitionId, leader } of partitionMetadata) {
        if (leader >= 0) list[partitionId] = leader;
      }
      leaders.set(topic, list);
    }
  }
  return { leaders, missing };
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
