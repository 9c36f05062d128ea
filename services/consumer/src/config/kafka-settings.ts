import { KAFKA_SECURITY_VARIABLES, type KafkaSecurity, readKafkaSecurity } from "@ofs/connections";
import {
  type Address,
  addressList,
  choice,
  type EnvReader,
  flag,
  integer,
  list,
  text,
} from "@ofs/platform";
import { z } from "zod";

export const KAFKA_PREFIX = "KAFKA_CONSUMERS_FEATURE_CONSUMER_";

/** Of the samples of the older system, and of the embedded log. */
export const DEFAULT_TOPIC = "online-feature-store.feature_ingestion";

const DEFAULT_EMBEDDED_GROUP = "onfs-consumer";

/** As Kafka takes them. */
const TOPIC_NAME = /^[\w.-]{1,249}$/;

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/** After `KAFKA_CONSUMERS_FEATURE_CONSUMER_`. */
export const KAFKA_VARIABLES = z.object({
  TOPIC: list()
    .refine((all) => all.every((name) => TOPIC_NAME.test(name)), "must be topic names")
    .refine((all) => new Set(all).size === all.length, "must name no topic twice")
    .optional(),
  BOOTSTRAP_SERVERS: addressList().optional(),
  GROUP_ID: text().optional(),
  CLIENT_ID: text().default("onfs-consumer"),
  AUTO_OFFSET_RESET: choice("earliest", "latest").default("earliest"),
  ENABLE_AUTO_COMMIT: flag().default(false),
  AUTO_COMMIT_INTERVAL_MS: integer(10, 600_000).default(5_000),
  RE_BALANCE_ENABLE: flag().optional(),
  LISTENER_CONCURRENCY: integer(1, 64).default(1),
  MAX_WORKERS: integer(1, 1_024).default(16),
  BATCH_SIZE: integer(1, 10_000).default(500),
  POLL_TIMEOUT: integer(0, 3_600_000).optional(),
  ENABLE_ENTITY_ID_BASED_PROCESSING: flag().optional(),
  BASIC_AUTH_CREDENTIAL_SOURCE: text().optional(),
  ...KAFKA_SECURITY_VARIABLES,
  SESSION_TIMEOUT_MS: integer(6_000, 1_800_000).default(30_000),
  REBALANCE_TIMEOUT_MS: integer(1_000, 3_600_000).default(60_000),
  FETCH_MAX_BYTES: integer(64 * KIBIBYTE, 512 * MEBIBYTE).default(8 * MEBIBYTE),
});

type Env = z.output<typeof KAFKA_VARIABLES>;

/** Variables that are taken for the sake of existing deployments. */
const WITHOUT_EFFECT = [
  "RE_BALANCE_ENABLE",
  "POLL_TIMEOUT",
  "ENABLE_ENTITY_ID_BASED_PROCESSING",
  "BASIC_AUTH_CREDENTIAL_SOURCE",
] as const satisfies readonly (keyof Env)[];

/** What is read, as whom, and where reading begins. */
export interface ReadingSettings {
  readonly topics: readonly string[];
  readonly groupId: string;
  readonly start: "earliest" | "latest";
  /** Members of the group in this process. */
  readonly memberCount: number;
  /** Between commits; undefined: after each batch of work. */
  readonly commitIntervalMs: number | undefined;
  /** Writes under way at once over one connection. */
  readonly laneCount: number;
  /** Most rows of one write. */
  readonly maxBatchRows: number;
  /** Variables that are set and change nothing. */
  readonly unusedVariables: readonly string[];
}

/** How brokers are reached. */
export interface KafkaSettings extends KafkaSecurity {
  readonly brokers: readonly string[];
  /** Members are `<clientId>-0` and so on. */
  readonly clientId: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Of one answer of one broker. */
  readonly fetchMaxBytes: number;
}

export interface SourceSettings {
  readonly reading: ReadingSettings;
  /** undefined: the embedded log in the data folder. */
  readonly kafka: KafkaSettings | undefined;
  /** The same of the row dialect; the same object if it is the same log. */
  readonly rowKafka: KafkaSettings | undefined;
}

/** What there may be beside these variables. */
export interface SourceSurroundings {
  /** Whether there could be an embedded log. */
  readonly hasDataFolder: boolean;
  /** Whether rows are read: then there need not be a topic of the block dialect. */
  readonly hasRows: boolean;
  /** Where from, if from elsewhere. */
  readonly rowServers: readonly Address[] | undefined;
}

/** Reads where records come from: Kafka, or the embedded log if there are no servers but a data folder. */
export function readSourceSettings(
  reader: EnvReader,
  { hasDataFolder, hasRows, rowServers }: SourceSurroundings,
): SourceSettings | undefined {
  const env = reader.read(KAFKA_VARIABLES, KAFKA_PREFIX);
  if (env === undefined) return undefined;
  const { TOPIC: topics, BOOTSTRAP_SERVERS: servers } = env;
  const isEmbedded = servers === undefined && hasDataFolder;
  const readsBlocks = topics !== undefined || isEmbedded || !hasRows;
  noteMissing(reader, env, {
    TOPIC: readsBlocks && !isEmbedded,
    BOOTSTRAP_SERVERS: !isEmbedded && (readsBlocks || rowServers === undefined),
    GROUP_ID: readsBlocks && !isEmbedded,
  });
  const reading: ReadingSettings = {
    topics: topics ?? (readsBlocks ? [DEFAULT_TOPIC] : []),
    groupId: env.GROUP_ID ?? DEFAULT_EMBEDDED_GROUP,
    start: env.AUTO_OFFSET_RESET,
    memberCount: env.LISTENER_CONCURRENCY,
    commitIntervalMs: env.ENABLE_AUTO_COMMIT ? env.AUTO_COMMIT_INTERVAL_MS : undefined,
    laneCount: env.MAX_WORKERS,
    maxBatchRows: env.BATCH_SIZE,
    unusedVariables: WITHOUT_EFFECT.filter((name) => env[name] !== undefined).map(
      (name) => KAFKA_PREFIX + name,
    ),
  };
  if (isEmbedded && rowServers === undefined) {
    return { reading, kafka: undefined, rowKafka: undefined };
  }
  const settings = readKafka(reader, env);
  const kafka = isEmbedded ? undefined : settings;
  const brokers = rowServers?.map(formatAddress);
  return { reading, kafka, rowKafka: brokers === undefined ? kafka : { ...settings, brokers } };
}

function noteMissing(
  reader: EnvReader,
  env: Env,
  required: Readonly<Record<"TOPIC" | "BOOTSTRAP_SERVERS" | "GROUP_ID", boolean>>,
): void {
  for (const name of ["TOPIC", "BOOTSTRAP_SERVERS", "GROUP_ID"] as const) {
    if (!required[name] || env[name] !== undefined) continue;
    const hint = name === "BOOTSTRAP_SERVERS" ? ", or OFS_DATA_FOLDER for the embedded log" : "";
    reader.fault(KAFKA_PREFIX + name, `is required${hint}`);
  }
}

function readKafka(reader: EnvReader, env: Env): KafkaSettings {
  return {
    brokers: (env.BOOTSTRAP_SERVERS ?? []).map(formatAddress),
    clientId: env.CLIENT_ID,
    ...readKafkaSecurity(reader, env, KAFKA_PREFIX),
    sessionTimeoutMs: env.SESSION_TIMEOUT_MS,
    rebalanceTimeoutMs: env.REBALANCE_TIMEOUT_MS,
    fetchMaxBytes: env.FETCH_MAX_BYTES,
  };
}

function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
