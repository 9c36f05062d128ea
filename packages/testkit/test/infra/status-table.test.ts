import { expect, test } from "vitest";
import {
  formatExports,
  formatStatusTable,
  type ServerStatus,
} from "../../src/infra/status-table.ts";

const statuses: ServerStatus[] = [
  {
    name: "redis-cluster",
    variable: "OFS_TEST_REDIS_CLUSTER",
    state: "up",
    address: "127.0.0.1:7001,127.0.0.1:7002",
    pids: [11, 12],
  },
  { name: "etcd", variable: "OFS_TEST_ETCD", state: "external", address: "etcd:2379", pids: [] },
  { name: "redis", variable: "OFS_TEST_REDIS", state: "broken", address: "h:1", pids: [13] },
  { name: "cassandra", variable: "OFS_TEST_CASSANDRA", state: "down", address: "", pids: [] },
];

test("one aligned line a server", () => {
  expect(formatStatusTable(statuses).split("\n")).toEqual([
    "SERVER         STATE     PIDS   ADDRESS",
    "redis-cluster  up        11,12  127.0.0.1:7001,127.0.0.1:7002",
    "etcd           external  -      etcd:2379",
    "redis          broken    13     h:1",
    "cassandra      down      -      -",
  ]);
});

test("exports only what tests can use", () => {
  expect(formatExports(statuses).split("\n")).toEqual([
    "export OFS_TEST_REDIS_CLUSTER=127.0.0.1:7001,127.0.0.1:7002",
    "export OFS_TEST_ETCD=etcd:2379",
  ]);
});
