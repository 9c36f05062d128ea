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
  type PendingInvalidationStats,
  RetryingDistributedCache,
  type RetryingDistributedCacheOptions,
} from "./distributed/retrying-distributed-cache.ts";
export {
  FILL_MAX_AGE_MS,
  isTombstone,
  TOMBSTONE,
  TOMBSTONE_TTL_SECONDS,
} from "./distributed/tombstone.ts";
export { LocalInvalidationBus } from "./invalidation/local-invalidation-bus.ts";
export {
  type GapReason,
  type InvalidationChannelStats,
  RedisInvalidationChannel,
  type RedisInvalidationChannelOptions,
} from "./invalidation/redis-invalidation-channel.ts";
export {
  EtcdMembership,
  type EtcdMembershipOptions,
  type EtcdMembershipStats,
} from "./peer/etcd-membership.ts";
export { lookUpHost } from "./peer/member-addresses.ts";
export type { PartitionStats } from "./peer/partition.ts";
export { REPLY_TIMEOUT_MS } from "./peer/peer-client.ts";
export type { PeerCounts } from "./peer/peer-counts.ts";
export { type PeerMember, podIdOf } from "./peer/peer-member.ts";
export { HashRing } from "./peer/ring.ts";
export {
  EXTRA_TTL_SECONDS,
  type PeerRole,
  RingPeerCache,
  type RingPeerCacheOptions,
  type RingPeerCacheStats,
} from "./peer/ring-peer-cache.ts";
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
export { ArenaProcessCache, type ArenaProcessCacheOptions } from "./process/arena-process-cache.ts";
export { KeyName, type NameHash } from "./process/key-name.ts";
