import { FeatureStoreError } from "@ofs/platform";
import { expect, test } from "vitest";
import { connectRedis } from "../../src/redis/connection.ts";
import {
  parseAddress,
  parseAddresses,
  type RedisOptions,
  resolveSettings,
} from "../../src/redis/options.ts";

test.each([
  ["localhost:6379", { host: "localhost", port: 6379 }],
  [" 10.0.0.1:1 ", { host: "10.0.0.1", port: 1 }],
  ["[::1]:65535", { host: "::1", port: 65_535 }],
])("%j is an address", (text, address) => {
  expect(parseAddress(text)).toEqual(address);
});

test.each(["", "localhost", "localhost:", ":6379", "localhost:0", "localhost:65536", "::1:6379"])(
  "%j is no address",
  (text) => {
    expect(() => parseAddress(text)).toThrow(`got ${JSON.stringify(text)}`);
  },
);

test("an empty list of addresses is refused by its name", () => {
  expect(() => parseAddresses("cluster addresses", [])).toThrow(
    "redis cluster addresses must not be empty",
  );
});

test("settings have defaults", () => {
  expect(resolveSettings({})).toMatchObject({
    readTimeoutMs: 3000,
    writeTimeoutMs: 3000,
    retryLimit: 3,
    minRetryBackoffMs: 8,
    maxRetryBackoffMs: 512,
    dialTimeoutMs: 5000,
    isIdentityDisabled: false,
  });
});

test("the write timeout follows the read timeout, a negative retry count means none", () => {
  expect(resolveSettings({ readTimeoutMs: 50, maxRetry: -1 })).toMatchObject({
    writeTimeoutMs: 50,
    retryLimit: 0,
  });
});

test.each([
  [{ readTimeoutMs: 0 }, "redis readTimeoutMs must be positive, got 0"],
  [{ writeTimeoutMs: -5 }, "redis writeTimeoutMs must be positive, got -5"],
  [{ dialTimeoutMs: Number.NaN }, "redis dialTimeoutMs must be positive, got NaN"],
])("%j is refused", (settings, message) => {
  expect(() => resolveSettings(settings)).toThrow(message);
});

test.each<[RedisOptions, string]>([
  [{ kind: "standalone", address: "nowhere" }, 'got "nowhere"'],
  [{ kind: "standalone", address: "a:1", network: "udp" }, 'got "udp"'],
  [{ kind: "cluster", addresses: [] }, "must not be empty"],
  [{ kind: "failover", sentinelAddresses: ["x"], masterName: "m" }, 'got "x"'],
])("a connection with the options %j is not made", (options, message) => {
  let fault: unknown;
  try {
    connectRedis(options);
  } catch (error) {
    fault = error;
  }
  expect(fault).toBeInstanceOf(FeatureStoreError);
  expect(fault).toMatchObject({ code: "INVALID_ARGUMENT" });
  expect((fault as FeatureStoreError).message).toContain(message);
});
