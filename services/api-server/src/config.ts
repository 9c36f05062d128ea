import { availableParallelism } from "node:os";
import {
  type BackendSettings,
  backendVariables,
  numberedVariables,
  readBackendSettings,
} from "@ofs/connections";
import { EnvReader } from "@ofs/platform";
import { readTracingSettings, TRACING_VARIABLES, type TracingSettings } from "@ofs/tracing";
import {
  PEER_CACHE_VARIABLES,
  type PeerCacheSettings,
  PROCESS_CACHE_VARIABLES,
  type ProcessCacheSettings,
  readPeerCacheSettings,
  readProcessCacheSettings,
  requirePeerIdentity,
} from "./config/cache-settings.ts";
import { ROW_VARIABLES, type RowSettings, readRowSettings } from "./config/row-settings.ts";
import {
  readServerSettings,
  SERVER_VARIABLES,
  type ServerSettings,
} from "./config/server-settings.ts";

/** Everything that the environment says to this server, checked. */
export interface ApiServerConfig extends BackendSettings {
  readonly server: ServerSettings;
  /** undefined: this server does not speak the row dialect. */
  readonly rows: RowSettings | undefined;
  readonly processCaches: readonly ProcessCacheSettings[];
  readonly peerCaches: readonly PeerCacheSettings[];
  /** Processes that serve; 1 = this one alone. */
  readonly workerCount: number;
  /** undefined: nothing is traced. */
  readonly tracing: TracingSettings | undefined;
}

/** @throws {ConfigError} with every fault at once */
export function loadConfig(env: NodeJS.ProcessEnv): ApiServerConfig {
  const reader = new EnvReader(env);
  const server = readServerSettings(reader);
  const { ids, settings } = readBackendSettings(reader);
  const { registry } = settings;
  const peerCaches = ids.peerCache.flatMap((id) => readPeerCacheSettings(reader, id) ?? []);
  requirePeerIdentity(reader, peerCaches, server, registry);
  return reader.finish<ApiServerConfig>({
    ...settings,
    server,
    rows: readRowSettings(reader, settings.scylla),
    processCaches: ids.processCache.flatMap((id) => readProcessCacheSettings(reader, id) ?? []),
    peerCaches,
    workerCount: countWorkers(reader, server?.WORKERS, registry?.dataFolder),
    tracing: readTracingSettings(reader),
  });
}

/** As many as there are processors, unless the stores are in a data folder. */
function countWorkers(
  reader: EnvReader,
  asked: number | undefined,
  dataFolder: string | undefined,
): number {
  if (dataFolder === undefined) return asked ?? availableParallelism();
  if (asked !== undefined && asked > 1) {
    reader.fault("WORKERS", "must be 1 with OFS_DATA_FOLDER: the embedded store has one writer");
  }
  return 1;
}

/** Names of all variables; `<n>` stands for a configuration id. */
export function configVariables(): string[] {
  return [
    ...Object.keys(SERVER_VARIABLES.shape),
    ...ROW_VARIABLES,
    ...backendVariables(),
    ...numberedVariables("IN_MEM_CACHE", PROCESS_CACHE_VARIABLES),
    ...numberedVariables("P2P_CACHE", PEER_CACHE_VARIABLES),
    ...TRACING_VARIABLES,
  ];
}
