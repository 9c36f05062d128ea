import type { EnvReader } from "@ofs/platform";
import {
  CONF_ID_VARIABLES,
  type ConfIds,
  DISTRIBUTED_CACHE_LIST,
  readConfIds,
} from "./conf-ids.ts";
import {
  REDIS_VARIABLES,
  type RedisConnectionSettings,
  readRedisSettings,
} from "./redis-settings.ts";
import {
  REGISTRY_VARIABLES,
  type RegistrySettings,
  readRegistrySettings,
} from "./registry-settings.ts";
import { readScyllaSettings, SCYLLA_VARIABLES, type ScyllaSettings } from "./scylla-settings.ts";
import { refuseSharedDatabases } from "./shared-databases.ts";

/** What is behind a service of the data plane: the registry, the stores, the caches that processes share. */
export interface BackendSettings {
  readonly registry: RegistrySettings;
  readonly scylla: readonly ScyllaSettings[];
  readonly redis: readonly RedisConnectionSettings[];
  /** Redis connections that serve as caches. */
  readonly distributedCacheConfIds: readonly number[];
  /** The Redis connection that carries invalidations between processes. */
  readonly invalidationRedisConfId: number | undefined;
}

export interface ReadBackends {
  readonly ids: ConfIds;
  /** Without what could not be read: the reader knows of those faults. */
  readonly settings: Omit<BackendSettings, "registry"> & {
    readonly registry: RegistrySettings | undefined;
  };
}

export function readBackendSettings(reader: EnvReader): ReadBackends {
  const ids = readConfIds(reader);
  const registry = readRegistrySettings(reader);
  const scylla = ids.scylla.flatMap((id) => readScyllaSettings(reader, id) ?? []);
  const redis = [
    ...ids.redisStandalone.flatMap((id) => readRedisSettings(reader, "STANDALONE", id) ?? []),
    ...ids.redisCluster.flatMap((id) => readRedisSettings(reader, "CLUSTER", id) ?? []),
    ...ids.redisFailover.flatMap((id) => readRedisSettings(reader, "FAILOVER", id) ?? []),
  ];
  refuseSharedDatabases(reader, DISTRIBUTED_CACHE_LIST, redis, ids.distributedCache);
  return {
    ids,
    settings: {
      registry,
      scylla,
      redis,
      distributedCacheConfIds: ids.distributedCache,
      invalidationRedisConfId: ids.invalidation,
    },
  };
}

/** Names of the variables with a configuration id in them; `<n>` stands for it. */
export function numberedVariables(prefix: string, schema: { readonly shape: object }): string[] {
  return Object.keys(schema.shape).map((suffix) => `${prefix}_<n>_${suffix}`);
}

/** Names of all variables of these settings. */
export function backendVariables(): string[] {
  return [
    ...Object.keys(REGISTRY_VARIABLES.shape),
    ...CONF_ID_VARIABLES,
    ...numberedVariables("STORAGE_SCYLLA", SCYLLA_VARIABLES),
    ...numberedVariables("STORAGE_REDIS_STANDALONE", REDIS_VARIABLES.STANDALONE),
    ...numberedVariables("STORAGE_REDIS_CLUSTER", REDIS_VARIABLES.CLUSTER),
    ...numberedVariables("STORAGE_REDIS_FAILOVER", REDIS_VARIABLES.FAILOVER),
  ];
}
