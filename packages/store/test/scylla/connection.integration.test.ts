import { connectScylla, ScyllaBlockStore } from "@ofs/store";
import { freePort } from "@ofs/testkit";
import { types } from "cassandra-driver";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestKeyspace, type TestKeyspace } from "./scylla-fixtures.ts";

let keyspace: TestKeyspace;

beforeAll(async () => {
  keyspace = await openTestKeyspace();
});

afterAll(async () => {
  await keyspace.drop();
});

test("the data centre is found where none is given", async () => {
  expect(keyspace.connection.localDatacenter).toBe("datacenter1");
});

test("every setting may be given", async () => {
  const connection = await connectScylla({
    ...keyspace.options,
    keyspace: keyspace.options.keyspace.toUpperCase(),
    localDatacenter: "datacenter1",
    consistency: "ONE",
    username: "ignored",
    password: "ignored",
    timeoutMs: 5000,
    connectTimeoutMs: 5000,
    connectionsPerHost: 3,
    maxPreparedStatements: 10,
    pageSize: 100,
    maxSchemaAgreementSeconds: 5,
    reconnectIntervalSeconds: 1,
    speculativeDelayMs: 200,
    majorVersion: 5,
    maxRoutingKeyInfo: 1000,
    writeCoalesceWaitMicros: 200,
  });
  expect(connection.keyspace).toBe(keyspace.connection.keyspace);
  expect(connection.readConsistency).toBe(types.consistencies.one);
  expect(connection.timeoutMs).toBe(5000);
  await new ScyllaBlockStore({ connection }).ping();
  await connection.close();
  await connection.close();
  expect(connection.isClosed).toBe(true);
});

test.each([
  ["EACH_QUORUM", types.consistencies.localQuorum, types.consistencies.eachQuorum],
  ["QUORUM", types.consistencies.quorum, types.consistencies.quorum],
] as const)("consistency %s counts for reads and writes", async (consistency, read, write) => {
  const connection = await connectScylla({ ...keyspace.options, consistency });
  expect([connection.readConsistency, connection.writeConsistency]).toEqual([read, write]);
  await connection.close();
});

test("a port where nobody listens is unavailable, and named", async () => {
  const port = await freePort();
  const options = { ...keyspace.options, contactPoints: ["127.0.0.1"], port };
  const message = expect.stringContaining(`scylla at 127.0.0.1 port ${port}: `);
  await expect(connectScylla(options)).rejects.toMatchObject({ code: "UNAVAILABLE", message });
  const withDatacenter = connectScylla({ ...options, localDatacenter: "datacenter1" });
  await expect(withDatacenter).rejects.toMatchObject({ code: "UNAVAILABLE", message });
});

test("a keyspace that does not exist is refused", async () => {
  const connecting = connectScylla({ ...keyspace.options, keyspace: "no_such_keyspace" });
  await expect(connecting).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: expect.stringContaining("no_such_keyspace"),
  });
});

test("a data centre that does not exist is refused", async () => {
  const connecting = connectScylla({ ...keyspace.options, localDatacenter: "nowhere" });
  await expect(connecting).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: expect.stringContaining("nowhere"),
  });
});

test("a keyspace name that CQL does not take is refused before anything is sent", async () => {
  const connecting = connectScylla({ ...keyspace.options, port: 1, keyspace: "a-b" });
  await expect(connecting).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});
