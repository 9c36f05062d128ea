import { type BackendSettings, backendVariables, readBackendSettings } from "@ofs/connections";
import { EnvReader } from "@ofs/platform";
import { readTracingSettings, TRACING_VARIABLES, type TracingSettings } from "@ofs/tracing";
import {
  KAFKA_PREFIX,
  KAFKA_VARIABLES,
  readSourceSettings,
  type SourceSettings,
} from "./config/kafka-settings.ts";
import { LIMIT_VARIABLES, type LimitSettings, readLimitSettings } from "./config/limit-settings.ts";
import {
  PROCESS_VARIABLES,
  type ProcessSettings,
  readProcessSettings,
} from "./config/process-settings.ts";

import { ROW_VARIABLES, type RowSettings, readRowSettings } from "./config/row-settings.ts";

/** Everything that the environment says to this service, checked. */
export interface ConsumerConfig extends BackendSettings {
  readonly process: ProcessSettings;
  readonly source: SourceSettings;
  readonly limits: LimitSettings;
  /** undefined: the row dialect is off. */
  readonly rows: RowSettings | undefined;
  /** undefined: nothing is traced. */
  readonly tracing: TracingSettings | undefined;
}

/** @throws {ConfigError} with every fault at once */
export function loadConfig(env: NodeJS.ProcessEnv): ConsumerConfig {
  const reader = new EnvReader(env);
  const { settings } = readBackendSettings(reader);
  const rows = readRowSettings(reader, settings.scylla);
  return reader.finish<ConsumerConfig>({
    ...settings,
    process: readProcessSettings(reader),
    source: readSourceSettings(reader, {
      hasDataFolder: settings.registry?.dataFolder !== undefined,
      hasRows: rows !== undefined,
      rowServers: rows?.servers,
    }),
    limits: readLimitSettings(reader),
    rows,
    tracing: readTracingSettings(reader),
  });
}

/** Names of all variables; `<n>` stands for a configuration id. */
export function configVariables(): string[] {
  return [
    ...Object.keys(PROCESS_VARIABLES.shape),
    ...Object.keys(KAFKA_VARIABLES.shape).map((name) => KAFKA_PREFIX + name),
    ...Object.keys(LIMIT_VARIABLES.shape),
    ...ROW_VARIABLES,
    ...backendVariables(),
    ...TRACING_VARIABLES,
  ];
}
