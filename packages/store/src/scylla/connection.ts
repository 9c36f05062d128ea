import { FeatureStoreError } from "@ofs/platform";
import { Client, type ClientOptions, type Host, policies, types } from "cassandra-driver";
import { controlConnectionOf, refreshOneAtATime } from "./control-connection.ts";
import { patchDriver } from "./driver-patches.ts";
import { normalizeIdentifier } from "./identifiers.ts";
import {
  type ResolvedScyllaOptions,
  resolveScyllaOptions,
  type ScyllaConsistency,
  type ScyllaOptions,
} from "./options.ts";
import { PreferredHostPolicy } from "./preferred-host-policy.ts";
import { toScyllaFailure } from "./scylla-errors.ts";

/** First pause before a node that is down is tried again, in milliseconds. */
const RECONNECT_DELAY_MS = 1000;

/** How long a connection may be idle before it is tried out, in milliseconds. */
const HEARTBEAT_MS = 10_000;

/** Statements that are sent to a second node, where that is switched on. */
const MAX_SPECULATIVE_EXECUTIONS = 1;

const CONSISTENCIES: Readonly<Record<ScyllaConsistency, types.consistencies>> = {
  ONE: types.consistencies.one,
  TWO: types.consistencies.two,
  THREE: types.consistencies.three,
  QUORUM: types.consistencies.quorum,
  ALL: types.consistencies.all,
  LOCAL_QUORUM: types.consistencies.localQuorum,
  EACH_QUORUM: types.consistencies.eachQuorum,
  LOCAL_ONE: types.consistencies.localOne,
};

/** EACH_QUORUM is for writes only; reads at it are refused by the server. */
const READ_CONSISTENCY_OF_EACH_QUORUM = types.consistencies.localQuorum;

/** One connected cluster. Stores share it: what closes one of them closes it. */
export interface ScyllaConnection {
  readonly client: Client;
  /** As the system tables have it: in lower case. */
  readonly keyspace: string;
  readonly localDatacenter: string;
  readonly readConsistency: types.consistencies;
  readonly writeConsistency: types.consistencies;
  /** Longest wait for one statement, in milliseconds. */
  readonly timeoutMs: number;
  /** Longest wait for all nodes to have a change of schema, in milliseconds. */
  readonly schemaAgreementMs: number;
  /** Sends the statement that carries this routing key to the node first. */
  prefer(routingKey: Buffer, host: Host): void;
  readonly isClosed: boolean;
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * Connects to a cluster: to the nodes of one data centre, each statement to a node that holds its row.
 *
 * @throws {FeatureStoreError} INVALID_ARGUMENT for options that make no sense, FAILED_PRECONDITION for wrong
 *   credentials or a keyspace that does not exist, UNAVAILABLE if no contact point answers
 */
export async function connectScylla(options: ScyllaOptions): Promise<ScyllaConnection> {
  const resolved = resolveScyllaOptions(options);
  const keyspace = normalizeIdentifier("keyspace", resolved.keyspace);
  const localDatacenter = resolved.localDatacenter ?? (await findLocalDatacenter(resolved));
  const hostPolicy = new PreferredHostPolicy(
    new policies.loadBalancing.TokenAwarePolicy(
      new policies.loadBalancing.DCAwareRoundRobinPolicy(localDatacenter),
    ),
  );
  const client = await connectClient(resolved, {
    ...clientOptions(resolved, hostPolicy),
    localDataCenter: localDatacenter,
    keyspace,
  });
  return new ClientConnection(client, keyspace, localDatacenter, resolved, hostPolicy);
}

/**
 * Connects without a keyspace, for what comes before there is one.
 *
 * @param use gets the client, which is closed after
 */
export async function withAdminClient<T>(
  options: ScyllaOptions,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const resolved = resolveScyllaOptions(options);
  const policy = new policies.loadBalancing.RoundRobinPolicy();
  const client = await connectClient(resolved, clientOptions(resolved, policy));
  try {
    return await use(client);
  } catch (error) {
    throw toScyllaFailure(error, subjectOf(resolved), false);
  } finally {
    await client.shutdown();
  }
}

class ClientConnection implements ScyllaConnection {
  readonly client: Client;
  readonly keyspace: string;
  readonly localDatacenter: string;
  readonly readConsistency: types.consistencies;
  readonly writeConsistency: types.consistencies;
  readonly timeoutMs: number;
  readonly schemaAgreementMs: number;
  readonly #hostPolicy: PreferredHostPolicy;
  #closing: Promise<void> | undefined;

