import type { EnvReader } from "@ofs/platform";
import type { RedisOptions } from "@ofs/store";
import type { RedisConnectionSettings } from "./redis-settings.ts";

/**
 * Notes a fault for each cache whose Redis database is also a store: both name their records alike, so a cache's
 * tombstone would destroy what is stored. Finds what is configured alike; an address under two names is not seen.
 *
 * @param variable that says which connections are caches
 */
export function refuseSharedDatabases(
  reader: EnvReader,
  variable: string,
  connections: readonly RedisConnectionSettings[],
  cacheConfIds: readonly number[],
): void {
  const isCache = ({ confId }: RedisConnectionSettings): boolean => cacheConfIds.includes(confId);
  const stores = connections.filter((connection) => !isCache(connection));
  for (const cache of connections.filter(isCache)) {
    const places = placesOf(cache.options);
    const store = stores.find(({ options }) =>
      placesOf(options).some((place) => places.includes(place)),
    );
    if (store === undefined) continue;
    const fault = `id ${cache.confId} is the same database as the store ${store.confId}, which it would overwrite`;
    reader.fault(variable, fault);
  }
}

/** Names of the database, one for each address it is configured with. */
function placesOf(options: RedisOptions): string[] {
  switch (options.kind) {
    case "standalone":
      return [`${options.address}/${options.db ?? 0}`];
    case "cluster":
      return options.addresses.map((address) => `${address}/0`);
    case "failover":
      return options.sentinelAddresses.map(
        (address) => `${address}/${options.masterName}/${options.db ?? 0}`,
      );
  }
}
