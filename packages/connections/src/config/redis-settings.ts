import {
  type Address,
  address,
  addressList,
  choice,
  type EnvReader,
  flag,
  integer,
  text,
} from "@ofs/platform";
import type { RedisOptions, RedisSettings } from "@ofs/store";
import { z } from "zod";

/** One Redis connection. */
export interface RedisConnectionSettings {
  readonly confId: number;
  readonly options: RedisOptions;
}

const TIMEOUT_MS = integer(1, 3_600_000);

/** Of all three kinds, after `STORAGE_REDIS_<KIND>_<n>_`. */
const COMMON = {
  USERNAME: text().optional(),
  PASSWORD: text().optional(),
  READ_TIMEOUT_IN_MS: TIMEOUT_MS.optional(),
  WRITE_TIMEOUT_IN_MS: TIMEOUT_MS.optional(),
  DIAL_TIMEOUT_IN_MS: TIMEOUT_MS.optional(),
  MAX_RETRY: integer(-1, 100).optional(),
  MIN_RETRY_BACKOFF_IN_MS: integer(-1, 3_600_000).optional(),
  MAX_RETRY_BACKOFF_IN_MS: integer(-1, 3_600_000).optional(),
  DISABLE_IDENTITY: flag().optional(),
  POOL_SIZE: integer(0, 100_000).optional(),
  POOL_FIFO: flag().optional(),
  MIN_IDLE_CONN: integer(0, 100_000).optional(),
  MAX_IDLE_CONN: integer(0, 100_000).optional(),
  MAX_ACTIVE_CONN: integer(0, 100_000).optional(),
  POOL_TIMEOUT_IN_MS: integer(-1, 3_600_000).optional(),
  CONN_MAX_AGE_IN_MINUTES: integer(-1, 1_000_000).optional(),
  CONN_MAX_IDLE_TIMEOUT_IN_MINUTES: integer(-1, 1_000_000).optional(),
};

const DATABASE = integer(0, 10_000).optional();

const STANDALONE = z.object({
  ...COMMON,
  ADDR: text(),
  DB: DATABASE,
  NETWORK: choice("tcp", "tcp4", "tcp6", "unix").default("tcp"),
});

const CLUSTER = z.object({ ...COMMON, ADDRESSES: addressList() });

const FAILOVER = z.object({
  ...COMMON,
  SENTINEL_ADDRESSES: addressList(),
  MASTER_NAME: text(),
  DB: DATABASE,
  ROUTE_RANDOM: flag().default(false),
});

/** By kind, after `STORAGE_REDIS_<KIND>_<n>_`. */
export const REDIS_VARIABLES = { STANDALONE, CLUSTER, FAILOVER };

/** Reads one connection. */
export function readRedisSettings(
  reader: EnvReader,
  kind: keyof typeof REDIS_VARIABLES,
  confId: number,
): RedisConnectionSettings | undefined {
  const read = { STANDALONE: readStandalone, CLUSTER: readCluster, FAILOVER: readFailover }[kind];
  const options = read(reader, `STORAGE_REDIS_${kind}_${confId}_`);
  return options && { confId, options };
}

function readStandalone(reader: EnvReader, prefix: string): RedisOptions | undefined {
  const env = reader.read(STANDALONE, prefix);
  if (env === undefined) return undefined;
  if (env.NETWORK !== "unix" && !address().safeParse(env.ADDR).success) {
    reader.fault(`${prefix}ADDR`, "must be host:port");
  }
  const { ADDR, DB, NETWORK } = env;
  return { kind: "standalone", address: ADDR, db: DB, network: NETWORK, ...common(env) };
}

function readCluster(reader: EnvReader, prefix: string): RedisOptions | undefined {
  const env = reader.read(CLUSTER, prefix);
  if (env === undefined) return undefined;
  return { kind: "cluster", addresses: env.ADDRESSES.map(formatAddress), ...common(env) };
}

function readFailover(reader: EnvReader, prefix: string): RedisOptions | undefined {
  const env = reader.read(FAILOVER, prefix);
  if (env === undefined) return undefined;
  return {
    kind: "failover",
    sentinelAddresses: env.SENTINEL_ADDRESSES.map(formatAddress),
    masterName: env.MASTER_NAME,
    db: env.DB,
    routeRandom: env.ROUTE_RANDOM,
    ...common(env),
  };
}

function common(env: z.output<z.ZodObject<typeof COMMON>>): RedisSettings {
  return {
    username: env.USERNAME,
    password: env.PASSWORD,
    readTimeoutMs: env.READ_TIMEOUT_IN_MS,
    writeTimeoutMs: env.WRITE_TIMEOUT_IN_MS,
    dialTimeoutMs: env.DIAL_TIMEOUT_IN_MS,
    maxRetry: env.MAX_RETRY,
    minRetryBackoffMs: env.MIN_RETRY_BACKOFF_IN_MS,
    maxRetryBackoffMs: env.MAX_RETRY_BACKOFF_IN_MS,
    isIdentityDisabled: env.DISABLE_IDENTITY,
  };
}

function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
