import type { ConnectionOptions } from "node:tls";
import { FeatureStoreError, type Logger } from "@ofs/platform";

export type RedisKind = "standalone" | "cluster" | "failover";

/** What all three kinds of connection take. Everything has a default. */
export interface RedisSettings {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Longest wait for the answer to a read; default 3000. */
  readonly readTimeoutMs?: number | undefined;
  /** Longest wait for the answer to a write; default: as `readTimeoutMs`. */
  readonly writeTimeoutMs?: number | undefined;
  /** How often a command that met a lost connection is sent again; default 3, negative = never. */
  readonly maxRetry?: number | undefined;
  /** Pause before the first retry; doubles with each one. Default 8. */
  readonly minRetryBackoffMs?: number | undefined;
  /** Default 512. */
  readonly maxRetryBackoffMs?: number | undefined;
  /** Longest wait for a TCP (or TLS) connection; default 5000. */
  readonly dialTimeoutMs?: number | undefined;
  /** Leaves out `CLIENT SETINFO`, which some servers do not know. Default false. */
  readonly isIdentityDisabled?: boolean | undefined;
  /** Present = TLS, on the sentinels too. */
  readonly tls?: ConnectionOptions | undefined;
  /** Told when the connection comes and goes. */
  readonly log?: Logger | undefined;
}

export interface StandaloneOptions extends RedisSettings {
  readonly kind: "standalone";
  /** `host:port`, or the path of a socket where `network` is `unix`. */
  readonly address: string;
  /** Default 0. */
  readonly db?: number | undefined;
  /** `tcp` (default), `tcp4`, `tcp6` or `unix`. */
  readonly network?: string | undefined;
}

export interface ClusterOptions extends RedisSettings {
  readonly kind: "cluster";
  /** `host:port` of some nodes; the others are discovered. */
  readonly addresses: readonly string[];
}

export interface FailoverOptions extends RedisSettings {
  readonly kind: "failover";
  /** `host:port`. */
  readonly sentinelAddresses: readonly string[];
  readonly masterName: string;
  /** Default 0. */
  readonly db?: number | undefined;
  /** Reads go to the master and to a replica in turn at random; they may then miss the newest writes. */
  readonly routeRandom?: boolean | undefined;
}

export type RedisOptions = StandaloneOptions | ClusterOptions | FailoverOptions;

/** `RedisSettings` with every number decided. */
export interface ResolvedSettings {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly readTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly retryLimit: number;
  readonly minRetryBackoffMs: number;
  readonly maxRetryBackoffMs: number;
  readonly dialTimeoutMs: number;
  readonly isIdentityDisabled: boolean;
  readonly tls: ConnectionOptions | undefined;
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT for a number that makes no sense, by its name */
export function resolveSettings(options: RedisSettings): ResolvedSettings {
  const readTimeoutMs = positive("readTimeoutMs", options.readTimeoutMs ?? 3000);
  const minRetryBackoffMs = Math.max(0, options.minRetryBackoffMs ?? 8);
  return {
    username: options.username,
    password: options.password,
    readTimeoutMs,
    writeTimeoutMs: positive("writeTimeoutMs", options.writeTimeoutMs ?? readTimeoutMs),
    retryLimit: Math.max(0, options.maxRetry ?? 3),
    minRetryBackoffMs,
    maxRetryBackoffMs: Math.max(minRetryBackoffMs, options.maxRetryBackoffMs ?? 512),
    dialTimeoutMs: positive("dialTimeoutMs", options.dialTimeoutMs ?? 5000),
    isIdentityDisabled: options.isIdentityDisabled ?? false,
    tls: options.tls,
  };
}

function positive(name: string, value: number): number {
  if (value > 0 && Number.isFinite(value)) return value;
  throw new FeatureStoreError("INVALID_ARGUMENT", `redis ${name} must be positive, got ${value}`);
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * @param text `host:port`, `[v6]:port`
 * @throws {FeatureStoreError} INVALID_ARGUMENT
 */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port >= 1 && port <= 65_535)) {
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `redis address must be host:port, got ${JSON.stringify(text)}`,
    );
  }
  return { host, port };
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT also for an empty list */
export function parseAddresses(name: string, texts: readonly string[]): Address[] {
  if (texts.length === 0) {
    throw new FeatureStoreError("INVALID_ARGUMENT", `redis ${name} must not be empty`);
  }
  return texts.map(parseAddress);
}
