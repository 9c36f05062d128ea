import { expect, test } from "vitest";
import { acceptsConnections } from "../../src/free-ports.ts";
import {
  SERVER_VARIABLES,
  type ServerName,
  serverAddresses,
} from "../../src/servers/server-address.ts";

const COUNTS: Record<ServerName, number> = {
  cassandra: 1,
  etcd: 1,
  kafka: 1,
  "kafka-3": 1,
  mysql: 1,
  redis: 1,
  "redis-cluster": 3,
  "redis-sentinels": 3,
};

test.each(Object.keys(SERVER_VARIABLES) as ServerName[])("the run provides %s", async (name) => {
  const addresses = serverAddresses(name);
  expect(addresses).toHaveLength(COUNTS[name]);
  for (const { host, port } of addresses) expect(await acceptsConnections(port, host)).toBe(true);
});
