export { BreakerDistributedCache } from "./breaker/breaker-distributed-cache.ts";
export {
  type BreakerState,
  CircuitBreaker,
  type CircuitBreakerOptions,
} from "./breaker/circuit-breaker.ts";
export {
  type DistributedCacheStats,
  RedisDistributedCache,
  type RedisDistributedCacheOptions,
} from "./distributed/redis-distributed-cache.ts";
export {
  FILL_MAX_AGE_MS,
  isTombstone,
  TOMBSTONE,
  TOMBSTONE_TTL_SECONDS,
} from "./distributed/tombstone.ts";
export type {
  DistributedCache,
  DistributedFill,
  DistributedRecord,
  InvalidationChannel,
  InvalidationListener,
  LocalCache,
  PeerCache,
  ProcessCache,
  ProcessCacheStats,
} from "./ports.ts";
export {
  LruProcessCache,
  type LruProcessCacheOptions,
} from "./process/lru-process-cache.ts";
