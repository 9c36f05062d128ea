import { type ApiServerConfig, loadConfig } from "@ofs/api-server";
import { type ConsumerConfig, loadConfig as loadConsumerConfig } from "@ofs/consumer";
import { type HorizonConfig, loadConfig as loadHorizonConfig } from "@ofs/horizon";
import { loadConfig as loadPopulatorConfig, type PopulatorConfig } from "@ofs/populator";

/** Settings of the api-server that make sense here; its others (etcd, stores, TLS) do not reach it. */
const PASSED_ON: readonly string[] = [
  "APP_LOG_LEVEL",
  "GRPC_REFLECTION",
  "GRPC_TRANSPORT",
  "MAX_CONCURRENT_STREAMS",
  "MAX_CONNECTIONS",
  "MAX_IN_FLIGHT",
  "MAX_REQUEST_BYTES",
  "OVERLOAD_QUEUE_MS",
  "ROW_AUTH_ENABLED",
  "ROW_MAX_BODY_BYTES",
  "ROW_MAX_PARTITION_ROWS",
  "ROW_MAX_ROWS",
  "ROW_MULTI_READ_MAX_ROWS",
  "ROW_PARTITION_TIMEOUT_MS",
  "SHUTDOWN_GRACE_MS",
  "STORE_TIMEOUT_MS",
];

/** Settings of the consumer that make sense here. It reads the embedded log. */
const PASSED_TO_CONSUMER: readonly string[] = [
  "ADMIN_TOKEN",
  "APP_LOG_LEVEL",
  "CONSUMER_DEAD_LETTER_TOPIC",
  "CONSUMER_REGISTRY_WAIT_MS",
  "ROW_DLQ_TOPIC",
  "SHUTDOWN_GRACE_MS",
];

/** Settings of the populator that make sense here. It writes the embedded log. */
const PASSED_TO_POPULATOR: readonly string[] = [
  "ADMIN_TOKEN",
  "APP_LOG_LEVEL",
  "POPULATOR_ROWS_PER_SECOND",
  "POPULATOR_ROWS_PER_SHARD",
  "POPULATOR_S3_ENDPOINT",
  "POPULATOR_S3_PATH_STYLE",
  "POPULATOR_S3_REGION",
  "POPULATOR_SPOOL_BYTES",
  "POPULATOR_SPOOL_FOLDER",
  "POPULATOR_WATCH_MS",
  "POPULATOR_WORKERS",
  "SHUTDOWN_GRACE_MS",
];

/** Settings of the control plane that make sense here. Its database is in the data folder. */
const PASSED_TO_HORIZON: readonly string[] = [
  "ADMIN_EMAIL",
  "ADMIN_PASSWORD",
  "APP_LOG_LEVEL",
  "CORS_ORIGINS",
  "HORIZON_COOKIE_SECURE",
  "HORIZON_DEV_ADMIN",
  "HORIZON_FOUR_EYES",
  "HORIZON_REQUESTS_PER_MINUTE",
  "HORIZON_RESET_ADMIN",
  "HORIZON_TRUSTED_PROXIES",
  "HORIZON_UI_FOLDER",
  "JWT_PREVIOUS_SECRETS",
  "JWT_SECRET",
  "JWT_TTL_SECONDS",
  "LOGIN_ATTEMPTS_PER_MINUTE",
  "LOGIN_LOCK_SECONDS",
  "LOGIN_MAX_FAILURES",
  "ROW_AUTH_ENABLED",
  "SHUTDOWN_GRACE_MS",
];

/** The default tenant's topic of the row dialect. */
export const ROW_TOPIC = "online-feature-store.rows";

/** As many topics as the embedded log has: each is read by this process. */
const ROW_SLOTS = 256;

/** The process cache that the sample's entities name as conf-id 1. */
const PROCESS_CACHE_BYTES = 64 * 1024 * 1024;

/**
 * Makes the api-server's configuration for a server inside of the fleet.
 *
 * @throws {ConfigError} with every fault of the environment at once
 */
export function createServerConfig(
  options: {
    readonly host: string;
    readonly port: number;
    readonly rowPort: number;
    readonly dataFolder: string;
  },
  env: NodeJS.ProcessEnv,
): ApiServerConfig {
  const { IN_MEM_CACHE_1_SIZE_IN_BYTES: cacheBytes } = env;
  const passedOn = Object.fromEntries(PASSED_ON.map((name) => [name, env[name]]));
  return loadConfig({
    ...passedOn,
    APP_NAME: "ofs",
    APP_HOST: options.host,
    APP_PORT: String(options.port),
    ENABLE_HTTP_API: "true",
    ROW_ENABLED: rowSwitch(env),
    ROW_PORT: String(options.rowPort),
    OFS_DATA_FOLDER: options.dataFolder,
    IN_MEM_CACHE_ACTIVE_CONFIG_IDS: "1",
    IN_MEM_CACHE_1_NAME: "process",
    IN_MEM_CACHE_1_SIZE_IN_BYTES: cacheBytes || String(PROCESS_CACHE_BYTES),
  });
}

/**
 * Makes the configuration of the consumer in the same data folder.
 *
 * @throws {ConfigError} with every fault of the environment at once
 */
export function createConsumerConfig(
  options: { readonly host: string; readonly consumerPort: number; readonly dataFolder: string },
  env: NodeJS.ProcessEnv,
): ConsumerConfig {
  const passedOn = Object.fromEntries(PASSED_TO_CONSUMER.map((name) => [name, env[name]]));
  return loadConsumerConfig({
    ...passedOn,
    APP_NAME: "ofs",
    APP_HOST: options.host,
    APP_PORT: String(options.consumerPort),
    ROW_ENABLED: rowSwitch(env),
    ROW_CONSUMER_SLOTS: String(ROW_SLOTS),
    OFS_DATA_FOLDER: options.dataFolder,
  });
}

/**
 * Makes the configuration of the control plane in the same data folder.
 *
 * @throws {ConfigError} with every fault of the environment at once
 */
export function createHorizonConfig(
  options: { readonly host: string; readonly horizonPort: number; readonly dataFolder: string },
  env: NodeJS.ProcessEnv,
): HorizonConfig {
  const passedOn = Object.fromEntries(PASSED_TO_HORIZON.map((name) => [name, env[name]]));
  return loadHorizonConfig({
    ...passedOn,
    APP_NAME: "ofs",
    APP_HOST: options.host,
    APP_PORT: String(options.horizonPort),
    OFS_DATA_FOLDER: options.dataFolder,
    IN_MEMORY_CACHE_ACTIVE_CONFIG_IDS: "1",
    ROW_ENABLED: rowSwitch(env),
    ROW_DEFAULT_TOPIC: ROW_TOPIC,
  });
}

/**
 * Makes the configuration of the populator in the same data folder.
 *
 * @throws {ConfigError} with every fault of the environment at once
 */
export function createPopulatorConfig(
  options: { readonly host: string; readonly populatorPort: number; readonly dataFolder: string },
  env: NodeJS.ProcessEnv,
): PopulatorConfig {
  const passedOn = Object.fromEntries(PASSED_TO_POPULATOR.map((name) => [name, env[name]]));
  return loadPopulatorConfig({
    ...passedOn,
    APP_NAME: "ofs",
    APP_HOST: options.host,
    APP_PORT: String(options.populatorPort),
    ROW_ENABLED: rowSwitch(env),
    OFS_DATA_FOLDER: options.dataFolder,
  });
}

/** In here the row dialect is on, unless told otherwise. */
function rowSwitch({ ROW_ENABLED: given }: NodeJS.ProcessEnv): string {
  return given || "true";
}
