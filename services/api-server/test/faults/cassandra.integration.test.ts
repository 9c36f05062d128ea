import { connectScylla, type ScyllaConnection } from "@ofs/store";
import {
  type PrivateServer,
  startCassandra,
  startTcpProxy,
  type TcpProxy,
  waitUntil,
} from "@ofs/testkit";
import { afterAll, beforeAll, expect } from "vitest";
import {
  KEYSPACE,
  prepareTables,
  SCYLLA_CONF_ID,
  scyllaEnvironment,
} from "../scenarios/cassandra.ts";
import { FaultFleet, STORE_TIMEOUT_MS } from "./fault-fleet.ts";
import { blow, EITHER, FAILS, proxyFault, testFaults, WORKS } from "./fault-table.ts";

const START_TIMEOUT_MS = 180_000;

let cassandra: PrivateServer;
let proxy: TcpProxy;
let fleet: FaultFleet;
/** Past the proxy: for what an operator does. */
let admin: ScyllaConnection;

beforeAll(async () => {
  // What it has acknowledged outlives its crash.
  const settings = ["commitlog_sync: batch", "commitlog_sync_period:"];
  cassandra = await startCassandra({ settings });
  proxy = await startTcpProxy({ target: cassandra.address });
  fleet = await FaultFleet.start({
    processCount: 1,
    caches: { process: false, distributed: false },
    store: { "db-type": "scylla", "conf-id": SCYLLA_CONF_ID, "max-column-size-in-bytes": 64 },
    env: {
      ...scyllaEnvironment(proxy),
      // Else the next try to connect may be a minute away.
      [`STORAGE_SCYLLA_${SCYLLA_CONF_ID}_RECONNECT_INTERVAL`]: "1",
      // One that is begun in the middle of garbage waits for an answer until then, and the others wait for it.
      [`STORAGE_SCYLLA_${SCYLLA_CONF_ID}_CONNECT_TIMEOUT_IN_MS`]: "1500",
    },
    prepare: (tree) => prepareTables(tree, cassandra.address),
  });
  const { host, port } = cassandra.address;
  admin = await connectScylla({
    contactPoints: [host],
    port,
    keyspace: KEYSPACE,
    reconnectIntervalSeconds: 1,
    timeoutMs: 30_000,
  });
  // All that the server sent went through the proxy: the driver found no other way to the node.
  expect(proxy.counters.openConnections).toBeGreaterThan(1);
}, START_TIMEOUT_MS);

afterAll(async () => {
  await admin?.close();
  await fleet?.close();
  await proxy?.close();
  await cassandra?.close();
}, START_TIMEOUT_MS);

/** Repeats it while the operator's own connection has not found the node again, after a fault before this one. */
async function administer(statement: string): Promise<void> {
  await waitUntil(
    async () => {
      try {
        await admin.client.execute(statement);
        return true;
      } catch (error) {
        if ((error as Error).name === "NoHostAvailableError") return false;
        throw error;
      }
    },
    { what: `the node to take '${statement}'` },
  );
}

function replicate(factor: number): Promise<unknown> {
  const replication = `{'class': 'NetworkTopologyStrategy', 'datacenter1': ${factor}}`;
  return administer(`ALTER KEYSPACE ${KEYSPACE} WITH replication = ${replication}`);
}

testFaults(() => fleet, {
  stalled: proxyFault(() => proxy, { kind: "stall" }, FAILS),
  slow: proxyFault(() => proxy, { kind: "delay", ms: 40, jitterMs: 20 }, WORKS),
  "too slow": proxyFault(() => proxy, { kind: "delay", ms: STORE_TIMEOUT_MS }, FAILS),
  throttled: proxyFault(() => proxy, { kind: "bandwidth", bytesPerSecond: 20_000 }, EITHER),
  "resetting all connections": proxyFault(() => proxy, { kind: "reset" }, FAILS),
  "refusing connections": proxyFault(() => proxy, { kind: "refuse" }, FAILS),
  "reset once": blow(() => proxy.resetConnections()),
  "half-open": proxyFault(() => proxy, { kind: "halfOpen" }, FAILS),
  "cut off in mid-message": proxyFault(() => proxy, { kind: "cut", afterBytes: 1000 }, EITHER),
  "answering garbage": proxyFault(
    () => proxy,
    { kind: "corrupt", everyBytes: 1 },
    { ...FAILS, recoveryMaxMs: 10_000 }, // what has been begun meanwhile must time out first
  ),
  paused: () => ({ inject: () => cassandra.pause(), heal: () => cassandra.resume(), ...FAILS }),
  "without enough replicas": () => ({
    inject: () => replicate(3),
    heal: () => replicate(1),
    ...FAILS,
  }),
  killed: () => ({
    inject: () => cassandra.kill(),
    heal: () => cassandra.restart(),
    recoveryMaxMs: 15_000, // a JVM is slow at first
    ...FAILS,
  }),
  "without its table": () => ({
    inject: () => administer(`DROP TABLE ${KEYSPACE}.${fleet.name}`),
    heal: () => prepareTables(fleet.tree, cassandra.address),
    codes: ["FAILED_PRECONDITION", "UNAVAILABLE", "DEADLINE_EXCEEDED"],
    mayBeAbsent: true,
    ...FAILS,
  }),
});
