import { FeatureStoreError, type Logger } from "@ofs/platform";

/** How many replicas must agree, as CQL names it. */
export type ScyllaConsistency =
  | "ONE"
  | "TWO"
  | "THREE"
  | "QUORUM"
  | "ALL"
  | "LOCAL_QUORUM"
  | "EACH_QUORUM"
  | "LOCAL_ONE";

/**
 * One connection to a Cassandra or ScyllaDB cluster: what `STORAGE_SCYLLA_<n>_*` says. Only contact points
 * and keyspace have no default.
 */
export interface ScyllaOptions {
  /** Host names or addresses, without a port. */
  readonly contactPoints: readonly string[];
  /** Default 9042. */
  readonly port?: number | undefined;
  readonly keyspace: string;
  /** Default: that of the first contact point that answers. */
  readonly localDatacenter?: string | undefined;
  /** Of reads and writes; default LOCAL_QUORUM. */
  readonly consistency?: ScyllaConsistency | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Longest wait for the answer to one statement; default 11 000. */
  readonly timeoutMs?: number | undefined;
  /** Longest wait for a TCP connection; default 11 000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Default 2. */
  readonly connectionsPerHost?: number | undefined;
  /** Statements that are kept prepared; default 1000. */
  readonly maxPreparedStatements?: number | undefined;
  /** Rows of one page of an answer; default 5000. */
  readonly pageSize?: number | undefined;
  /** How long a change of schema waits until all nodes have it; default 60. */
  readonly maxSchemaAgreementSeconds?: number | undefined;
  /** Longest pause between attempts to reach a node that is down; the first is one second. Default 60. */
  readonly reconnectIntervalSeconds?: number | undefined;
  /** Sends a slow statement to a second node after so long; default: never. */
  readonly speculativeDelayMs?: number | undefined;
  /** Told of nodes that come and go. */
  readonly log?: Logger | undefined;
  /** Accepted, without effect: the driver finds out what the server speaks. */
  readonly majorVersion?: number | undefined;
  /** Accepted, without effect: the driver keeps routing information with each prepared statement. */
  readonly maxRoutingKeyInfo?: number | undefined;
  /** Accepted, without effect: the driver sends together what is written in one turn of the event loop. */
  readonly writeCoalesceWaitMicros?: number | undefined;
}

/** `ScyllaOptions` with every number decided. */
export interface ResolvedScyllaOptions {
  readonly contactPoints: readonly string[];
  readonly port: number;
  readonly keyspace: string;
  readonly localDatacenter: string | undefined;
  readonly consistency: ScyllaConsistency;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly connectionsPerHost: number;
  readonly maxPreparedStatements: number;
  readonly pageSize: number;
  readonly maxSchemaAgreementSeconds: number;
  readonly reconnectIntervalSeconds: number;
  readonly speculativeDelayMs: number | undefined;
  readonly log: Logger | undefined;
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT naming what makes no sense */
export function resolveScyllaOptions(options: ScyllaOptions): ResolvedScyllaOptions {
  const contactPoints = options.contactPoints.map((host) => host.trim()).filter(Boolean);
  if (contactPoints.length === 0) throw invalid("contactPoints", "none is given");
  if ((options.username === undefined) !== (options.password === undefined)) {
    throw invalid("username and password", "one is given without the other");
  }
  return {
    contactPoints,
    port: positive("port", options.port ?? 9042),
    keyspace: options.keyspace,
    localDatacenter: options.localDatacenter,
    consistency: options.consistency ?? "LOCAL_QUORUM",
    username: options.username,
    password: options.password,
    timeoutMs: positive("timeoutMs", options.timeoutMs ?? 11_000),
    connectTimeoutMs: positive("connectTimeoutMs", options.connectTimeoutMs ?? 11_000),
    connectionsPerHost: positive("connectionsPerHost", options.connectionsPerHost ?? 2),
    maxPreparedStatements: positive("maxPreparedStatements", options.maxPreparedStatements ?? 1000),
    pageSize: positive("pageSize", options.pageSize ?? 5000),
    maxSchemaAgreementSeconds: atLeastZero(
      "maxSchemaAgreementSeconds",
      options.maxSchemaAgreementSeconds ?? 60,
    ),
    reconnectIntervalSeconds: atLeastZero(
      "reconnectIntervalSeconds",
      options.reconnectIntervalSeconds ?? 60,
    ),
    speculativeDelayMs:
      options.speculativeDelayMs === undefined
        ? undefined
        : positive("speculativeDelayMs", options.speculativeDelayMs),
    log: options.log,
  };
}

function positive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw invalid(name, `${value} is not a positive integer`);
}

function atLeastZero(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(name, `${value} is not an integer from 0`);
}

function invalid(name: string, reason: string): FeatureStoreError {
  return new FeatureStoreError("INVALID_ARGUMENT", `scylla connection: ${name}: ${reason}`);
}
