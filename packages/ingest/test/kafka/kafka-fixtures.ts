import {
  KafkaAdmin,
  type KafkaConnection,
  KafkaSink,
  KafkaSource,
  type KafkaSourceOptions,
  type RecordSource,
} from "@ofs/ingest";
import {
  freePort,
  type PrivateKafka,
  type PrivateKafkaOptions,
  startPrivateKafka,
  startTcpProxy,
  type TcpProxy,
} from "@ofs/testkit";
import { clientConfig, SocketSet } from "../../src/kafka/client-config.ts";
import { createCluster } from "../../src/kafka/kafkajs-internals.ts";
import { topicName } from "../sources/source-records.ts";
import type { MemberOptions, SourceSubject } from "../sources/source-subject.ts";

export const MIB = 1024 * 1024;

/** Groups form and fall apart fast. */
export const FAST = {
  sessionTimeoutMs: 6000,
  heartbeatIntervalMs: 300,
  rebalanceTimeoutMs: 10_000,
  requestTimeoutMs: 3000,
  metadataIntervalMs: 1000,
} as const;

export function connectionTo(address: string): KafkaConnection {
  return { brokers: [address], clientId: "test" };
}

export function memberOf(
  address: string,
  { group, topics, start = "earliest" }: MemberOptions,
  more: Partial<KafkaSourceOptions> = {},
): KafkaSource {
  return new KafkaSource({
    ...connectionTo(address),
    groupId: group,
    topics,
    start,
    ...FAST,
    ...more,
  });
}

/** A broker behind a proxy that its clients go through, and a way past it. */
export interface ProxiedKafka {
  readonly kafka: PrivateKafka;
  readonly proxy: TcpProxy;
  readonly address: string;
  readonly direct: string;
  close(): Promise<void>;
}

export async function startProxiedKafka(options: PrivateKafkaOptions = {}): Promise<ProxiedKafka> {
  const port = await freePort();
  const proxy = await startTcpProxy({ target: { host: "127.0.0.1", port } });
  const listeners = [{ port, advertisedPort: proxy.port }];
  const kafka = await startPrivateKafka({ ...options, listeners });
  return {
    kafka,
    proxy,
    address: proxy.text,
    direct: kafka.direct.text,
    close: async () => {
      await proxy.close();
      await kafka.close();
    },
  };
}

export interface SubjectOptions {
  /** Where members go. */
  readonly address: string;
  /** Where the test itself goes. */
  readonly direct: string;
  readonly outage?: SourceSubject["outage"];
  readonly close?: () => Promise<void>;
}

/** Kafka as the source contract wants it. */
export function kafkaSubject({ address, direct, outage, close }: SubjectOptions): SourceSubject {
  const admin = new KafkaAdmin(connectionTo(direct));
  const sink = new KafkaSink(connectionTo(direct));
  return {
    admin,
    largestRecordBytes: 10 * MIB,
    createTopic: async (partitionCount) => {
      const topic = topicName();
      await admin.createTopic(topic, { partitionCount, maxRecordBytes: 12 * MIB });
      return topic;
    },
    produce: (records) => sink.produce(records),
    member: (options) => memberOf(address, options, { fetchBytes: MIB, partitionFetchBytes: MIB }),
    evict: (_member: RecordSource, group: string) => evictAll(direct, group),
    ...(outage !== undefined && { outage }),
    close: async () => {
      await Promise.all([admin.close(), sink.close()]);
      await close?.();
    },
  };
}

/** Takes all members out of a group, as an operator can, without their knowing. */
export async function evictAll(address: string, groupId: string): Promise<void> {
  const sockets = new SocketSet();
  const cluster = createCluster(clientConfig(connectionTo(address), sockets));
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    const broker = await cluster.findGroupCoordinator({ groupId });
    const { groups } = await (
      broker as unknown as {
        describeGroups(of: { groupIds: string[] }): Promise<{
          groups: { members: { memberId: string }[] }[];
        }>;
      }
    ).describeGroups({ groupIds: [groupId] });
    for (const { memberId } of groups[0]?.members ?? []) {
      await broker.leaveGroup({ groupId, memberId });
    }
  } finally {
    sockets.destroy("done");
    await cluster.disconnect();
  }
}
