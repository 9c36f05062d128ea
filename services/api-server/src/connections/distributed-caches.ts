import {
  BreakerDistributedCache,
  CircuitBreaker,
  type DistributedCache,
  RedisDistributedCache,
} from "@ofs/cache";
import type { Logger } from "@ofs/platform";
import type { Snapshot } from "@ofs/registry";
import type { RedisConnection } from "@ofs/store";
import { Counter, Gauge, type Registry } from "prom-client";

/** Where the registry keeps the breaker's settings. */
const BREAKER_MANAGER = "distributed_cache";
const BREAKER_KEY = "distributed_cache_retrieval";

interface Guarded {
  readonly cache: DistributedCache;
  readonly redis: RedisDistributedCache;
  readonly breaker: CircuitBreaker;
}

/** The Redis connections that serve as caches, each behind a circuit breaker of its own. */
export class DistributedCaches {
  readonly #caches = new Map<number, Guarded>();
  readonly #log: Logger;
  readonly #stateChanges: Counter<"name" | "from" | "to">;

  /** @param connections by configuration id */
  constructor(connections: ReadonlyMap<number, RedisConnection>, metrics: Registry, log: Logger) {
    this.#log = log;
    this.#stateChanges = new Counter({
      name: "ofs_DAG_CB_STATE_CHANGED_total",
      help: "State changes of the circuit breaker before a distributed cache.",
      labelNames: ["name", "from", "to"],
      registers: [metrics],
    });
    for (const [confId, connection] of connections) {
      const redis = new RedisDistributedCache({ connection });
      const breaker = this.#createBreaker(confId);
      this.#caches.set(confId, {
        cache: new BreakerDistributedCache(redis, breaker),
        redis,
        breaker,
      });
    }
    this.#registerMetrics(metrics);
  }

  get(confId: number): DistributedCache | undefined {
    return this.#caches.get(confId)?.cache;
  }

  /** Takes the breaker's settings of a new registry snapshot. */
  configure(snapshot: Snapshot): void {
    const config = snapshot.breakers.get(BREAKER_MANAGER);
    for (const { breaker } of this.#caches.values()) breaker.configure(config);
  }

  #createBreaker(confId: number): CircuitBreaker {
    return new CircuitBreaker({
      key: BREAKER_KEY,
      config: undefined,
      now: () => performance.now(),
      onStateChange: (to, from) => {
        this.#stateChanges.inc({ name: BREAKER_MANAGER, from, to });
        this.#log.warn({ confId, from, to }, "circuit breaker of a distributed cache changed");
      },
    });
  }

  #registerMetrics(metrics: Registry): void {
    const caches = this.#caches;
    new Gauge({
      name: "ofs_feature_retrieve_cb_open",
      help: "1 while the circuit breaker before a distributed cache refuses reads.",
      labelNames: ["cb_key", "conf_id"],
      registers: [metrics],
      collect() {
        for (const [confId, { breaker }] of caches) {
          const labels = { cb_key: BREAKER_KEY, conf_id: String(confId) };
          this.set(labels, breaker.state === "open" ? 1 : 0);
        }
      },
    });
    new Counter({
      name: "ofs_distributed_cache_fills_total",
      help: "Records sent to a distributed cache: filled, outdated (changed since), dropped, failed.",
      labelNames: ["conf_id", "result"],
      registers: [metrics],
      collect() {
        this.reset();
        for (const [confId, { redis }] of caches) {
          const stats = redis.stats();
          const conf_id = String(confId);
          this.inc({ conf_id, result: "filled" }, stats.filledCount);
          this.inc({ conf_id, result: "outdated" }, stats.outdatedCount);
          this.inc({ conf_id, result: "dropped" }, stats.droppedCount);
          this.inc({ conf_id, result: "failed" }, stats.failedCount);
        }
      },
    });
  }
}
