import { cassandraSpec } from "./cassandra.ts";
import { etcdSpec } from "./etcd.ts";
import { kafka3Spec, kafka4Spec } from "./kafka.ts";
import { mariadbSpec } from "./mariadb.ts";
import { redisSpec } from "./redis.ts";
import { redisClusterSpec } from "./redis-cluster.ts";
import { redisSentinelSpec } from "./redis-sentinel.ts";
import type { ServerSpec } from "./server-spec.ts";

/** Every real server that the full test run has, the slowest to start first. */
export const ALL_SERVERS: readonly ServerSpec[] = [
  cassandraSpec,
  kafka4Spec,
  kafka3Spec,
  redisSentinelSpec,
  redisClusterSpec,
  mariadbSpec,
  redisSpec,
  etcdSpec,
];
