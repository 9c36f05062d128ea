import {
  KAFKA_SECURITY_VARIABLES,
  type KafkaSecurity,
  ROW_BACKUP_VARIABLES,
  ROW_STORE_VARIABLES,
  type RowBackupSettings,
  type RowStoreSettings,
  readKafkaSecurity,
  readRowBackupSettings,
  readRowStoreSettings,
  type ScyllaSettings,
} from "@ofs/connections";
import { addressList, type EnvReader, flag, integer, text } from "@ofs/platform";
import { z } from "zod";

const DAY_MS = 86_400_000;
/** Before what the consumer's variables are called: its servers, and how it signs in to them. */
const SHARED_PREFIX = "KAFKA_CONSUMERS_FEATURE_CONSUMER_";
const SHARED_SERVERS = `${SHARED_PREFIX}BOOTSTRAP_SERVERS` as const;
const SECURITY_VARIABLES = z.object(KAFKA_SECURITY_VARIABLES);

export const ROW_VARIABLES = z.object({
  ROW_ENABLED: flag().default(false),
  ROW_AUTH_ENABLED: flag().default(false),
  ROW_MYSQL_DB_NAME: text()
    .refine((name) => /^[\w$-]{1,64}$/.test(name), "must be a database's name")
    .default("metastore"),
  ROW_KAFKA_BOOTSTRAP_SERVERS: addressList().optional(),
  [SHARED_SERVERS]: addressList().optional(),
  ROW_TOPIC_REPLICATION_FACTOR: integer(1, 32).default(3),
  ROW_TOPIC_RETENTION_MS: integer(60_000, 3_650 * DAY_MS).default(3 * DAY_MS),
  ROW_DEFAULT_TOPIC: text()
    .refine((name) => /^[\w.-]{1,249}$/.test(name), "must be a topic's name")
    .optional(),
});

/** Names of all variables of the row dialect. */
export const ROW_VARIABLE_NAMES: readonly string[] = [
  ...Object.keys(ROW_VARIABLES.shape),
  ...Object.keys(ROW_STORE_VARIABLES.shape),
  ...Object.keys(ROW_BACKUP_VARIABLES.shape),
  ...Object.keys(SECURITY_VARIABLES.shape).map((name) => SHARED_PREFIX + name),
];

/** The row dialect's control plane. */
export interface RowSettings {
  readonly isAuthEnabled: boolean;
  /** Database of the server, or the file in the data folder beside it. */
  readonly databaseName: string;
  /** `host:port`; empty: the embedded log, if the program around this one has it. */
  readonly kafkaServers: readonly string[];
  readonly kafkaSecurity: KafkaSecurity;
  readonly replicationFactor: number;
  readonly retentionMs: number;
  /** The default tenant's at the start, if it has none. */
  readonly defaultTopic: string | undefined;
  readonly stores: RowStoreSettings;
  /** Where copies of what is registered go; undefined: nowhere. */
  readonly backup: RowBackupSettings | undefined;
}

/** @returns undefined where the row dialect is not served */
export function readRowSettings(
  reader: EnvReader,
  scylla: readonly ScyllaSettings[],
): RowSettings | undefined {
  const env = reader.read(ROW_VARIABLES);
  const stores = readRowStoreSettings(reader, scylla);
  if (env?.ROW_ENABLED !== true || stores === undefined) return undefined;
  const servers = env.ROW_KAFKA_BOOTSTRAP_SERVERS ?? env[SHARED_SERVERS] ?? [];
  return {
    kafkaSecurity: servers.length > 0 ? readSecurity(reader) : NO_SECURITY,
    isAuthEnabled: env.ROW_AUTH_ENABLED,
    databaseName: env.ROW_MYSQL_DB_NAME,
    kafkaServers: servers.map(({ host, port }) =>
      host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`,
    ),
    replicationFactor: env.ROW_TOPIC_REPLICATION_FACTOR,
    retentionMs: env.ROW_TOPIC_RETENTION_MS,
    defaultTopic: env.ROW_DEFAULT_TOPIC,
    stores,
    backup: readRowBackupSettings(reader),
  };
}

const NO_SECURITY: KafkaSecurity = { tls: undefined, sasl: undefined };

function readSecurity(reader: EnvReader): KafkaSecurity {
  const env = reader.read(SECURITY_VARIABLES, SHARED_PREFIX);
  return env === undefined ? NO_SECURITY : readKafkaSecurity(reader, env, SHARED_PREFIX);
}
