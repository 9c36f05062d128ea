import { expect, test } from "vitest";
import { resolveScyllaOptions } from "../../src/scylla/options.ts";

const required = { contactPoints: ["a", " b "], keyspace: "ofs" };

test("everything but contact points and keyspace has a default", () => {
  expect(resolveScyllaOptions(required)).toEqual({
    contactPoints: ["a", "b"],
    port: 9042,
    keyspace: "ofs",
    localDatacenter: undefined,
    consistency: "LOCAL_QUORUM",
    username: undefined,
    password: undefined,
    timeoutMs: 11_000,
    connectTimeoutMs: 11_000,
    connectionsPerHost: 2,
    maxPreparedStatements: 1000,
    pageSize: 5000,
    maxSchemaAgreementSeconds: 60,
    reconnectIntervalSeconds: 60,
    speculativeDelayMs: undefined,
    log: undefined,
  });
});

test("settings without effect here are accepted", () => {
  const settings = { majorVersion: 6, maxRoutingKeyInfo: 1000, writeCoalesceWaitMicros: 200 };
  expect(resolveScyllaOptions({ ...required, ...settings })).toEqual(
    resolveScyllaOptions(required),
  );
});

test.each([
  [{ contactPoints: [] }, "contactPoints: none is given"],
  [{ contactPoints: [" "] }, "contactPoints: none is given"],
  [{ port: 0 }, "port: 0 is not a positive integer"],
  [{ timeoutMs: 1.5 }, "timeoutMs: 1.5 is not a positive integer"],
  [{ connectTimeoutMs: Number.NaN }, "connectTimeoutMs: NaN is not a positive integer"],
  [{ connectionsPerHost: -1 }, "connectionsPerHost: -1 is not a positive integer"],
  [{ maxPreparedStatements: 0 }, "maxPreparedStatements: 0 is not a positive integer"],
  [{ pageSize: 0 }, "pageSize: 0 is not a positive integer"],
  [{ maxSchemaAgreementSeconds: -1 }, "maxSchemaAgreementSeconds: -1 is not an integer from 0"],
  [{ reconnectIntervalSeconds: -1 }, "reconnectIntervalSeconds: -1 is not an integer from 0"],
  [{ speculativeDelayMs: 0 }, "speculativeDelayMs: 0 is not a positive integer"],
  [{ username: "u" }, "username and password: one is given without the other"],
  [{ password: "p" }, "username and password: one is given without the other"],
])("%j is refused by its name", (settings, message) => {
  expect(() => resolveScyllaOptions({ ...required, ...settings })).toThrow(
    expect.objectContaining({
      code: "INVALID_ARGUMENT",
      message: `scylla connection: ${message}`,
    }),
  );
});
