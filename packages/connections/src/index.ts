export { type Backend, BackendMonitor, type BackendStatus } from "./backend-monitor.ts";
export { checkRegistry, checkRowRegistry } from "./check-registry.ts";
export {
  type BackendSettings,
  backendVariables,
  numberedVariables,
  type ReadBackends,
  readBackendSettings,
} from "./config/backend-settings.ts";
export type { ConfIds } from "./config/conf-ids.ts";
export {
  KAFKA_SECURITY_VARIABLES,
  type KafkaLogin,
  type KafkaSecurity,
  type KafkaSecurityEnv,
  type KafkaTlsFiles,
  readKafkaSecurity,
} from "./config/kafka-security.ts";
export type { RedisConnectionSettings } from "./config/redis-settings.ts";
export {
  type EtcdTlsFiles,
  REGISTRY_VARIABLES,
  type RegistrySettings,
  readRegistrySettings,
  requireBoth,
} from "./config/registry-settings.ts";
export {
  readScyllaSettings,
  SCYLLA_VARIABLES,
  type ScyllaSettings,
} from "./config/scylla-settings.ts";
export { DistributedCaches } from "./distributed-caches.ts";
export { readEtcdTls } from "./etcd-tls.ts";
export { registerHealthMetrics, waitUntilReady, watchHealth } from "./health-watch.ts";
export { Invalidation } from "./invalidation.ts";
export { RegistryMetrics } from "./registry-metrics.ts";
export {
  openRegistrySource,
  openRowRegistrySource,
  type RegistryOrigin,
} from "./registry-origin.ts";
export { AppliedRevision, type AppliedRevisionOptions } from "./rows/applied-revision.ts";
export type { BackupBucket } from "./rows/backup/backup-bucket.ts";
export { BACKUP_LIST_KEYS, BackupDamage, loadBackup } from "./rows/backup/backup-lists.ts";
export {
  ROW_BACKUP_VARIABLES,
  type RowBackupSettings,
  readRowBackupSettings,
} from "./rows/backup/backup-settings.ts";
export { openRowBackup } from "./rows/backup/open-row-backup.ts";
export { S3Bucket } from "./rows/backup/s3-bucket.ts";
export { BoundedRowStore } from "./rows/bounded-row-store.ts";
export { LateRowStore, type LateRowStoreOptions } from "./rows/late-row-store.ts";
export { openTenantStore, scyllaOptionsOf, type TenantPlaces } from "./rows/open-tenant-store.ts";
export { registerRowRegistryMetrics } from "./rows/row-registry-metrics.ts";
export {
  ROW_STORE_VARIABLES,
  type RowStoreSettings,
  readRowStoreSettings,
  TENANT_PLACEHOLDER,
} from "./rows/row-settings.ts";
export { createRowSweep } from "./rows/row-sweep.ts";
export { TenantStores, type TenantStoresOptions } from "./rows/tenant-stores.ts";
export { usedTenants } from "./rows/used-tenants.ts";
export { StoreConnections } from "./store-connections.ts";
