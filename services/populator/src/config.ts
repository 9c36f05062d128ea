import {
  KAFKA_SECURITY_VARIABLES,
  type KafkaSecurity,
  REGISTRY_VARIABLES,
  type RegistrySettings,
  readKafkaSecurity,
  readRegistrySettings,
} from "@ofs/connections";
import { DATABASE_VARIABLES, type MysqlServer, readDatabaseSettings } from "@ofs/database";
import {
  type Address,
  addressList,
  EnvReader,
  flag,
  integer,
  processVariables,
  requirePair,
  text,
} from "@ofs/platform";
import { readTracingSettings, TRACING_VARIABLES, type TracingSettings } from "@ofs/tracing";
import { z } from "zod";

const MEBIBYTE = 1024 * 1024;
const GIBIBYTE = 1024 * MEBIBYTE;
const TOPIC_NAME = /^[\w.-]{1,249}$/;
const MIN_TOKEN_LENGTH = 16;

/** Before the names of what the consumer reads too: its servers, and how to sign in to them. */
const KAFKA_PREFIX = "KAFKA_CONSUMERS_FEATURE_CONSUMER_";

/** Of the block dialect, unless a run names another: what the consumer reads by default. */
const DEFAULT_TOPIC = "online-feature-store.feature_ingestion";

const SERVICE_VARIABLES = z.object({
  ...processVariables({ port: 8091 }),
  ADMIN_TOKEN: text()
    .refine(
      (token) => token.length >= MIN_TOKEN_LENGTH,
      `must have at least ${MIN_TOKEN_LENGTH} characters`,
    )
    .optional(),
  MAX_REQUEST_BYTES: integer(1_024, 16 * MEBIBYTE).default(MEBIBYTE),
  POPULATOR_WORKERS: integer(1, 64).default(2),
  POPULATOR_ROWS_PER_SHARD: integer(1_000, 1_000_000_000).default(1_000_000),
  POPULATOR_ROWS_PER_SECOND: integer(1, 100_000_000).optional(),
  POPULATOR_WATCH_MS: integer(100, 86_400_000).default(10_000),
  POPULATOR_POLL_MS: integer(50, 60_000).default(1_000),
  POPULATOR_LEASE_SECONDS: integer(3, 300).default(10),
  POPULATOR_DEFAULT_TOPIC: text()
    .refine((name) => TOPIC_NAME.test(name), "must be a topic's name")
    .default(DEFAULT_TOPIC),
  POPULATOR_REJECTS_FOLDER: text().optional(),
  POPULATOR_SPOOL_FOLDER: text().optional(),
  POPULATOR_SPOOL_BYTES: integer(MEBIBYTE, 1024 * GIBIBYTE).default(8 * GIBIBYTE),
  POPULATOR_S3_ENDPOINT: z.url().optional(),
  POPULATOR_S3_REGION: text().optional(),
  POPULATOR_S3_PATH_STYLE: flag().default(false),
  ROW_ENABLED: flag().default(false),
  ROW_ADMIN_URL: z.url().optional(),
  ROW_KAFKA_BOOTSTRAP_SERVERS: addressList().optional(),
});

const KAFKA_VARIABLES = z.object({
  BOOTSTRAP_SERVERS: addressList().optional(),
  ...KAFKA_SECURITY_VARIABLES,
});

type ServiceEnv = z.output<typeof SERVICE_VARIABLES>;

/** Brokers of one dialect's topics. */
export interface KafkaSettings extends KafkaSecurity {
  /** `host:port`. */
  readonly brokers: readonly string[];
}

/** Everything that the environment says to this service, checked. */
export interface PopulatorConfig {
  readonly process: ServiceEnv;
  readonly registry: RegistrySettings;
  readonly database: MysqlServer | "embedded";
  /** undefined: the embedded log. */
  readonly blockKafka: KafkaSettings | undefined;
  readonly rowKafka: KafkaSettings | undefined;
  /** undefined: nothing is traced. */
  readonly tracing: TracingSettings | undefined;
}

/** @throws {ConfigError} with every fault at once */
export function loadConfig(env: NodeJS.ProcessEnv): PopulatorConfig {
  const reader = new EnvReader(env);
  const service = reader.read(SERVICE_VARIABLES);
  const registry = readRegistrySettings(reader);
  const hasDataFolder = registry?.dataFolder !== undefined;
  const database = readDatabaseSettings(reader, hasDataFolder);
  const kafka = reader.read(KAFKA_VARIABLES, KAFKA_PREFIX);
  const security = kafka && readKafkaSecurity(reader, kafka, KAFKA_PREFIX);
  if (service !== undefined) requirePair(reader, service, "TLS_CERT_FILE", "TLS_KEY_FILE");
  if (kafka !== undefined && kafka.BOOTSTRAP_SERVERS === undefined && !hasDataFolder) {
    const hint = "is required, or OFS_DATA_FOLDER for the embedded log";
    reader.fault(`${KAFKA_PREFIX}BOOTSTRAP_SERVERS`, hint);
  }
  const settingsOf = (servers: readonly Address[] | undefined): KafkaSettings | undefined =>
    servers && security && { ...security, brokers: servers.map(formatAddress) };
  return reader.finish<PopulatorConfig>({
    process: service,
    registry,
    database,
    blockKafka: settingsOf(kafka?.BOOTSTRAP_SERVERS),
    rowKafka: settingsOf(service?.ROW_KAFKA_BOOTSTRAP_SERVERS ?? kafka?.BOOTSTRAP_SERVERS),
    tracing: readTracingSettings(reader),
  });
}

/** Names of all variables. */
export function configVariables(): string[] {
  return [
    ...Object.keys(SERVICE_VARIABLES.shape),
    ...Object.keys(KAFKA_VARIABLES.shape).map((name) => KAFKA_PREFIX + name),
    ...Object.keys(REGISTRY_VARIABLES.shape),
    ...Object.keys(DATABASE_VARIABLES.shape),
    ...TRACING_VARIABLES,
  ];
}

function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
