import { randomUUID } from "node:crypto";
import { p2p } from "@ofs/proto";
import { waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CALLER_ID, CALLER_TOKEN } from "../scenarios/scenario-tree.ts";
import { failureOf, RawClient } from "../support/grpc-client.ts";
import { ENTITY } from "../workers/workers-under-test.ts";
import { type Pod, type Pods, READER_ONLY, startPods } from "./pods-under-test.ts";

/** After this long, a write that was acknowledged is what every process answers. */
const STALE_MS_MAX = 1_000;

const SERVICE = "/p2p.P2PCacheService";
const CACHE_HITS = "ofs_feature_retrieve_cache_hit_total";
const CACHE_REQUESTS = "ofs_feature_retrieve_cache_requests_total";
const STORE_READS = "ofs_db_retrieve_count_total";
const NETWORK_KEYS = "ofs_p2p_cache_network_keys_total";

let site: Pods;
let [a, b, c] = [] as unknown as [Pod, Pod, Pod];

beforeAll(async () => {
  site = await startPods(3);
  [a, b, c] = site.pods as [Pod, Pod, Pod];
  await site.waitForNodes(3);
});

afterAll(() => site?.close());

/** A series that may not be there yet counts as 0. */
async function count(pod: Pod, name: string, ...labels: string[]): Promise<number> {
  const value = await pod.series(name, ...labels);
  return Number.isNaN(value) ? 0 : value;
}

const keysOf = (length: number): string[] => {
  const run = randomUUID();
  return Array.from({ length }, (_, i) => `${run}-${i}`);
};

/** Lets A read keys that nobody has read, then B, and tells where B got them. */
async function readOnAThenOnB(keyCount: number) {
  const keys = keysOf(keyCount);
  const fills = async () => count(a, "ofs_p2p_cache_fills_total", 'result="kept"');
  const filled = await fills();
  for (const key of keys) expect(await a.caller.read(key)).toBe(0);
  await waitUntil(async () => (await fills()) === filled + keyCount, { what: "the fills" });
  const sources = async () => [
    await count(b, CACHE_HITS, 'cache_type="p2p"'),
    await count(b, NETWORK_KEYS, 'result="hit"'),
    await count(b, STORE_READS),
  ];
  const before = await sources();
  for (const key of keys) expect(await b.caller.read(key)).toBe(0);
  const [local = 0, remote = 0, store = 0] = (await sources()).map((n, i) => n - (before[i] ?? 0));
  return { local, remote, store };
}

test("what one pod reads, the others get from its owner and not from the store", async () => {
  // For the first 10 s pods trust nobody: they may have missed invalidations before they listened.
  const isTrusting = async () => (await readOnAThenOnB(10)).remote > 0;
  await waitUntil(isTrusting, { what: "B to trust its peers", timeoutMs: 30_000 });
  // B owns some of them, and asks A or C for the rest. Where an answer took longer than 10 ms, as on a machine that is short of
  // cores for a while, it asked the store.
  const areMostFromPeers = async () => {
    const { local, remote, store } = await readOnAThenOnB(60);
    expect(local + remote + store).toBe(60);
    expect(local).toBeGreaterThan(0);
    return remote > 10 && store < 30;
  };
  await waitUntil(areMostFromPeers, { what: "most keys from peers", timeoutMs: 40_000 });
}, 120_000);

test("a write on one pod is what all answer soon after, and none goes back", async () => {
  const [key] = keysOf(1) as [string];
  /** When each version was acknowledged. */
  const acknowledged: { version: number; atMs: number }[] = [];
  let isWriting = true;
  const read = async (pod: Pod): Promise<number> => {
    let newest = 0;
    let reads = 0;
    while (isWriting) {
      const nowMs = performance.now();
      const due = acknowledged.findLast(({ atMs }) => nowMs - atMs > STALE_MS_MAX)?.version ?? 0;
      const version = await pod.caller.read(key);
      expect(version).toBeGreaterThanOrEqual(Math.max(newest, due));
      newest = version;
      reads += 1;
    }
    return reads;
  };
  const readers = [a, b].map(read);
  try {
    for (let version = 1; version <= 60; version++) {
      await c.caller.write(key, version);
      acknowledged.push({ version, atMs: performance.now() });
      expect(await c.caller.read(key)).toBe(version);
      await Promise.all([a.caller.read(key), b.caller.read(key)]);
    }
    const areCurrent = async () =>
      (await a.caller.read(key)) === 60 && (await b.caller.read(key)) === 60;
    await waitUntil(areCurrent, { what: "the last version", timeoutMs: STALE_MS_MAX });
  } finally {
    isWriting = false;
  }
  for (const reads of await Promise.all(readers)) expect(reads).toBeGreaterThan(10);
});

