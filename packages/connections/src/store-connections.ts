import type { Logger } from "@ofs/platform";
import type { DbType, StoreDefinition } from "@ofs/registry";
import {
  type BlockStore,
  connectRedis,
  EmbeddedBlockStore,
  type EmbeddedEnvironment,
  RedisBlockStore,
  type RedisConnection,
} from "@ofs/store";
import type { Backend } from "./backend-monitor.ts";
import type { BackendSettings } from "./config/backend-settings.ts";
import type { RedisConnectionSettings } from "./config/redis-settings.ts";
import { EmbeddedSweep } from "./embedded-sweep.ts";
import { openScyllaStore } from "./scylla.ts";

interface Connected {
  readonly dbType: DbType;
  readonly store: BlockStore;
}

interface Closable {
  readonly name: string;
  close(): Promise<void>;
}

/**
 * Every configured connection, opened in the background: a store that cannot be reached yet answers UNAVAILABLE.
 * The registry's stores find theirs by kind and configuration id, so they may change at any time.
 */
export class StoreConnections {
  readonly #byConfId = new Map<number, Connected>();
  readonly #redis = new Map<number, RedisConnection>();
  readonly #backends: Backend[] = [];
  readonly #closables: Closable[] = [];
  #embedded: BlockStore | undefined;

  /**
   * @param embedded data folder of embedded stores; stays the caller's
   * @throws {FeatureStoreError} INVALID_ARGUMENT for settings that make no sense
   */
  constructor(settings: BackendSettings, embedded: EmbeddedEnvironment | undefined, log: Logger) {
    for (const scylla of settings.scylla) {
      this.#add(scylla.confId, "scylla", openScyllaStore(scylla, log));
    }
    for (const redis of settings.redis) {
      const isCache = settings.distributedCacheConfIds.includes(redis.confId);
      this.#addRedis(redis, isCache, log);
    }
    if (embedded !== undefined) {
      this.#addEmbedded(embedded, log);
    }
  }

  /** @returns undefined where this process has no such connection */
  storeFor({ dbType, confId }: StoreDefinition): BlockStore | undefined {
    if (dbType === "embedded") return this.#embedded;
    const connected = this.#byConfId.get(confId);
    return connected?.dbType === dbType ? connected.store : undefined;
  }

  /** @returns undefined where there is no Redis connection of that configuration id */
  redisConnection(confId: number | undefined): RedisConnection | undefined {
    return confId === undefined ? undefined : this.#redis.get(confId);
  }

  /** The Redis connections with these configuration ids. */
  redisConnections(confIds: readonly number[]): Map<number, RedisConnection> {
    const chosen = new Map<number, RedisConnection>();
    for (const confId of confIds) {
      const connection = this.#redis.get(confId);
      if (connection !== undefined) chosen.set(confId, connection);
    }
    return chosen;
  }

  get backends(): readonly Backend[] {
    return this.#backends;
  }

  /** Closes all of them, whatever happens to each. @throws {AggregateError} */
  async close(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#closables.map((closable) => closable.close()));
    const faults = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason as Error] : [],
    );
    if (faults.length > 0) throw new AggregateError(faults, "some stores could not be closed");
  }

  #add(confId: number, dbType: DbType, store: BlockStore): void {
    this.#byConfId.set(confId, { dbType, store });
    this.#watch(`${store.kind} ${confId}`, store, true);
  }

  /**
   * A connection is a cache or a store, not both: their keys have one form, so a tombstone or the end of a record's
   * TTL would destroy what is stored. Without a cache the process serves from the stores, so it is not required.
   */
  #addRedis(settings: RedisConnectionSettings, isCache: boolean, log: Logger): void {
    const { confId, options } = settings;
    const connection = connectRedis({ ...options, log });
    const store = new RedisBlockStore({ connection });
    this.#redis.set(confId, connection);
    if (isCache) this.#watch(`${store.kind} ${confId}`, store, false);
    else this.#add(confId, `redis_${options.kind}`, store);
  }

  #addEmbedded(environment: EmbeddedEnvironment, log: Logger): void {
    const store = new EmbeddedBlockStore(environment);
    const sweep = new EmbeddedSweep(store, log);
    this.#embedded = store;
    this.#watch("embedded", store, true);
    this.#closables.push({ name: "embedded sweep", close: () => sweep.close() });
    if (!environment.isReadOnly) sweep.start();
  }

  #watch(name: string, store: BlockStore, isRequired: boolean): void {
    this.#backends.push({ name, isRequired, ping: () => store.ping() });
    this.#closables.push({ name, close: () => store.close() });
  }
}
