import {
  BreakerDistributedCache,
  CircuitBreaker,
  type DistributedCache,
  RedisDistributedCache,
  RetryingDistributedCache,
} from "@ofs/cache";
import type { Logger } from "@ofs/platform";
import type { Snapshot } from "@ofs/registry";
import type { RedisConnection } from "@ofs/store";
import { Counter, Gauge, type Registry } from "prom-client";

/** Where the registry keeps the breaker's settings. */
const BREAKER_MANAGER = "distributed_cache";
const BREAKER_KEY = "distributed_cache_retrieval";

export interface DistributedCachesOptions {
  /** By configuration id. */
  readonly connections: ReadonlyMap<number, RedisConnection>;
  /** Longest that a write waits for its invalidation. */
  readonly invalidateTimeoutMs: number;
  /** Called for keys whose invalidation had failed at first. */
  readonly onLateInvalidation: (keys: readonly string[]) => void;
  readonly metrics: Registry;
  readonly log: Logger;
}

interface Guarded {
  readonly cache: DistributedCache;
  readonly retrying: RetryingDistributedCache;
  readonly redis: RedisDistributedCache;
  readonly breaker: CircuitBreaker;
}

/** The Redis connections that serve as caches, each behind a circuit breaker of its own. */
export class DistributedCaches {
  readonly #caches = new Map<number, Guarded>();
  readonly #log: Logger;
  readonly #stateChanges: Counter<"name" | "from" | "to">;

  constructor(options: DistributedCachesOptions) {
    const { connections, invalidateTimeoutMs, onLateInvalidation, metrics, log } = options;
    this.#log = log;
    this.#stateChanges = new Counter({
      name: "ofs_DAG_CB_STATE_CHANGED_total",
      help: "State changes of the circuit breaker before a distributed cache.",
      labelNames: ["name", "from", "to"],
      registers: [metrics],
    });
    for (const [confId, connection] of connections) {
      const redis = new RedisDistributedCache({ connection, invalidateTimeoutMs });
      const retrying = new RetryingDistributedCache({ cache: redis, onLateInvalidation, log });
      const breaker = this.#createBreaker(confId);
      this.#caches.set(confId, {
        cache: new BreakerDistributedCache(retrying, breaker),
        retrying,
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

  /** Tries pending invalidations once more, and closes the connections. */
  async close(): Promise<void> {
    await Promise.all([...this.#caches.values()].map(({ cache }) => cache.close()));
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
      name: "ofs_invalidation_pending",
      help: "Keys whose record in a distributed cache may be old, because it could not be invalidated yet.",
      labelNames: ["conf_id"],
      registers: [metrics],
      collect() {
        for (const [confId, { retrying }] of caches) {
          this.set({ conf_id: String(confId) }, retrying.stats().pendingCount);
        }
      },
    });
    new Counter({
      name: "ofs_invalidation_retried_total",
      help: "Keys whose invalidation failed at first: late (done since), overflow (given up).",
      labelNames: ["conf_id", "result"],
      registers: [metrics],
      collect() {
        this.reset();
        for (const [confId, { retrying }] of caches) {
          const { lateCount, overflowCount } = retrying.stats();
          this.inc({ conf_id: String(confId), result: "late" }, lateCount);
          this.inc({ conf_id: String(confId), result: "overflow" }, overflowCount);
        }
      },
    });
    new Gauge({
      name: "ofs_feature_retrieve_cb_open",
      help: "1 while the circuit breaker before a distributed cache refuses reads.",
      labelNames: ["cb_key", "conf_id"],
      aggregator: "max",
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
