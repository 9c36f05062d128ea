import { type EnvReader, idList, integer } from "@ofs/platform";
import { z } from "zod";

export const DISTRIBUTED_CACHE_LIST = "DISTRIBUTED_CACHE_CONF_IDS";
const INVALIDATION = "INVALIDATION_REDIS_CONF_ID";

/** Lists of the ids of each kind of connection and cache. */
const KINDS = {
  scylla: "STORAGE_SCYLLA_ACTIVE_CONFIG_IDS",
  redisStandalone: "STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS",
  redisCluster: "STORAGE_REDIS_CLUSTER_ACTIVE_CONFIG_IDS",
  redisFailover: "STORAGE_REDIS_FAILOVER_ACTIVE_CONFIG_IDS",
  processCache: "IN_MEM_CACHE_ACTIVE_CONFIG_IDS",
  peerCache: "P2P_CACHE_ACTIVE_CONFIG_IDS",
} as const;

type Kind = keyof typeof KINDS;

const KIND_NAMES = Object.keys(KINDS) as readonly Kind[];

/** Names of the variables that list ids. */
export const CONF_ID_VARIABLES: readonly string[] = [
  ...Object.values(KINDS),
  DISTRIBUTED_CACHE_LIST,
  INVALIDATION,
];

/** Which configuration ids there are, by kind. An id belongs to one kind. */
export interface ConfIds extends Readonly<Record<Kind, readonly number[]>> {
  /** Redis connections that serve as caches. */
  readonly distributedCache: readonly number[];
  /** The Redis connection that carries invalidations between processes: the first cache unless another is named. */
  readonly invalidation: number | undefined;
}

/** Reads the lists and notes a fault for each id that two kinds claim, or that no Redis connection has. */
export function readConfIds(reader: EnvReader): ConfIds {
  const read = (variable: string): readonly number[] => {
    const schema = z.object({ [variable]: idList().default([]) });
    return reader.read(schema)?.[variable] ?? [];
  };
  const byKind = Object.fromEntries(KIND_NAMES.map((kind) => [kind, read(KINDS[kind])]));
  const distributedCache = read(DISTRIBUTED_CACHE_LIST);
  const invalidation =
    reader.read(z.object({ [INVALIDATION]: integer(0).optional() }))?.[INVALIDATION] ??
    distributedCache[0];
  const ids = {
    ...(byKind as Record<Kind, readonly number[]>),
    distributedCache,
    invalidation,
  };
  checkNamespace(reader, ids);
  const redis = [...ids.redisStandalone, ...ids.redisCluster, ...ids.redisFailover];
  for (const id of ids.distributedCache) {
    if (!redis.includes(id))
      reader.fault(DISTRIBUTED_CACHE_LIST, `id ${id} is no Redis connection`);
  }
  if (invalidation !== undefined && !redis.includes(invalidation)) {
    const isInherited = distributedCache.includes(invalidation);
    if (!isInherited) reader.fault(INVALIDATION, `id ${invalidation} is no Redis connection`);
  }
  return ids;
}

function checkNamespace(reader: EnvReader, ids: ConfIds): void {
  const owners = new Map<number, string>();
  for (const kind of KIND_NAMES) {
    for (const id of ids[kind]) {
      const owner = owners.get(id);
      if (owner === undefined) owners.set(id, KINDS[kind]);
      else reader.fault(KINDS[kind], `id ${id} is in ${owner} already`);
    }
  }
}
