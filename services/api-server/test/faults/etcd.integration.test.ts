import {
  type PrivateServer,
  serverAddress,
  startEtcd,
  startTcpProxy,
  type TcpFault,
  type TcpProxy,
  waitUntil,
} from "@ofs/testkit";
import { afterAll, beforeAll } from "vitest";
import { disableEtcdAuth, enableEtcdAuth, etcdCall, etcdPut } from "./etcd-call.ts";
import { FaultFleet } from "./fault-fleet.ts";
import { blow, proxyFault, testFaults, WORKS } from "./fault-table.ts";
import { defaultOf } from "./fault-tree.ts";
import type { FaultCase } from "./run-fault.ts";
import type { ValueClient } from "./value-client.ts";

const STORE_CONF_ID = 4;
/** From the end of a fault until the process serves the newest registry: it tries again at least each 5 s. */
const CATCH_UP_MAX_MS = 8000;
/** A connection whose other end is gone without a word is found out by its keepalive: 10 s, and 5 s for the answer. */
const KEEPALIVE_MS = 15_000;

let etcd: PrivateServer;
let proxy: TcpProxy;
let fleet: FaultFleet;
let lastDefault = 0;

beforeAll(async () => {
  etcd = await startEtcd();
  proxy = await startTcpProxy({ target: etcd.address });
  fleet = await FaultFleet.start({
    processCount: 1,
    caches: { process: false, distributed: false },
    store: {
      "db-type": "redis_standalone",
      "conf-id": STORE_CONF_ID,
      "max-column-size-in-bytes": 64,
    },
    env: {
      STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: String(STORE_CONF_ID),
      [`STORAGE_REDIS_STANDALONE_${STORE_CONF_ID}_ADDR`]: serverAddress("redis").text,
    },
    etcd: etcd.address.text,
    etcdForServers: proxy.text,
  });
});

afterAll(async () => {
  await fleet?.close();
  await proxy?.close();
  await etcd?.close();
});

/** Changes the registry: what keys without a value read as. @returns the revision */
async function changeDefault(): Promise<number> {
  lastDefault += 1;
  let revision = 0;
  for (const [path, text] of Object.entries(defaultOf(fleet.name, -lastDefault))) {
    revision = await etcdPut(etcd.address.port, `/config/${fleet.name}/${path}`, text);
  }
  return revision;
}

/** Waits until the process serves the last change. */
async function catchUp(healedMs: number, timeoutMs = CATCH_UP_MAX_MS): Promise<string> {
  const [client] = fleet.clients as [ValueClient];
  const isServed = async (): Promise<boolean> =>
    (await client.read(["a key without a value"]))[0] === -lastDefault;
  await waitUntil(isServed, { what: "the newest registry", timeoutMs });
  return `registry caught up after ${(performance.now() - healedMs).toFixed()} ms`;
}

/** A change is made while the process cannot see etcd. */
function unseen(make: () => Omit<FaultCase, "name">): () => Omit<FaultCase, "name"> {
  const meanwhile = async (): Promise<void> => {
    await changeDefault();
  };
  return () => ({ meanwhile, afterwards: (healedMs) => catchUp(healedMs), ...make() });
}

/** A change is made when etcd is back. */
function changedAfter(make: () => Omit<FaultCase, "name">): () => Omit<FaultCase, "name"> {
  const afterwards = async (healedMs: number): Promise<string> => {
    await changeDefault();
    return catchUp(healedMs);
  };
  return () => ({ afterwards, ...make() });
}

/** A fault that no side is told of. */
function foundOutByKeepalive(fault: TcpFault): () => Omit<FaultCase, "name"> {
  return proxyFault(() => proxy, fault, {
    ...WORKS,
    afterwards: (healedMs) => catchUp(healedMs, KEEPALIVE_MS + CATCH_UP_MAX_MS),
  });
}

const WARNS = { ...WORKS, status: "warning" };

testFaults(() => fleet, {
  stalled: unseen(proxyFault(() => proxy, { kind: "stall" }, WORKS)),
  slow: unseen(proxyFault(() => proxy, { kind: "delay", ms: 200, jitterMs: 100 }, WORKS)),
  throttled: unseen(proxyFault(() => proxy, { kind: "bandwidth", bytesPerSecond: 2000 }, WORKS)),
  "resetting all connections": unseen(proxyFault(() => proxy, { kind: "reset" }, WARNS)),
  "refusing connections": unseen(proxyFault(() => proxy, { kind: "refuse" }, WARNS)),
  "reset once": unseen(blow(() => proxy.resetConnections(), WORKS)),
  "half-open": unseen(foundOutByKeepalive({ kind: "halfOpen" })),
  // Node stops to read from a connection that broke HTTP/2, and does not tell.
  "answering garbage": unseen(foundOutByKeepalive({ kind: "corrupt", everyBytes: 1 })),
  compacted: () => ({
    inject: async () => {
      await proxy.inject({ kind: "refuse" });
      await changeDefault();
      const revision = await changeDefault();
      await etcdCall(etcd.address.port, "kv/compaction", { revision: String(revision) });
    },
    heal: () => proxy.heal(),
    afterwards: (healedMs) => catchUp(healedMs),
    ...WARNS,
  }),
  "refusing who has no credentials": changedAfter(() => ({
    inject: async () => {
      await enableEtcdAuth(etcd.address.port);
      proxy.resetConnections();
    },
    heal: () => disableEtcdAuth(etcd.address.port),
    ...WARNS,
  })),
  paused: changedAfter(() => ({
    inject: () => etcd.pause(),
    heal: () => etcd.resume(),
    ...WORKS,
  })),
  killed: changedAfter(() => ({ inject: () => etcd.kill(), heal: () => etcd.restart(), ...WARNS })),
  restarted: changedAfter(blow(() => etcd.restart(), WORKS)),
  "without a leader": () => ({
    // Two members, of which one never comes: there is no majority. For good, so this case is the last.
    inject: () =>
      etcdCall(etcd.address.port, "cluster/member/add", { peerURLs: ["http://127.0.0.1:1"] }),
    heal: () => undefined,
    ...WORKS,
    faultMs: 2000,
  }),
});
