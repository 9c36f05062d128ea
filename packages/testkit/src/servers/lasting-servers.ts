import { startCassandraNode } from "./cassandra.ts";
import { startEtcdNode } from "./etcd.ts";
import { startKafkaNode } from "./kafka.ts";
import { startMariadbNode } from "./mariadb.ts";
import { type PrometheusOptions, startPrometheusNode } from "./prometheus.ts";
import { startRedisStandalone } from "./redis.ts";
import { startSeaweedNode } from "./seaweedfs.ts";
import type { StartContext, StartedServer } from "./server-spec.ts";

const KAFKA_VERSION = "4.1.0";

/** What servers want to know beside their ports. */
export interface LastingOptions {
  readonly s3: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly prometheus: PrometheusOptions;
}

type Start = (context: StartContext, options: LastingOptions) => Promise<StartedServer>;

/**
 * Servers that are no test's: with `lasting` in their context they keep ports and data over starts. Ports beside the first:
 * of Cassandra the storage port, which must stay the same.
 */
export const LASTING_SERVERS = {
  cassandra: (context) => startCassandraNode(context),
  mariadb: (context) => startMariadbNode(context),
  redis: (context) => startRedisStandalone(context),
  etcd: (context) => startEtcdNode(context),
  kafka: (context) => {
    const [port] = context.lasting?.ports ?? [];
    const listeners = [port === undefined ? {} : { port }];
    return startKafkaNode(context, { version: KAFKA_VERSION, listeners, users: {}, settings: {} });
  },
  s3: (context, { s3 }) => startSeaweedNode(context, [], s3),
  prometheus: (context, { prometheus }) => startPrometheusNode(context, prometheus),
} as const satisfies Record<string, Start>;
