import { EnvReader } from "@ofs/platform";
import {
  PEER_CACHE_VARIABLES,
  type PeerCacheSettings,
  PROCESS_CACHE_VARIABLES,
  type ProcessCacheSettings,
  readPeerCacheSettings,
  readProcessCacheSettings,
} from "./config/cache-settings.ts";
import { CONF_ID_VARIABLES, type ConfIds, readConfIds } from "./config/conf-ids.ts";
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
}

/** @throws {ConfigError} with every fault at once */
export function loadConfig(env: NodeJS.ProcessEnv): ApiServerConfig {
  const reader = new EnvReader(env);
  const ids = readConfIds(reader);
  return reader.finish<ApiServerConfig>({
    server: readServerSettings(reader),
    registry: readRegistrySettings(reader),
    scylla: ids.scylla.flatMap((id) => readScyllaSettings(reader, id) ?? []),
    redis: readRedis(reader, ids),
    distributedCacheConfIds: ids.distributedCache,
    invalidationRedisConfId: ids.invalidation,
    processCaches: ids.processCache.flatMap((id) => readProcessCacheSettings(reader, id) ?? []),
    peerCaches: ids.peerCache.flatMap((id) => readPeerCacheSettings(reader, id) ?? []),
  });
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
