import type { Logger } from "@ofs/platform";

export type SaslMechanism = "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";

export interface KafkaSasl {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

/** PEM files, read when the connection is made. What is left out: the system's roots, no certificate of our own. */
export interface KafkaTls {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** The name that the brokers' certificates are for, where it is not the one they are reached by. */
  readonly serverName?: string | undefined;
}

/** How to reach a cluster of Kafka 2.3 or newer. */
export interface KafkaConnection {
  /** `host:port`, at least one; the others are found through them. */
  readonly brokers: readonly string[];
  /** As brokers see it, in their logs and quotas. */
  readonly clientId: string;
  readonly sasl?: KafkaSasl | undefined;
  /** Left out: no TLS. */
  readonly tls?: KafkaTls | undefined;
  /** For a connection to be made, TLS and SASL included. Default 5 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** For a broker to answer, beyond what it is asked to wait. Default 10 s. */
  readonly requestTimeoutMs?: number | undefined;
  /** Gets what the client library says about its connections; nobody by default. */
  readonly log?: Logger | undefined;
}

export interface KafkaSourceOptions extends KafkaConnection {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where a group begins that has never committed. */
  readonly start: "earliest" | "latest";
  /** A member not heard of for so long is taken to be gone. Default 30 s; brokers allow 6 s to 30 min. */
  readonly sessionTimeoutMs?: number | undefined;
  /** How long members have to finish when the group changes. Default 60 s. */
  readonly rebalanceTimeoutMs?: number | undefined;
  /** Default: a tenth of the session timeout. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** Of one answer of one broker, compressed; a single record may be larger. Default 8 MiB. */
  readonly fetchBytes?: number | undefined;
  /** Of one partition in one answer. Default 1 MiB. */
  readonly partitionFetchBytes?: number | undefined;
  /** How often to look for topics that were made and partitions that were added. Default 30 s. */
  readonly metadataIntervalMs?: number | undefined;
}

export const CONNECT_TIMEOUT_MS = 5000;
export const REQUEST_TIMEOUT_MS = 10_000;

/** Times and sizes of a source, with defaults in place. */
export interface SourceSettings {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly fetchBytes: number;
  readonly partitionFetchBytes: number;
  readonly metadataIntervalMs: number;
  readonly requestTimeoutMs: number;
}

/** @throws {RangeError} naming the option and its value */
export function sourceSettings(options: KafkaSourceOptions): SourceSettings {
  const sessionTimeoutMs = options.sessionTimeoutMs ?? 30_000;
  const settings: SourceSettings = {
    sessionTimeoutMs,
    rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 60_000,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? Math.ceil(sessionTimeoutMs / 10),
    fetchBytes: options.fetchBytes ?? 8 * 1024 * 1024,
    partitionFetchBytes: options.partitionFetchBytes ?? 1024 * 1024,
    metadataIntervalMs: options.metadataIntervalMs ?? 30_000,
    requestTimeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
  };
  for (const [name, value] of Object.entries(settings)) {
    if (!Number.isInteger(value) || value < 1 || value > 0x7fff_ffff) {
      throw new RangeError(`${name} must be a whole number from 1, not ${value}`);
    }
  }
  if (settings.heartbeatIntervalMs > sessionTimeoutMs / 2) {
    throw new RangeError(
      `heartbeatIntervalMs must be at most half of sessionTimeoutMs ${sessionTimeoutMs}, not ${settings.heartbeatIntervalMs}`,
    );
  }
  if (options.groupId === "") throw new RangeError("groupId must not be empty");
  if (options.topics.length === 0) throw new RangeError("topics must name at least one topic");
  return settings;
}
