import type { InvalidationChannel } from "@ofs/cache";
import {
  BackendMonitor,
  checkRegistry,
  DistributedCaches,
  Invalidation,
  openRegistrySource,
  RegistryMetrics,
  registerHealthMetrics,
  StoreConnections,
  watchHealth,
} from "@ofs/connections";
import { createEngine, type MessageWriter } from "@ofs/engine";
import type { ServiceBase } from "@ofs/platform";
import { openRegistry, type Registry, type RegistrySource, type Snapshot } from "@ofs/registry";
import type { EmbeddedEnvironment } from "@ofs/store";
import { checkCaches } from "./check-caches.ts";
import type { ConsumerConfig } from "./config.ts";

/** What a program that runs this service inside itself brings along. All of it stays the program's. */
export interface GivenConnections {
  /** In place of opening `OFS_DATA_FOLDER`. */
  readonly embedded?: EmbeddedEnvironment;
  /** In place of etcd or the data folder's registry. */
  readonly registrySource?: RegistrySource;
  /** The same of the row dialect. */
  readonly rowRegistrySource?: RegistrySource;
  /** Ways to others that cache what is written here, beside the one over Redis. */
  readonly invalidationChannels?: readonly InvalidationChannel[];
}

/** The way to the stores. */
export interface Connections {
  readonly writer: MessageWriter;
  /** The data folder, if there is one. */
  readonly embedded: EmbeddedEnvironment | undefined;
  /** undefined while it is being opened. */
  registry(): Registry | undefined;
  /** Loads the registry, waiting for its source if need be, and follows it. */
  open(onChange: (snapshot: Snapshot) => void): Promise<Registry>;
}

/** For calls that wait for a store connection: more than the lanes can have under way. */
const SPARE_STORE_CALLS = 64;

/** Opens in the order of dependence; what is registered first is closed last. */
export async function openConnections(
  config: ConsumerConfig,
  given: GivenConnections,
  base: ServiceBase,
): Promise<Connections> {
  const { log, metrics, health, lifecycle } = base;
  const { APP_NAME: appName, CONSUMER_INVALIDATE_CACHES: invalidates } = config.process;
  const origin = await openRegistrySource(appName, config.registry, given);
  lifecycle.register("registry source", () => origin.close());
  const stores = new StoreConnections(config, origin.embedded, log);
  lifecycle.register("stores", () => stores.close());
  const monitor = new BackendMonitor(stores.backends, log);
  lifecycle.register("backend monitor", () => monitor.close());
  const { invalidation, distributed } = openCaches(config, given, stores, base);
  let registry: Registry | undefined;
  lifecycle.register("registry", () => registry?.close());

  const { reading } = config.source;
  const writer = createEngine({
    registry: {
      snapshot: () => registry?.snapshot(),
      refresh: async () => registry?.refresh(),
    },
    storeFor: (definition) => stores.storeFor(definition),
    processCaches: new Map(),
    distributedCacheFor: (confId) => (invalidates ? distributed.get(confId) : undefined),
    invalidationChannels: invalidates ? invalidation.channels : [],
    onStoreFailure: "unavailable",
    storeTimeoutMs: config.limits.STORE_TIMEOUT_MS,
    distributedTimeoutMs: config.process.INVALIDATION_TIMEOUT_MS,
    limits: { maxStoreInFlight: reading.laneCount * reading.memberCount + SPARE_STORE_CALLS },
    now: Date.now,
    random: Math.random,
    metrics,
    log,
  });
  health.register("registry", () =>
    checkRegistry(registry, (store) => stores.storeFor(store) !== undefined),
  );
  health.register("stores", () => monitor.check());
  health.register("caches", () =>
    checkCaches(registry?.snapshot(), invalidates, (confId) => distributed.get(confId)),
  );
  const registryMetrics = new RegistryMetrics(metrics, () => registry);
  registerHealthMetrics(metrics, health, monitor);
  watchHealth(health, lifecycle);
  monitor.start();
  return {
    writer,
    embedded: origin.embedded,
    registry: () => registry,
    async open(onChange) {
      registry = await openRegistry({
        source: origin.source,
        snapshotFile: config.registry.snapshotFile,
        log,
        onChange(snapshot) {
          registryMetrics.swapped();
          distributed.configure(snapshot);
          onChange(snapshot);
        },
      });
      health.refresh();
      return registry;
    },
  };
}

/** Nothing is read from these: they are told what was written. */
function openCaches(
  config: ConsumerConfig,
  { invalidationChannels = [] }: GivenConnections,
  stores: StoreConnections,
  { log, metrics, health, lifecycle }: ServiceBase,
): { readonly invalidation: Invalidation; readonly distributed: DistributedCaches } {
  const { APP_NAME: appName, CONSUMER_INVALIDATE_CACHES: invalidates } = config.process;
  const { INVALIDATION_TIMEOUT_MS: timeoutMs } = config.process;
  const invalidation = new Invalidation({
    appName,
    connection: invalidates ? stores.redisConnection(config.invalidationRedisConfId) : undefined,
    publishTimeoutMs: timeoutMs,
    channels: invalidationChannels,
    metrics,
    log,
  });
  lifecycle.register("invalidation channel", () => invalidation.close());
  const distributed = new DistributedCaches({
    connections: stores.redisConnections(invalidates ? config.distributedCacheConfIds : []),
    invalidateTimeoutMs: timeoutMs,
    onLateInvalidation: (keys) => invalidation.announce(keys),
    metrics,
    log,
  });
  lifecycle.register("distributed caches", () => distributed.close());
  health.register("invalidation", () => invalidation.check());
  return { invalidation, distributed };
}
