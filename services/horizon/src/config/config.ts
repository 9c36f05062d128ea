import {
  numberedVariables,
  REGISTRY_VARIABLES,
  type RegistrySettings,
  readRegistrySettings,
  SCYLLA_VARIABLES,
} from "@ofs/connections";
import { DATABASE_VARIABLES, type MysqlServer, readDatabaseSettings } from "@ofs/database";
import { ConfigError, EnvReader, text } from "@ofs/platform";
import { readTracingSettings, TRACING_VARIABLES, type TracingSettings } from "@ofs/tracing";
import { z } from "zod";
import { AUTH_VARIABLES, type AuthSettings, readAuthSettings } from "./auth-settings.ts";
import {
  DATA_PLANE_VARIABLES,
  type DataPlaneSettings,
  readDataPlaneSettings,
} from "./data-plane-settings.ts";
import { FLEET_VARIABLES, type FleetSettings, readFleetSettings } from "./fleet-settings.ts";
import {
  PROCESS_VARIABLES,
  type ProcessSettings,
  readProcessSettings,
} from "./process-settings.ts";
import { ROW_VARIABLE_NAMES, type RowSettings, readRowSettings } from "./row-settings.ts";
import { readStoreSettings, STORE_VARIABLES, type StoreSettings } from "./store-settings.ts";
import {
  ineffectiveVariables,
  UNUSED_VARIABLES,
  withOwnNames,
  withSharedNames,
} from "./variable-names.ts";

const REGISTRY_NAME_VARIABLES = z.object({
  ONLINE_FEATURE_STORE_APP_NAME: text()
    .refine((name) => /^[^/\s]+$/.test(name), "must have no slash and no blank")
    .default("onfs"),
});

/** Everything that the environment says to this service, checked. */
export interface HorizonConfig {
  readonly process: ProcessSettings;
  readonly auth: AuthSettings;
  readonly database: MysqlServer | "embedded";
  readonly registry: RegistrySettings;
  /** etcd root `/config/<name>`: the data plane's `APP_NAME`. */
  readonly registryName: string;
  readonly stores: StoreSettings;
  /** undefined: values cannot be looked up. */
  readonly dataPlane: DataPlaneSettings | undefined;
  readonly fleet: FleetSettings;
  /** undefined: the row dialect is not served. */
  readonly rows: RowSettings | undefined;
  /** Set, and without effect. */
  readonly unusedVariables: readonly string[];
  /** Set, and nobody knows them: misspelt, maybe. */
  readonly unknownVariables: readonly string[];
  /** undefined: nothing is traced. */
  readonly tracing: TracingSettings | undefined;
}

/** @throws {ConfigError} with every fault at once */
export function loadConfig(env: NodeJS.ProcessEnv): HorizonConfig {
  const { ETCD_WATCHER_ENABLED: watches } = env;
  // Followed unless told otherwise: a control plane that does not see what it wrote is of no use.
  const completed = { ...env, ETCD_WATCHER_ENABLED: watches || "true" };
  const reader = new EnvReader(withSharedNames(completed));
  try {
    return readAll(reader, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.faults.map((fault) => withOwnNames(fault, env)));
  }
}

function readAll(reader: EnvReader, env: NodeJS.ProcessEnv): HorizonConfig {
  const registry = readRegistrySettings(reader);
  const isEmbedded = registry?.dataFolder !== undefined;
  const database = readDatabaseSettings(reader, isEmbedded);
  const stores = readStoreSettings(reader, isEmbedded);
  const { unused, unknown } = ineffectiveVariables(env, configVariables());
  return reader.finish<HorizonConfig>({
    process: readProcessSettings(reader),
    // Processes that share a database share sessions too, and so the secret.
    auth: readAuthSettings(reader, database === "embedded"),
    database,
    registry,
    registryName: reader.read(REGISTRY_NAME_VARIABLES)?.ONLINE_FEATURE_STORE_APP_NAME,
    stores,
    dataPlane: readDataPlaneSettings(reader),
    fleet: readFleetSettings(reader),
    rows: readRowSettings(reader, stores?.scylla ?? []),
    unusedVariables: unused,
    unknownVariables: unknown,
    tracing: readTracingSettings(reader),
  });
}

/** Names of all variables; `<n>` stands for a configuration id. */
export function configVariables(): string[] {
  return [
    ...Object.keys(PROCESS_VARIABLES.shape),
    ...Object.keys(AUTH_VARIABLES.shape),
    ...Object.keys(DATABASE_VARIABLES.shape),
    ...TRACING_VARIABLES,
    ...Object.keys(REGISTRY_VARIABLES.shape),
    ...Object.keys(REGISTRY_NAME_VARIABLES.shape),
    ...Object.keys(STORE_VARIABLES.shape),
    ...Object.keys(DATA_PLANE_VARIABLES.shape),
    ...Object.keys(FLEET_VARIABLES.shape),
    ...ROW_VARIABLE_NAMES,
    ...numberedVariables("SCYLLA", SCYLLA_VARIABLES),
    ...numberedVariables("STORAGE_SCYLLA", SCYLLA_VARIABLES),
    ...UNUSED_VARIABLES,
  ];
}
