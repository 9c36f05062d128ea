import { createRequire } from "node:module";
import type { KafkaConfig } from "kafkajs";

/*
 * The parts of kafkajs below its consumer, which it does not export: connections, authentication, metadata and the
 * encoding of requests. They are used as they are in 2.2.4, the version that the catalog pins; `kafkajs-internals.test.ts`
 * fails if another one lacks something.
 */

/** A request, and how to read its answer. */
export interface ProtocolRequest {
  readonly request: object;
  readonly response: {
    decode(bytes: Buffer): Promise<unknown>;
    parse(decoded: unknown): Promise<unknown>;
  };
  readonly requestTimeout?: number;
}

export interface TopicAssignment {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number }[];
}

/** A connection to one broker, with the requests that a member of a group makes. All reject with kafkajs errors. */
export interface KafkaBroker {
  readonly nodeId: number;
  readonly connectionPool: {
    readonly host: string;
    readonly port: number;
    send(request: ProtocolRequest): Promise<unknown>;
  };
  syncGroup(request: {
    groupId: string;
    generationId: number;
    memberId: string;
    groupAssignment: { memberId: string; memberAssignment: Buffer }[];
  }): Promise<{ memberAssignment: Buffer }>;
  heartbeat(request: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
  }): Promise<unknown>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
  offsetCommit(request: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    topics: {
      topic: string;
      partitions: { partition: number; offset: string; metadata: string }[];
    }[];
  }): Promise<unknown>;
  offsetFetch(request: { groupId: string; topics: TopicAssignment[] }): Promise<{
    responses: {
      topic: string;
      partitions: { partition: number; offset: string; metadata: string | null }[];
    }[];
  }>;
  listOffsets(request: {
    isolationLevel: number;
    topics: { topic: string; partitions: { partition: number; timestamp: number }[] }[];
  }): Promise<{
    responses: { topic: string; partitions: { partition: number; offset: string }[] }[];
  }>;
}

export interface JoinRequest {
  readonly groupId: string;
  readonly sessionTimeout: number;
  readonly rebalanceTimeout: number;
  /** Empty for a member that has none yet. */
  readonly memberId: string;
  readonly protocolType: "consumer";
  readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
}

export interface JoinResponse {
  readonly generationId: number;
  readonly groupProtocol: string;
  readonly leaderId: string;
  readonly memberId: string;
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

/** What a broker knows of topics. Error codes are Kafka's numbers; 0 for none. */
export interface TopicsMetadata {
  readonly topicMetadata: readonly {
    readonly topic: string;
    readonly topicErrorCode: number;
    readonly partitionMetadata: readonly {
      readonly partitionId: number;
      readonly partitionErrorCode: number;
      /** -1 while there is none. */
      readonly leader: number;
    }[];
  }[];
}

export interface KafkaJsCluster {
  targetTopics: Set<string>;
  readonly brokerPool: { findConnectedBroker(): Promise<KafkaBroker> };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  findBroker(of: { nodeId: number }): Promise<KafkaBroker>;
  findGroupCoordinator(of: { groupId: string }): Promise<KafkaBroker>;
  getNodeIds(): readonly string[];
}

export interface FetchPartition {
  readonly partition: number;
  readonly fetchOffset: string;
  readonly maxBytes: number;
}

export interface FetchRequest {
  readonly isolationLevel: number;
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: FetchPartition[] }[];
  readonly rackId: string;
}

/** Records of open and undone transactions are left out. */
export const READ_COMMITTED = 1;
const FETCH_VERSION = 11;
const JOIN_VERSION = 5;
const METADATA_VERSION = 6;

const require = createRequire(import.meta.url);

/** A client of its own, not connected yet. */
export function createCluster(config: KafkaConfig): KafkaJsCluster {
  const Cluster = require("kafkajs/src/cluster/index.js") as new (
    options: object,
  ) => KafkaJsCluster;
  const { createLogger } = require("kafkajs/src/loggers/index.js") as {
    createLogger(options: object): object;
  };
  const { logLevel, logCreator, ...rest } = config;
  return new Cluster({
    ...rest,
    logger: createLogger({ level: logLevel, logCreator }),
    allowAutoTopicCreation: false,
    isolationLevel: READ_COMMITTED,
    metadataMaxAge: Number.POSITIVE_INFINITY,
  });
}

interface MetadataRequest {
  readonly topics: readonly string[];
  readonly allowAutoTopicCreation: boolean;
}

interface Requests {
  readonly Fetch: Versions<FetchRequest>;
  readonly JoinGroup: Versions<JoinRequest>;
  readonly Metadata: Versions<MetadataRequest>;
}

interface Versions<T> {
  protocol(of: { readonly version: number }): (request: T) => ProtocolRequest;
}

function requests(): Requests {
  return (require("kafkajs/src/protocol/requests/index.js") as { requests: Requests }).requests;
}

/** @param decode reads the answer instead of kafkajs */
export function fetchRequest<T>(
  fetch: FetchRequest,
  decode: (bytes: Buffer) => T,
): ProtocolRequest {
  const { request, requestTimeout } = requests().Fetch.protocol({ version: FETCH_VERSION })(fetch);
  return {
    request,
    response: { decode: async (bytes) => decode(bytes), parse: async (decoded) => decoded },
    ...(requestTimeout !== undefined && { requestTimeout }),
  };
}

/**
 * Joins a group. kafkajs's own way takes the id that a new member is given and joins with it before anybody knows it, so that
 * a member which is closed meanwhile could not leave.
 *
 * @returns the answer, or the id to join with
 */
export async function joinGroup(
  broker: KafkaBroker,
  join: JoinRequest,
): Promise<JoinResponse | { readonly memberIdToUse: string }> {
  const request = requests().JoinGroup.protocol({ version: JOIN_VERSION })(join);
  try {
    return (await broker.connectionPool.send(request)) as JoinResponse;
  } catch (error) {
    const { name, memberId } = error as { name?: string; memberId?: string };
    if (name !== "KafkaJSMemberIdRequired" || memberId === undefined) throw error;
    return { memberIdToUse: memberId };
  }
}

/**
 * Asks for topics. kafkajs's own way has no answer at all if one topic of several does not exist, or one partition has no
 * leader.
 */
export async function topicsMetadata(
  broker: KafkaBroker,
  topics: readonly string[],
): Promise<TopicsMetadata> {
  const metadata = { topics, allowAutoTopicCreation: false };
  const { request, response } = requests().Metadata.protocol({ version: METADATA_VERSION })(
    metadata,
  );
  const decode = (bytes: Buffer): Promise<unknown> => response.decode(bytes);
  const asItIs = { request, response: { decode, parse: async (decoded: unknown) => decoded } };
  return (await broker.connectionPool.send(asItIs)) as TopicsMetadata;
}