test("the share of requests that use it is changed live", async () => {
  const [key] = keysOf(1) as [string];
  const uses = (type: string) => count(b, CACHE_REQUESTS, `cache_type="${type}"`);
  const readsGoTo = async (type: string, other: string): Promise<void> => {
    const isOnly = async () => {
      const before = [await uses(type), await uses(other)];
      for (let i = 0; i < 5; i++) await b.caller.read(key);
      return (await uses(type)) === (before[0] as number) + 5 && (await uses(other)) === before[1];
    };
    await waitUntil(isOnly, { what: `reads of ${type}` });
  };
  await readsGoTo("p2p", "in_memory");
  await site.setPercentage(0);
  await readsGoTo("in_memory", "p2p");
  await site.setPercentage(100);
  await readsGoTo("p2p", "in_memory");
});

describe("the debug service", () => {
  const credentialsOf = (callerId: string) => ({
    "online-feature-store-caller-id": callerId,
    "online-feature-store-auth-token": CALLER_TOKEN,
  });
  const call = async (pod: Pod, method: string, request: Uint8Array, caller = CALLER_ID) => {
    const client = new RawClient(pod.port);
    try {
      return (await client.call(`${SERVICE}/${method}`, request, credentialsOf(caller))).response;
    } finally {
      client.close();
    }
  };
  const get = async (pod: Pod, keys: string[]): Promise<Record<string, string>> => {
    const request = p2p.CacheQuery.encode({ entityLabel: ENTITY, keys }).finish();
    const { keyValue } = p2p.CacheKeyValue.decode(await call(pod, "GetP2PCacheValues", request));
    const entries = Object.entries(keyValue ?? {});
    return Object.fromEntries(entries.map(([key, v]) => [key, Buffer.from(v).toString("hex")]));
  };
  // A negative entry of group 1.
  const record = Buffer.from("0101000000", "hex");
  const set = (key: string, value: Uint8Array): Uint8Array =>
    p2p.CacheKeyValue.encode({ entityLabel: ENTITY, keyValue: { [key]: value } }).finish();

  test("shows the ring and its members", async () => {
    const request = p2p.Query.encode({}).finish();
    const reply = await call(a, "GetClusterConfigs", request);
    const { ringTopology, clusterMembers } = p2p.ClusterTopology.decode(reply);
    expect(Object.keys(ringTopology ?? {})).toHaveLength(1_500);
    const members = Object.values(clusterMembers ?? {});
    expect(members.map(({ nodeIp, podIp }) => [nodeIp, podIp]).sort()).toEqual([
      ["node-1", "127.0.0.1"],
      ["node-1", "127.0.0.2"],
      ["node-1", "127.0.0.3"],
    ]);
    expect(await call(c, "GetClusterConfigs", request)).toHaveLength(reply.length);
  });

  test("puts records, and shows them on every pod; what is missing is empty", async () => {
    const [key, missing] = keysOf(2) as [string, string];
    expect(await get(a, [key])).toEqual({ [key]: "" });
    await call(a, "SetP2PCacheValues", set(key, record));
    for (const pod of [a, b, c]) {
      const isThere = async () => (await get(pod, [key]))[key] === record.toString("hex");
      await waitUntil(isThere, { what: "the record" });
    }
    expect(await get(b, [key, missing])).toEqual({ [key]: record.toString("hex"), [missing]: "" });
    expect(await b.caller.read(key)).toBe(0);
  });

  test("needs the right to write for writing, and records", async () => {
    const refused = call(a, "SetP2PCacheValues", set("k", record), READER_ONLY);
    expect((await failureOf(refused))[0]).toBe(7);
    expect((await failureOf(call(a, "GetP2PCacheValues", Buffer.alloc(0), "nobody")))[0]).toBe(16);
    const [code, text] = await failureOf(call(a, "SetP2PCacheValues", set("k", Buffer.from("x"))));
    expect([code, text]).toEqual([3, 'key_value "k": 1 bytes are not a cache record']);
    const unnamed = p2p.CacheQuery.encode({ keys: ["k"] }).finish();
    expect((await failureOf(call(a, "GetP2PCacheValues", unnamed)))[0]).toBe(3);
    const many = p2p.CacheQuery.encode({ entityLabel: ENTITY, keys: Array(1_001).fill("k") });
    expect((await failureOf(call(a, "GetP2PCacheValues", many.finish())))[0]).toBe(8);
  });
});

test("a pod that stops leaves the ring at once and exits; one that is killed, when its lease ends", async () => {
  const keys = keysOf(30);
  for (const key of keys) expect(await a.caller.read(key)).toBe(0);
  b.process.signal("SIGTERM");
  expect((await b.process.exited).code).toBe(0);
  await site.waitForNodes(2, [a, c], 2_000);
  await c.process.kill();
  // Nobody answers for the keys of C: they are read from the store.
  for (const key of keys) expect(await a.caller.read(key)).toBe(0);
  await site.waitForNodes(1, [a], 20_000);
  for (const key of keys) expect(await a.caller.read(key)).toBe(0);
});
