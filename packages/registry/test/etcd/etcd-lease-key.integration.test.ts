import { EtcdLeaseKey } from "@ofs/registry";
import { serverAddress, waitUntil } from "@ofs/testkit";
import type { Etcd3 } from "etcd3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Cleanup, testRoot } from "../support/etcd.ts";
import { createTestLog } from "../support/log.ts";

const TTL_SECONDS = 2;

let cleanup: Cleanup;
let client: Etcd3;
let root: string;

beforeEach(() => {
  cleanup = new Cleanup();
  client = cleanup.client(serverAddress("etcd").text);
  root = testRoot();
});

afterEach(() => cleanup.run());

function open(value: string): EtcdLeaseKey {
  const key = new EtcdLeaseKey({
    etcd: { endpoints: serverAddress("etcd").text, root },
    path: "me",
    value: Buffer.from(value),
    ttlSeconds: TTL_SECONDS,
    log: createTestLog().log,
  });
  cleanup.add(key, (opened) => opened.close());
  key.start();
  return key;
}

const read = () => client.get(`${root}/me`).string();
const leaseOf = async () => (await client.get(`${root}/me`).exec()).kvs[0]?.lease;

function held(key: EtcdLeaseKey, times: number) {
  return waitUntil(() => key.putCount >= times, { what: `the key to be put ${times} times` });
}

test("the key outlives its lease's time while it is held, and is gone when it is not", async () => {
  const key = open("here");
  await held(key, 1);
  const lease = await leaseOf();
  const startedMs = performance.now();
  await waitUntil(() => performance.now() - startedMs > 2.5 * TTL_SECONDS * 1000, { what: "time" });
  expect(await read()).toBe("here");
  expect(await leaseOf()).toBe(lease);
  expect(key.putCount).toBe(1);
  await key.close();
  expect(await read()).toBeNull();
});

test("who has seen the tree from before the key was put need not have found it there", async () => {
  const key = open("here");
  await held(key, 1);
  const revision = Number((await client.get(`${root}/me`).exec()).kvs[0]?.mod_revision);
  expect(key.isHeldAt(revision)).toBe(true);
  expect(key.isHeldAt(revision - 1)).toBe(false);
});

test("a lease that is revoked is granted anew", async () => {
  const key = open("here");
  await held(key, 1);
  await client.leaseClient.leaseRevoke({ ID: (await leaseOf()) as string });
  await held(key, 2);
  expect(await read()).toBe("here");
});

test("closing at once, or twice, leaves nothing behind", async () => {
  const key = open("here");
  await Promise.all([key.close(), key.close()]);
  expect(await read()).toBeNull();
  expect(await client.getAll().prefix(root).strings()).toEqual({});
});
