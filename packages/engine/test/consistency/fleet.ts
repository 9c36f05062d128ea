import {
  ArenaProcessCache,
  type DistributedCache,
  type InvalidationChannel,
  LocalInvalidationBus,
} from "@ofs/cache";
import { createLogger } from "@ofs/platform";
import { persist, retrieve } from "@ofs/proto";
import type { BlockStore } from "@ofs/store";
import { DISTRIBUTED_CONF_ID, entityTree, PROCESS_CONF_ID } from "@ofs/testkit";
import { Registry } from "prom-client";
import { createEngine, type Engine } from "../../src/index.ts";
import { MemoryBlockStore } from "../fakes/memory-block-store.ts";
import { MemoryDistributedCache } from "../fakes/memory-distributed-cache.ts";
import { query, snapshotOf } from "../harness.ts";
import { gated } from "./scheduler.ts";

export interface CacheUse {
  readonly process: boolean;
  readonly distributed: boolean;
}

const CALL = {
  callerId: "test",
  deadlineMs: Number.POSITIVE_INFINITY,
  signal: undefined,
  entities: undefined,
};

/** One process: reads and writes the number under a key. 0 is what an absent key answers. */
export class FleetProcess {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async read(key: string): Promise<number> {
    const asked = query("user", ["id"], { scores: ["f"] }, [key]);
    const { response } = await this.#engine.retrieve(retrieve.Query.encode(asked).finish(), CALL);
    const column = retrieve.Result.decode(response).rows[0]?.columns?.[0] as Uint8Array;
    return Buffer.from(column).readFloatLE();
  }

  async write(key: string, value: number): Promise<void> {
    const request = persist.Query.encode({
      entityLabel: "user",
      keysSchema: ["id"],
      featureGroupSchema: [{ label: "scores", featureLabels: ["f"] }],
      data: [{ keyValues: [key], featureValues: [{ values: { fp32Values: [value] } }] }],
    });
    await this.#engine.persist(request.finish(), CALL);
  }
}

/** Processes that share a store, a distributed cache and a channel, whose every use is a gate. */
export function createFleet(
  processCount: number,
  caches: CacheUse,
  wrapDistributed: (
    cache: DistributedCache,
    announce: (keys: readonly string[]) => void,
  ) => DistributedCache = (cache) => cache,
): FleetProcess[] {
  const group = { id: 0, type: "FP32", versions: [{ f: {} }], ...caches };
  const snapshot = snapshotOf(entityTree("user", ["id"], { scores: group }));
  const store = gatedStore(new MemoryBlockStore());
  const distributed = gatedCache(new MemoryDistributedCache());
  const bus = new LocalInvalidationBus();
  return Array.from({ length: processCount }, () => {
    const channel = gatedChannel(bus.join());
    const own = wrapDistributed(distributed, (keys) => void channel.publish(keys));
    return new FleetProcess(
      createEngine({
        registry: { snapshot: () => snapshot, refresh: async () => {} },
        storeFor: () => store,
        processCaches: new Map([
          [PROCESS_CONF_ID, new ArenaProcessCache({ maxSizeBytes: 10_000_000 })],
        ]),
        distributedCacheFor: (id) => (id === DISTRIBUTED_CONF_ID ? own : undefined),
        invalidationChannels: [channel],
        onStoreFailure: "unavailable",
        storeTimeoutMs: 1000,
        distributedTimeoutMs: 100,
        now: Date.now,
        random: () => 0.5,
        metrics: new Registry(),
        log: createLogger({ service: "test", level: "DISABLED" }),
      }),
    );
  });
}

function gatedStore(store: MemoryBlockStore): BlockStore {
  return {
    kind: store.kind,
    read: (request) => gated("both", async () => store.read(request)),
    write: (request) => gated("after", () => store.write(request)),
    maxBlockSizeBytes: () => store.maxBlockSizeBytes(),
    refuseKey: (table, key) => store.refuseKey(table, key),
    prepare: () => store.prepare(),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}

function gatedCache(cache: MemoryDistributedCache): DistributedCache {
  return {
    read: (keys, groupIds, nowMs) => gated("both", () => cache.read(keys, groupIds, nowMs)),
    fill: (fills) => gated("before", () => cache.fill(fills)),
    invalidate: (keys) => gated("after", () => cache.invalidate(keys)),
    ping: () => cache.ping(),
    close: () => cache.close(),
  };
}

function gatedChannel(channel: InvalidationChannel): InvalidationChannel {
  return {
    publish: (keys) => gated("both", () => channel.publish(keys)),
    subscribe: (listener) => channel.subscribe(listener),
    close: () => channel.close(),
  };
}
