export { createTestCertificates, type KeyPair, type TestCertificates } from "./certificates.ts";
export { acceptsConnections, freePort, freePorts, localAddress } from "./free-ports.ts";
export {
  type ProcessOptions,
  type Readiness,
  startProcess,
  type TestProcess,
} from "./process.ts";
export type { ProcessExit } from "./process-handle.ts";
export {
  DISTRIBUTED_CONF_ID,
  entityTree,
  type FeatureOptions,
  type GroupOptions,
  PROCESS_CONF_ID,
  type RegistryEntries,
} from "./registry-tree.ts";
export {
  type PrivateSentinelSet,
  type PrivateServer,
  type PrivateServerSet,
  type ServerFaults,
  startCassandra,
  startEtcd,
  startRedis,
  startRedisCluster,
  startRedisSentinels,
} from "./servers/private-servers.ts";
export { SENTINEL_MASTER_NAME } from "./servers/redis-sentinel.ts";
export {
  type ServerAddress,
  type ServerName,
  serverAddress,
  serverAddresses,
} from "./servers/server-address.ts";
export { type WaitOptions, waitUntil } from "./wait-until.ts";
