export {
  type BlockRead,
  type BlockRow,
  type BlockStore,
  type BlockTable,
  type BlockWrite,
  DELETE_MEMORY_MS,
  DELETED_BLOCK,
  type KeyValues,
  type RowOutcome,
  type StoredCell,
} from "./block-store.ts";
export { EmbeddedBlockStore } from "./embedded/embedded-block-store.ts";
export {
  EMBEDDED_FORMAT,
  EmbeddedEnvironment,
  type EmbeddedEnvironmentOptions,
  type EmbeddedTable,
  type EmbeddedTableName,
  openEmbeddedEnvironment,
} from "./embedded/environment.ts";
export type { SweepReport } from "./embedded/expiry-sweep.ts";
export { EmbeddedRegistrySource } from "./embedded/registry-source.ts";
export {
  EmbeddedRowStore,
  type EmbeddedRowStoreOptions,
} from "./embedded/rows/embedded-row-store.ts";
export { EmbeddedRowTables } from "./embedded/rows/embedded-row-tables.ts";
export { EmbeddedRowSweeper, type RowSweepReport } from "./embedded/rows/row-sweeper.ts";
export { embeddedWriters } from "./embedded/writer-lease.ts";
export {
  connectRedis,
  type RedisConnection,
  type RedisReply,
  type RedisValue,
} from "./redis/connection.ts";
export type {
  ClusterOptions as RedisClusterOptions,
  FailoverOptions as RedisFailoverOptions,
  RedisKind,
  RedisOptions,
  RedisSettings,
  StandaloneOptions as RedisStandaloneOptions,
} from "./redis/options.ts";
export { RedisBlockStore, type RedisBlockStoreOptions } from "./redis/redis-block-store.ts";
export type { RedisCall } from "./redis/redis-call.ts";
export { createScript, type RedisCommand, type RedisScript } from "./redis/redis-command.ts";
export type { RedisSubscription, RedisSubscriptionListener } from "./redis/subscription.ts";
export { type RequestLimits, withinLimits } from "./request-limits.ts";
export type {
  CellBytes,
  RowCells,
  RowColumn,
  RowRead,
  RowReadOutcome,
  RowScan,
  RowStore,
  RowTable,
  RowTables,
  RowUpsert,
  RowWrite,
  RowWriteOutcome,
  StoredRowTable,
} from "./row-store.ts";
export { refuseRowKey } from "./rows/row-checks.ts";
export { connectScylla, type ScyllaConnection } from "./scylla/connection.ts";
export type { ScyllaConsistency, ScyllaOptions } from "./scylla/options.ts";
export { ScyllaRowStore, type ScyllaRowStoreOptions } from "./scylla/rows/scylla-row-store.ts";
export { ScyllaRowTables } from "./scylla/rows/scylla-row-tables.ts";
export { ensureKeyspace, ensureLocalKeyspace, type Replication } from "./scylla/schema.ts";
export { ScyllaBlockStore, type ScyllaBlockStoreOptions } from "./scylla/scylla-block-store.ts";
export { type ScyllaTable, type ScyllaTablePlan, ScyllaTables } from "./scylla/scylla-tables.ts";
