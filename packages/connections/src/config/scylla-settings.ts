import { choice, type EnvReader, integer, list, port, text } from "@ofs/platform";
import type { ScyllaConsistency, ScyllaOptions } from "@ofs/store";
import { z } from "zod";
import { requireBoth } from "./registry-settings.ts";

export const CONSISTENCIES = [
  "ONE",
  "TWO",
  "THREE",
  "QUORUM",
  "ALL",
  "LOCAL_QUORUM",
  "EACH_QUORUM",
  "LOCAL_ONE",
] as const satisfies readonly ScyllaConsistency[];

/** After `STORAGE_SCYLLA_<n>_`. */
export const SCYLLA_VARIABLES = z.object({
  CONTACT_POINTS: list(),
  PORT: port().default(9042),
  KEYSPACE: text().refine((name) => /^\w{1,48}$/.test(name), "must be a keyspace name"),
  MAJOR_VERSION: integer(1, 99).optional(),
  LOCAL_DATACENTER: text().optional(),
  CONSISTENCY: choice(...CONSISTENCIES).default("LOCAL_QUORUM"),
  USERNAME: text().optional(),
  PASSWORD: text().optional(),
  TIMEOUT_IN_MS: integer(1, 3_600_000).default(11_000),
  CONNECT_TIMEOUT_IN_MS: integer(1, 3_600_000).default(11_000),
  NUM_CONNS: integer(1, 1_000).default(2),
  MAX_PREPARED_STATEMENTS: integer(1, 1_000_000).default(1_000),
  MAX_ROUTING_KEY_INFO: integer(0, 1_000_000).default(1_000),
  PAGE_SIZE: integer(1, 1_000_000).default(5_000),
  MAX_WAIT_SCHEMA_AGREEMENT: integer(0, 3_600).default(60),
  RECONNECT_INTERVAL: integer(0, 86_400).default(60),
  WRITE_COALESCE_WAIT_TIME: integer(0, 1_000_000).default(200),
  SPECULATIVE_DELAY_IN_MS: integer(1, 60_000).optional(),
});

/** One Cassandra or ScyllaDB connection. */
export interface ScyllaSettings {
  readonly confId: number;
  readonly options: ScyllaOptions;
}

/** Reads one connection. */
export function readScyllaSettings(reader: EnvReader, confId: number): ScyllaSettings | undefined {
  const prefix = `STORAGE_SCYLLA_${confId}_`;
  const env = reader.read(SCYLLA_VARIABLES, prefix);
  if (env === undefined) return undefined;
  requireBoth(reader, env, "USERNAME", "PASSWORD", prefix);
  const options: ScyllaOptions = {
    contactPoints: env.CONTACT_POINTS,
    port: env.PORT,
    keyspace: env.KEYSPACE,
    localDatacenter: env.LOCAL_DATACENTER,
    consistency: env.CONSISTENCY,
    username: env.USERNAME,
    password: env.PASSWORD,
    timeoutMs: env.TIMEOUT_IN_MS,
    connectTimeoutMs: env.CONNECT_TIMEOUT_IN_MS,
    connectionsPerHost: env.NUM_CONNS,
    maxPreparedStatements: env.MAX_PREPARED_STATEMENTS,
    pageSize: env.PAGE_SIZE,
    maxSchemaAgreementSeconds: env.MAX_WAIT_SCHEMA_AGREEMENT,
    reconnectIntervalSeconds: env.RECONNECT_INTERVAL,
    speculativeDelayMs: env.SPECULATIVE_DELAY_IN_MS,
  };
  return { confId, options };
}