  constructor(
    client: Client,
    keyspace: string,
    localDatacenter: string,
    options: ResolvedScyllaOptions,
    hostPolicy: PreferredHostPolicy,
  ) {
    this.client = client;
    this.keyspace = keyspace;
    this.localDatacenter = localDatacenter;
    this.writeConsistency = CONSISTENCIES[options.consistency];
    this.readConsistency =
      options.consistency === "EACH_QUORUM"
        ? READ_CONSISTENCY_OF_EACH_QUORUM
        : this.writeConsistency;
    this.timeoutMs = options.timeoutMs;
    this.schemaAgreementMs = options.maxSchemaAgreementSeconds * 1000;
    this.#hostPolicy = hostPolicy;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  prefer(routingKey: Buffer, host: Host): void {
    this.#hostPolicy.prefer(routingKey, host);
  }

  close(): Promise<void> {
    this.#closing ??= this.client.shutdown();
    return this.#closing;
  }
}

/** Asks the first contact point that answers for its data centre: the driver does not connect without one. */
async function findLocalDatacenter(options: ResolvedScyllaOptions): Promise<string> {
  const policy = new policies.loadBalancing.RoundRobinPolicy();
  const client = await connectClient(options, clientOptions(options, policy));
  try {
    // The first host is the one that the driver asked for all others.
    const [host] = client.hosts.values();
    if (host?.datacenter) return host.datacenter;
    throw new FeatureStoreError("UNAVAILABLE", `${subjectOf(options)}: no data centre is known`);
  } finally {
    await client.shutdown();
  }
}

async function connectClient(
  options: ResolvedScyllaOptions,
  settings: ClientOptions,
): Promise<Client> {
  patchDriver();
  const client = new Client(settings);
  refreshOneAtATime(controlConnectionOf(client));
  logTo(client, options);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.shutdown();
    throw toScyllaFailure(error, subjectOf(options), false);
  }
}

function clientOptions(
  options: ResolvedScyllaOptions,
  loadBalancing: policies.loadBalancing.LoadBalancingPolicy,
): ClientOptions {
  return {
    contactPoints: [...options.contactPoints],
    protocolOptions: {
      port: options.port,
      maxSchemaAgreementWaitSeconds: options.maxSchemaAgreementSeconds,
    },
    socketOptions: {
      connectTimeout: options.connectTimeoutMs,
      readTimeout: options.timeoutMs,
      tcpNoDelay: true,
    },
    pooling: {
      heartBeatInterval: HEARTBEAT_MS,
      coreConnectionsPerHost: {
        [types.distance.local]: options.connectionsPerHost,
        [types.distance.remote]: 1,
      },
    },
    // Blocks are views of what came from the network: nothing writes to it any more.
    encoding: { copyBuffer: false },
    maxPrepared: options.maxPreparedStatements,
    queryOptions: { fetchSize: options.pageSize },
    policies: {
      loadBalancing,
      reconnection: new policies.reconnection.ExponentialReconnectionPolicy(
        RECONNECT_DELAY_MS,
        Math.max(RECONNECT_DELAY_MS, options.reconnectIntervalSeconds * 1000),
      ),
      speculativeExecution: speculativeExecution(options.speculativeDelayMs),
    },
    ...(options.username === undefined || options.password === undefined
      ? {}
      : { credentials: { username: options.username, password: options.password } }),
  };
}

function speculativeExecution(
  delayMs: number | undefined,
): policies.speculativeExecution.SpeculativeExecutionPolicy {
  const { ConstantSpeculativeExecutionPolicy, NoSpeculativeExecutionPolicy } =
    policies.speculativeExecution;
  return delayMs === undefined
    ? new NoSpeculativeExecutionPolicy()
    : new ConstantSpeculativeExecutionPolicy(delayMs, MAX_SPECULATIVE_EXECUTIONS);
}

function logTo(client: Client, { log }: ResolvedScyllaOptions): void {
  if (log === undefined) return;
  client.on("hostUp", (host: Host) => log.info({ host: host.address }, "store node is up"));
  client.on("hostDown", (host: Host) => log.warn({ host: host.address }, "store node is down"));
  client.on("hostAdd", (host: Host) => log.info({ host: host.address }, "store node was added"));
  client.on("hostRemove", (host: Host) =>
    log.info({ host: host.address }, "store node was removed"),
  );
}

function subjectOf(options: ResolvedScyllaOptions): string {
  return `scylla at ${options.contactPoints.join(",")} port ${options.port}`;
}
