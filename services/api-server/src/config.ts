import { availableParallelism } from "node:os";
import { EnvReader } from "@ofs/platform";
import {
  PEER_CACHE_VARIABLES,
  type PeerCacheSettings,
  PROCESS_CACHE_VARIABLES,
  type ProcessCacheSettings,
  readPeerCacheSettings,
  readProcessCacheSettings,
  requirePeerIdentity,
} from "./config/cache-settings.ts";
import {
  CONF_ID_VARIABLES,
  type ConfIds,
  DISTRIBUTED_CACHE_LIST,
  readConfIds,
} from "./config/conf-ids.ts";
import {
  REDIS_VARIABLES,
  type RedisConnectionSettings,
  readRedisSettings,
} from "./config/redis-settings.ts";
import {
  REGISTRY_VARIABLES,
  type RegistrySettings,
  readRegistrySettings,
} from "./config/registry-settings.ts";
import {
  readScyllaSettings,
  SCYLLA_VARIABLES,
  type ScyllaSettings,
} from "./config/scylla-settings.ts";
import {
  readServerSettings,
  SERVER_VARIABLES,
  type ServerSettings,
} from "./config/server-settings.ts";
import { refuseSharedDatabases } from "./config/shared-databases.ts";

/** Everything that the environment says to this server, checked. */
export interface ApiServerConfig {
  readonly server: ServerSettings;
  readonly registry: RegistrySettings;
  readonly scylla: readonly ScyllaSettings[];
  readonly redis: readonly RedisConnectionSettings[];
  /** Redis connections that serve as caches. */
  readonly distributedCacheConfIds: readonly number[];
  /** The Redis connection that carries invalidations between processes. */
  readonly invalidationRedisConfId: number | undefined;
  readonly processCaches: readonly ProcessCacheSettings[];
  readonly peerCaches: readonly PeerCacheSettings[];
  /** Processes that serve; 1 = this one alone. */
  readonly workerCount: number;
}

/** @throws {ConfigError} with every fault at once */
export function loadConfig(env: NodeJS.ProcessEnv): ApiServerConfig {
  const reader = new EnvReader(env);
  const ids = readConfIds(reader);
  const server = readServerSettings(reader);
  const registry = readRegistrySettings(reader);
  const peerCaches = ids.peerCache.flatMap((id) => readPeerCacheSettings(reader, id) ?? []);
  requirePeerIdentity(reader, peerCaches, server, registry);
  const scylla = ids.scylla.flatMap((id) => readScyllaSettings(reader, id) ?? []);
  const redis = readRedis(reader, ids);
  refuseSharedDatabases(reader, DISTRIBUTED_CACHE_LIST, redis, ids.distributedCache);
  return reader.finish<ApiServerConfig>({
    server,
    registry,
    scylla,
    redis,
    distributedCacheConfIds: ids.distributedCache,
    invalidationRedisConfId: ids.invalidation,
    processCaches: ids.processCache.flatMap((id) => readProcessCacheSettings(reader, id) ?? []),
    peerCaches,
    workerCount: countWorkers(reader, server?.WORKERS, registry?.dataFolder),
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
  const numbered = (prefix: string, schema: { readonly shape: object }): string[] =>
    Object.keys(schema.shape).map((suffix) => `${prefix}_<n>_${suffix}`);
  return [
    ...Object.keys(SERVER_VARIABLES.shape),
    ...Object.keys(REGISTRY_VARIABLES.shape),
    ...CONF_ID_VARIABLES,
    ...numbered("STORAGE_SCYLLA", SCYLLA_VARIABLES),
    ...numbered("STORAGE_REDIS_STANDALONE", REDIS_VARIABLES.STANDALONE),
    ...numbered("STORAGE_REDIS_CLUSTER", REDIS_VARIABLES.CLUSTER),
    ...numbered("STORAGE_REDIS_FAILOVER", REDIS_VARIABLES.FAILOVER),
    ...numbered("IN_MEM_CACHE", PROCESS_CACHE_VARIABLES),
    ...numbered("P2P_CACHE", PEER_CACHE_VARIABLES),
  ];
}

function readRedis(reader: EnvReader, ids: ConfIds): RedisConnectionSettings[] {
  return [
    ...ids.redisStandalone.flatMap((id) => readRedisSettings(reader, "STANDALONE", id) ?? []),
    ...ids.redisCluster.flatMap((id) => readRedisSettings(reader, "CLUSTER", id) ?? []),
    ...ids.redisFailover.flatMap((id) => readRedisSettings(reader, "FAILOVER", id) ?? []),
  ];
}
