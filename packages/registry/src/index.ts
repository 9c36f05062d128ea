export { TreeFileError, type TreeFileFormat } from "./author/author-value.ts";
export { assertExpectations, type ExpectedState, firstConflict } from "./author/first-conflict.ts";
export { assertReceipt, parseReceipts, RECEIPTS_MAX, withReceipt } from "./author/receipts.ts";
export { loadTreeFile, parseTreeFile } from "./author/tree-file.ts";
export type {
  AuthorTree,
  ConditionalWrite,
  RegistryAuthor,
  RegistryExpectation,
} from "./author-port.ts";
export { EtcdClaims, type EtcdClaimsOptions } from "./etcd/etcd-claims.ts";
export { EtcdLeaseKey, type EtcdLeaseKeyOptions } from "./etcd/etcd-lease-key.ts";
export { type EtcdLockOptions, EtcdLocks } from "./etcd/etcd-lock.ts";
export type { EtcdSourceOptions, EtcdTls } from "./etcd/etcd-options.ts";
export {
  EtcdRegistrySource,
  type EtcdWriteOptions,
  TXN_OPERATIONS_MAX,
} from "./etcd/etcd-registry-source.ts";
export type {
  FollowedSourceCounters,
  FollowedSourceOptions,
  FollowedSourceStatus,
} from "./live/followed-source.ts";
export { openRegistry } from "./live/open-registry.ts";
export type {
  Registry,
  RegistryCounters,
  RegistryOptions,
  RegistryStatus,
  SnapshotListener,
} from "./live/registry.ts";
export {
  type FollowerCounts,
  type FollowerEvents,
  SourceFollower,
} from "./live/source-follower.ts";
export { MemoryRegistrySource } from "./memory-source.ts";
export type {
  BreakerConfig,
  BreakerKey,
  CacheSettings,
  Credential,
  DbType,
  Entity,
  EntityKey,
  FeatureGroup,
  FeatureSchema,
  Reader,
  RegistryFault,
  Revision,
  Snapshot,
  StoreDefinition,
} from "./model.ts";
export { attempt, NodeFault, type Notes } from "./parse/faults.ts";
export { type Entry, Fields, foldName, quote, readEntries } from "./parse/fields.ts";
export { parseReader } from "./parse/reader.ts";
export { openSection } from "./parse/section.ts";
export {
  parseSnapshot,
  SnapshotParser,
  type SnapshotParserOptions,
} from "./parse/snapshot-parser.ts";
export { openRowRegistry } from "./rows/open-row-registry.ts";
export {
  encodeConsumer,
  encodeEntity,
  encodeGroup,
  encodeGroupVersion,
  encodePopulator,
  type RowEntry,
} from "./rows/row-entries.ts";
export type {
  CatalogListener,
  RowBackup,
  RowRegistry,
  RowRegistryCounters,
  RowRegistryOptions,
  RowRegistryStatus,
} from "./rows/row-registry.ts";
export type {
  RegistryChange,
  RegistryChanges,
  RegistrySource,
  RegistryTree,
  RegistryWatcher,
} from "./source.ts";
export { ConfigNode } from "./tree/config-node.ts";
export { type DiffOptions, diffTree } from "./tree/diff.ts";
export { assertPath } from "./tree/path.ts";
export { applyChanges, createTree } from "./tree/tree.ts";
