import { expect, test } from "vitest";
import { serverAddress, serverAddresses } from "../../src/servers/server-address.ts";

test("one address", () => {
  const env = { OFS_TEST_REDIS: "127.0.0.1:6379" };
  const expected = { host: "127.0.0.1", port: 6379, text: "127.0.0.1:6379" };
  expect(serverAddress("redis", env)).toEqual(expected);
});

test("a list of addresses, of IPv6 too", () => {
  const env = { OFS_TEST_REDIS_SENTINELS: "a:1, [::1]:2,10.0.0.1:65535" };
  const addresses = serverAddresses("redis-sentinels", env);
  expect(addresses.map(({ host, port }) => [host, port])).toEqual([
    ["a", 1],
    ["::1", 2],
    ["10.0.0.1", 65_535],
  ]);
});

test("a missing server names the variable and the command", () => {
  expect(() => serverAddress("etcd", {})).toThrow(/OFS_TEST_ETCD is not set.*npm run infra:up/);
});

test("a server that could not be started says why", () => {
  const env = { OFS_TEST_CASSANDRA_FAILURE: "no Java 17" };
  expect(() => serverAddress("cassandra", env)).toThrow("starting it failed: no Java 17");
});

test.each(["localhost", "localhost:", "localhost:0", "localhost:70000", ":1", "a b:1", "a:1,"])(
  "refuses %j",
  (value) => {
    expect(() => serverAddresses("redis", { OFS_TEST_REDIS: value })).toThrow(
      /OFS_TEST_REDIS holds ".*", which is not host:port/,
    );
  },
);

test("refuses a list where one address is wanted", () => {
  const env = { OFS_TEST_REDIS: "a:1,b:2" };
  expect(() => serverAddress("redis", env)).toThrow("OFS_TEST_REDIS must hold one host:port");
});
