export interface CassandraSettings {
  /** Holds data, commit log and the rest. */
  readonly folder: string;
  /** Where it speaks CQL. */
  readonly port: number;
  /** Where it would speak to other nodes. */
  readonly storagePort: number;
}

/** A single small node; no snapshots, which make TRUNCATE and DROP slow. */
export function formatCassandraYaml({ folder, port, storagePort }: CassandraSettings): string {
  return `cluster_name: ofs-test
num_tokens: 4
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
data_file_directories: [ "${folder}/data" ]
commitlog_directory: "${folder}/commitlog"
hints_directory: "${folder}/hints"
saved_caches_directory: "${folder}/saved_caches"
cdc_raw_directory: "${folder}/cdc"
commitlog_sync: periodic
commitlog_sync_period: 10000ms
commitlog_segment_size: 8MiB
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters: [ { seeds: "127.0.0.1:${storagePort}" } ]
listen_address: 127.0.0.1
rpc_address: 127.0.0.1
storage_port: ${storagePort}
native_transport_port: ${port}
endpoint_snitch: SimpleSnitch
authenticator: AllowAllAuthenticator
authorizer: AllowAllAuthorizer
auto_snapshot: false
auto_bootstrap: false
memtable_heap_space: 64MiB
memtable_offheap_space: 64MiB
file_cache_size: 32MiB
key_cache_size: 8MiB`;
}

/**
 * Puts a test's own lines in place of those for the same key.
 *
 * @param settings such as `commitlog_sync: batch`; a key without a value takes the line away
 */
export function withSettings(yaml: string, settings: readonly string[]): string {
  const keyOf = (line: string): string => line.slice(0, line.indexOf(":"));
  const replaced = new Set(settings.map(keyOf));
  const kept = yaml.split("\n").filter((line) => !replaced.has(keyOf(line)));
  return [...kept, ...settings.filter((line) => !line.trimEnd().endsWith(":")), ""].join("\n");
}

/** Warnings and worse, to the process's own output. */
export const LOGBACK_XML = `<configuration>
  <appender name="STDOUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level %date{HH:mm:ss.SSS} %logger{0} - %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="STDOUT"/></root>
</configuration>
`;

/** Packages of the JDK that Cassandra reaches into by reflection. */
export const OPENED_PACKAGES = [
  "java.base/java.io",
  "java.base/java.lang",
  "java.base/java.lang.module",
  "java.base/java.lang.reflect",
  "java.base/java.math",
  "java.base/java.net",
  "java.base/java.nio",
  "java.base/java.util",
  "java.base/java.util.concurrent",
  "java.base/java.util.concurrent.atomic",
  "java.base/jdk.internal.loader",
  "java.base/jdk.internal.math",
  "java.base/jdk.internal.module",
  "java.base/jdk.internal.ref",
  "java.base/jdk.internal.reflect",
  "java.base/jdk.internal.util.jar",
  "java.base/sun.nio.ch",
  "java.rmi/sun.rmi.transport.tcp",
  "jdk.management/com.sun.management.internal",
  "jdk.management.jfr/jdk.management.jfr",
] as const;

/** Packages of the JDK that Cassandra calls although they are internal. */
export const EXPORTED_PACKAGES = [
  "java.base/jdk.internal.misc",
  "java.base/jdk.internal.ref",
  "java.base/sun.nio.ch",
  "java.management.rmi/com.sun.jmx.remote.internal.rmi",
  "java.rmi/sun.rmi.registry",
  "java.rmi/sun.rmi.server",
  "java.sql/java.sql",
] as const;
