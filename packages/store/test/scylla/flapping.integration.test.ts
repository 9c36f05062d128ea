import { setTimeout as delay } from "node:timers/promises";
import { connectScylla, type ScyllaConnection } from "@ofs/store";
import { serverAddress, startTcpProxy, type TcpProxy, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestKeyspace, type TestKeyspace } from "./scylla-fixtures.ts";

const ROUNDS = 8;
/** A node that cannot be reached for so long counts as down. */
const OUTAGE_MS = 1200;
/** Connections are cut again before the driver has read who is in the cluster. */
const RESETS_MS = [40, 120, 300, 600];

let keyspace: TestKeyspace;
let proxy: TcpProxy;
let connection: ScyllaConnection;

beforeAll(async () => {
  keyspace = await openTestKeyspace();
  proxy = await startTcpProxy({ target: serverAddress("cassandra") });
  const { host, port } = proxy;
  const contact = { contactPoints: [host], port };
  connection = await connectScylla({
    ...keyspace.options,
    ...contact,
    reconnectIntervalSeconds: 1,
    timeoutMs: 1000,
  });
});

afterAll(async () => {
  await connection?.close();
  await proxy?.close();
  await keyspace?.drop();
});

async function answers(): Promise<boolean> {
  try {
    await connection.client.execute("SELECT key FROM system.local");
    return true;
  } catch {
    return false;
  }
}

// A rejection that nobody handles would fail the test, as it would end a server.
test("a lone node that comes and goes costs as many connections as before", {
  timeout: 120_000,
}, async () => {
  const before = proxy.counters.openConnections;
  for (let round = 0; round < ROUNDS; round++) {
    await proxy.inject({ kind: "refuse" });
    proxy.resetConnections();
    await delay(OUTAGE_MS);
    await proxy.heal();
    for (const pauseMs of RESETS_MS) {
      await delay(pauseMs);
      proxy.resetConnections();
    }
    await waitUntil(answers, { what: "the node to be found again", timeoutMs: 15_000 });
  }
  const isSettled = (): boolean => proxy.counters.openConnections <= before + 1;
  await waitUntil(isSettled, { what: "connections to be as few as before", timeoutMs: 15_000 });
  expect(connection.client.hosts.values()[0]?.listenerCount("down")).toBeLessThan(6);
});
