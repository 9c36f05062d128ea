import { connectScylla, type ScyllaConnection } from "@ofs/store";
import { serverAddress, startTcpProxy, type TcpProxy, waitUntil } from "@ofs/testkit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openTestKeyspace, type TestKeyspace } from "./scylla-fixtures.ts";

const QUERY = "SELECT key FROM system.local";
/** More than enough for the driver to give its connections up, were they silent. */
const STATEMENTS = 200;
const DELAY_MS = 250;
const HURRY_MS = 50;

let keyspace: TestKeyspace;
let proxy: TcpProxy;
let connection: ScyllaConnection;

beforeAll(async () => {
  keyspace = await openTestKeyspace();
  proxy = await startTcpProxy({ target: serverAddress("cassandra") });
  const { host, port } = proxy;
  const contact = { contactPoints: [host], port };
  connection = await connectScylla({ ...keyspace.options, ...contact, timeoutMs: 10_000 });
});

afterEach(() => proxy.heal());

afterAll(async () => {
  await connection?.close();
  await proxy?.close();
  await keyspace?.drop();
});

async function ask(readTimeout: number): Promise<boolean> {
  try {
    await connection.client.execute(QUERY, [], { prepare: true, isIdempotent: true, readTimeout });
    return true;
  } catch {
    return false;
  }
}

test("callers in a hurry cost a slow node none of its connections", async () => {
  expect(await ask(10_000)).toBe(true);
  const { connections } = proxy.counters;
  await proxy.inject({ kind: "delay", ms: DELAY_MS }, "toClient");
  for (let round = 0; round < 12; round++) {
    const [patient, ...hurried] = await Promise.all([
      ask(10_000),
      ...Array.from({ length: STATEMENTS }, () => ask(HURRY_MS)),
    ]);
    expect(patient).toBe(true);
    expect(hurried).not.toContain(true);
  }
  expect(proxy.counters.connections).toBe(connections);
});

test("connections whose other end is gone without a word are replaced", async () => {
  expect(await ask(10_000)).toBe(true);
  await proxy.inject({ kind: "halfOpen" });
  await Promise.all(Array.from({ length: STATEMENTS }, () => ask(HURRY_MS)));
  await proxy.heal();
  // Those that were there stay dead.
  await waitUntil(() => ask(HURRY_MS * 10), { what: "a connection that answers" });
});

test("connections that take all that comes for the rest of a broken frame are replaced", async () => {
  expect(await ask(10_000)).toBe(true);
  await proxy.inject({ kind: "corrupt", everyBytes: 7 }, "toClient");
  await Promise.all(Array.from({ length: STATEMENTS }, () => ask(HURRY_MS)));
  await proxy.heal();
  await waitUntil(() => ask(HURRY_MS * 10), { what: "a connection that answers" });
});
