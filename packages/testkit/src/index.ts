export { createTestCertificates, type KeyPair, type TestCertificates } from "./certificates.ts";
export { ChildScript, type ChildScriptOptions } from "./child-script.ts";
export { documentedVariables } from "./documented-variables.ts";
export { type KillAfterOptions, type Killable, killAfter } from "./faults/kill-after.ts";
export type { ConnectionFault, Direction, FlowFault, TcpFault } from "./faults/tcp-fault.ts";
export {
  startTcpProxy,
  type TcpProxy,
  type TcpProxyCounters,
  type TcpProxyOptions,
} from "./faults/tcp-proxy.ts";
export type { TestClock } from "./faults/test-clock.ts";
export type { UdpFaults } from "./faults/udp-pipe.ts";
export {
  startUdpProxy,
  type UdpProxy,
  type UdpProxyCounters,
  type UdpProxyOptions,
} from "./faults/udp-proxy.ts";
export { acceptsConnections, freePort, freePorts, localAddress } from "./free-ports.ts";
export { provideServers } from "./global-setup.ts";
export { isSameProcess, type RecordedProcess } from "./infra/infra-state.ts";
export { processIdentity } from "./infra/process-identity.ts";
export { stopRecordedProcess } from "./infra/stop-process.ts";
export { cacheFolder } from "./install/cache-folder.ts";
export { type Chromium, findChromium } from "./install/chromium.ts";
export { executableEnv, findOnPath } from "./install/executable.ts";
export { hasCode, withFileLock } from "./install/file-lock.ts";
export { findExecutables } from "./install/find-executables.ts";
export { buildGo, findGo, type GoModule } from "./install/go.ts";
export { findJava, installMavenArtifacts } from "./install/java.ts";
export { type Launched, writeLauncher } from "./install/launcher.ts";
export { type Log, stderrLog } from "./install/log.ts";
export { installPythonPackages } from "./install/python.ts";
export { runCommand } from "./install/run-command.ts";
export {
  installSpark,
  SPARK_SCALA_VERSION,
  SPARK_VERSION,
  type SparkInstallation,
  sparkEnvironment,
} from "./install/spark.ts";
export { KeptConnection, starve } from "./kept-connection.ts";
export { MemorySpan, MemoryTracer } from "./memory-tracer.ts";
export {
  type OtlpMode,
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
} from "./otlp-receiver.ts";
export {
  type ProcessOptions,
  type Readiness,
  startProcess,
  type TestProcess,
} from "./process.ts";
export type { ProcessExit } from "./process-handle.ts";
export { type SeededRandom, seededRandom } from "./random.ts";
export {
  DISTRIBUTED_CONF_ID,
  entityTree,
  type FeatureOptions,
  type GroupOptions,
  PROCESS_CONF_ID,
  type RegistryEntries,
} from "./registry-tree.ts";
export { type CassandraWithTools, startCassandraWithTools } from "./servers/cassandra-tools.ts";
export { installOperatorPrograms, writeClientPrograms } from "./servers/client-programs.ts";
export type { KafkaListener, SaslMechanism } from "./servers/kafka-config.ts";
export type { KafkaVersion } from "./servers/kafka-programs.ts";
export { createKafkaTopic, type TopicOptions } from "./servers/kafka-topics.ts";
export { LASTING_SERVERS, type LastingOptions } from "./servers/lasting-servers.ts";
export {
  type PrivateKafka,
  type PrivateKafkaOptions,
  startPrivateKafka,
} from "./servers/private-kafka.ts";
export {
  type PrivateSentinelSet,
  type PrivateServer,
  type PrivateServerSet,
  type ServerFaults,
  startCassandra,
  startEtcd,
  startMariadb,
  startRedis,
  startRedisCluster,
  startRedisSentinels,
  startS3,
} from "./servers/private-servers.ts";
export {
  type PrometheusOptions,
  runPromtool,
  startPrometheus,
} from "./servers/prometheus.ts";
export { SENTINEL_MASTER_NAME } from "./servers/redis-sentinel.ts";
export { S3_CREDENTIALS } from "./servers/seaweedfs.ts";
export {
  type ServerAddress,
  type ServerName,
  serverAddress,
  serverAddresses,
} from "./servers/server-address.ts";
export { type NodePlan, ServerNode } from "./servers/server-node.ts";
export type { StartContext, StartedServer } from "./servers/server-spec.ts";
export { type WaitOptions, waitUntil } from "./wait-until.ts";
