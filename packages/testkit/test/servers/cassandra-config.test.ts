import { expect, test } from "vitest";
import { formatCassandraYaml, withSettings } from "../../src/servers/cassandra-config.ts";

const yaml = formatCassandraYaml({ folder: "/data", port: 9042, storagePort: 7000 });

test("settings are added, replace ours, and take ours away", () => {
  const lines = withSettings(yaml, [
    "read_request_timeout: 1000ms",
    "commitlog_sync: batch",
    "commitlog_sync_period:",
  ]).split("\n");
  expect(lines).toContain("read_request_timeout: 1000ms");
  expect(lines.filter((line) => line.startsWith("commitlog_sync"))).toEqual([
    "commitlog_sync: batch",
  ]);
  expect(lines).toContain("native_transport_port: 9042");
});
