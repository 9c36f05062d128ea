import type { ScyllaSettings } from "@ofs/connections";
import { readScyllaSettings } from "@ofs/connections";
import { type EnvReader, idList } from "@ofs/platform";
import { z } from "zod";

const ids = () => idList().default([]);

/** Each kind's list under the control plane's own name, and under the data plane's. */
export const STORE_VARIABLES = z.object({
  SCYLLA_ACTIVE_CONFIG_IDS: ids(),
  STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: ids(),
  REDIS_FAILOVER_ACTIVE_CONFIG_IDS: ids(),
  STORAGE_REDIS_FAILOVER_ACTIVE_CONFIG_IDS: ids(),
  STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: ids(),
  STORAGE_REDIS_CLUSTER_ACTIVE_CONFIG_IDS: ids(),
  DISTRIBUTED_CACHE_ACTIVE_CONFIG_IDS: ids(),
  DISTRIBUTED_CACHE_CONF_IDS: ids(),
  IN_MEMORY_CACHE_ACTIVE_CONFIG_IDS: ids(),
  IN_MEM_CACHE_ACTIVE_CONFIG_IDS: ids(),
});

/** The conf-id that embedded stores have: they need no connection. */
export const EMBEDDED_CONF_ID = 0;

export interface StoreSettings {
  /** Connections that tables are made through. */
  readonly scylla: readonly ScyllaSettings[];
  /** conf-id -> kind, of everything that a store may be registered with. */
  readonly kinds: ReadonlyMap<number, string>;
  readonly distributedCacheConfIds: readonly number[];
  readonly processCacheConfIds: readonly number[];
}

/** Reads which stores and caches there are; only Cassandra and ScyllaDB are connected to, for their tables. */
export function readStoreSettings(
  reader: EnvReader,
  hasEmbeddedStores: boolean,
): StoreSettings | undefined {
  const env = reader.read(STORE_VARIABLES);
  if (env === undefined) return undefined;
  const scyllaIds = merged(env.SCYLLA_ACTIVE_CONFIG_IDS, env.STORAGE_SCYLLA_ACTIVE_CONFIG_IDS);
  const failoverIds = merged(
    env.REDIS_FAILOVER_ACTIVE_CONFIG_IDS,
    env.STORAGE_REDIS_FAILOVER_ACTIVE_CONFIG_IDS,
  );
  const kinds = new Map<number, string>();
  if (hasEmbeddedStores) kinds.set(EMBEDDED_CONF_ID, "embedded");
  const add = (variable: string, kind: string, confIds: readonly number[]): void => {
    for (const confId of confIds) {
      const owner = kinds.get(confId);
      if (owner === undefined) kinds.set(confId, kind);
      else reader.fault(variable, `id ${confId} is of kind ${owner} already`);
    }
  };
  add("SCYLLA_ACTIVE_CONFIG_IDS", "scylla", scyllaIds);
  add("REDIS_FAILOVER_ACTIVE_CONFIG_IDS", "redis_failover", failoverIds);
  const standalone = "STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS";
  add(standalone, "redis_standalone", env[standalone]);
  const cluster = "STORAGE_REDIS_CLUSTER_ACTIVE_CONFIG_IDS";
  add(cluster, "redis_cluster", env[cluster]);
  return {
    scylla: scyllaIds.flatMap((id) => readScyllaSettings(reader, id) ?? []),
    kinds,
    distributedCacheConfIds: merged(
      env.DISTRIBUTED_CACHE_ACTIVE_CONFIG_IDS,
      env.DISTRIBUTED_CACHE_CONF_IDS,
    ),
    processCacheConfIds: merged(
      env.IN_MEMORY_CACHE_ACTIVE_CONFIG_IDS,
      env.IN_MEM_CACHE_ACTIVE_CONFIG_IDS,
    ),
  };
}

function merged(first: readonly number[], second: readonly number[]): readonly number[] {
  return [...new Set([...first, ...second])];
}
