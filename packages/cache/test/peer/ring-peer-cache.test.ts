import { randomFillSync } from "node:crypto";
import { EXTRA_TTL_SECONDS, REPLY_TIMEOUT_MS, type RingPeerCache } from "@ofs/cache";
import { NEGATIVE_BLOCK } from "@ofs/codec";
import { waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { block, firstByte, readLocal, readThrough, TestCluster } from "./peer-fixtures.ts";

let cluster: TestCluster;
let caches: [RingPeerCache, RingPeerCache, RingPeerCache];

beforeEach(async () => {
  cluster = await TestCluster.create();
  caches = [await cluster.open(0), await cluster.open(1), await cluster.open(2)];
  cluster.connect(caches, [0, 1, 2]);
});

afterEach(() => cluster.close());

const now = () => cluster.clock.nowMs;

/** Resolves when the node has taken so many records of others. */
function accepted(cache: RingPeerCache, what: "stored" | "tombstone" | "outdated", count = 1) {
  return waitUntil(() => cache.stats().counts.accepted[what] >= count, { what });
}

function fill(cache: RingPeerCache, key: string, id: number, value: number, ttlSeconds = 60) {
  cache.fill(key, [id], [block(value)], ttlSeconds, cache.position());
}

describe("keys are divided", () => {
  test("all nodes agree on the owner", () => {
    for (let i = 0; i < 500; i++) {
      const owners = caches.map((cache) => cache.ownerOf(`user:${i}`));
      expect(new Set(owners).size).toBe(1);
    }
  });

  test("what one process reads, another finds at the owner", async () => {
    const [a, b, c] = caches;
    const key = cluster.keyOf(a, 1);
    fill(a, key, 7, 5);
    expect(readLocal(a, key, now(), 7)).toEqual([5]);
    await accepted(b, "stored");
    expect(readLocal(b, key, now(), 7)).toEqual([5]);
    expect(await readThrough(c, key, now(), 7)).toEqual([5]);
    // Kept as a copy: asked for once.
    expect(readLocal(c, key, now(), 7)).toEqual([5]);
    expect(c.stats().global.itemCount).toBe(1);
    expect(c.stats().own.itemCount).toBe(0);
    expect(b.stats().own.itemCount).toBe(1);
  });

  test("many keys are asked for at once, and only the owner's answer", async () => {
    const [a, b, c] = caches;
    const keys = Array.from({ length: 300 }, (_, i) => `user:${i}`);
    for (const [i, key] of keys.entries()) fill(a, key, 0, i % 200);
    const sent = a.stats().counts.fills.sent;
    const taken = () => b.stats().counts.accepted.stored + c.stats().counts.accepted.stored;
    await waitUntil(() => taken() === sent, { what: "the fills to arrive" });
    const missing = keys.filter((key) => readLocal(b, key, now(), 0)[0] === undefined);
    const found = await b.readRemote(missing, [0], now(), b.position());
    expect(found.map((blocks) => firstByte(blocks?.[0]))).toEqual(
      missing.map((key) => Number(key.slice("user:".length)) % 200),
    );
  });

  test("groups that others filled come together, at the owner and at home", async () => {
    const [a, b, c] = caches;
    const key = cluster.keyOf(a, 1);
    fill(a, key, 1, 11);
    fill(c, key, 2, 22);
    fill(b, key, 3, 33);
    await accepted(b, "stored", 2);
    expect(readLocal(b, key, now(), 1, 2, 3)).toEqual([11, 22, 33]);
    expect(await readThrough(a, key, now(), 3, 2, 1)).toEqual([33, 22, 11]);
    expect(readLocal(a, key, now(), 1, 2, 3)).toEqual([11, 22, 33]);
  });

  test("negative groups are kept, and a missing one is a miss of the key", async () => {
    const [a, b, c] = caches;
    const key = cluster.keyOf(a, 1);
    b.fill(key, [1, 2], [NEGATIVE_BLOCK, block(2)], 60, b.position());
    const [found] = await c.readRemote([key], [1, 2], now(), c.position());
    expect(found?.[0]).toBe(NEGATIVE_BLOCK);
    expect(firstByte(found?.[1])).toBe(2);
    expect(await a.readRemote([key], [1, 9], now(), a.position())).toEqual([undefined]);
  });

  test("what does not fit a datagram stays with the process that has read it", async () => {
    const [a, b, c] = caches;
    const key = cluster.keyOf(a, 1);
    const large = block(3, 0, 5_000);
    a.fill(key, [1], [large], 60, a.position());
    expect(a.stats().counts.fills.too_large).toBe(1);
    expect(readLocal(a, key, now(), 1)).toEqual([3]);
    b.fill(key, [1], [large], 60, b.position());
    expect(await readThrough(c, key, now(), 1)).toEqual([undefined]);
    expect(b.stats().counts.served.too_large).toBe(1);
    expect(c.stats().counts.remote.miss).toBe(1);
  });

  test("a block too large for a record is kept compressed, or not at all", () => {
    const [a] = caches;
    const key = cluster.keyOf(a, 0);
    a.fill(key, [1], [block(3, 0, 100_000)], 60, a.position());
    expect(readLocal(a, key, now(), 1)).toEqual([3]);
    const noise = block(0, 0, 100_000);
    randomFillSync(noise.payload);
    a.fill(key, [2], [noise], 60, a.position());
    expect(readLocal(a, key, now(), 2)).toEqual([undefined]);
  });
});

describe("time", () => {
  test("an entry ends 1800 s after its TTL, whatever the wall clock does", () => {
    const [a] = caches;
    const key = cluster.keyOf(a, 0);
    fill(a, key, 1, 1, 10);
    cluster.clock.nowMs += 10_000_000_000;
    cluster.clock.monotonicMs += (10 + EXTRA_TTL_SECONDS - 1) * 1000;
    expect(readLocal(a, key, now(), 1)).toEqual([1]);
    cluster.clock.monotonicMs += 1000;
    expect(readLocal(a, key, now(), 1)).toEqual([undefined]);
    expect(a.stats().own.expiredCount).toBe(1);
  });

  test("without a TTL it does not end", () => {
    const [a] = caches;
    const key = cluster.keyOf(a, 0);
    fill(a, key, 1, 1, 0);
    cluster.clock.monotonicMs += 1e12;
    expect(readLocal(a, key, now(), 1)).toEqual([1]);
  });

  test("groups that come together end with the first of them", () => {
    const [a] = caches;
    const key = cluster.keyOf(a, 0);
    fill(a, key, 1, 1, 10);
    cluster.clock.monotonicMs += 1_800_000;
    fill(a, key, 2, 2, 10);
    cluster.clock.monotonicMs += 10_000;
    expect(readLocal(a, key, now(), 1, 2)).toEqual([undefined, undefined]);
  });

  test("copies end after the global TTL, or with the entry if that is sooner", () => {
    const [a] = caches;
    const key = cluster.keyOf(a, 1);
    fill(a, key, 1, 1, 0);
    cluster.clock.monotonicMs += 59_000;
    expect(readLocal(a, key, now(), 1)).toEqual([1]);
    cluster.clock.monotonicMs += 1_000;
    expect(readLocal(a, key, now(), 1)).toEqual([undefined]);
  });

  test("a block that has expired is served to nobody", async () => {
    const [a, b, c] = caches;
    const key = cluster.keyOf(a, 1);
    const expiry = Math.floor(now() / 1000) + 5;
    b.fill(key, [1, 2], [block(1, expiry), block(2)], 60, b.position());
    expect(await readThrough(a, key, now(), 1, 2)).toEqual([1, 2]);
    cluster.clock.nowMs += 6_000;
    expect(readLocal(a, key, now(), 1, 2)).toEqual([undefined, 2]);
    expect(readLocal(b, key, now(), 1, 2)).toEqual([undefined, 2]);
    expect(await readThrough(c, key, now(), 1)).toEqual([undefined]);
    expect(await readThrough(c, key, now(), 2)).toEqual([2]);
  });

  test("a record of which all has expired is dropped when it is asked for", async () => {
    const [a, b] = caches;
    const key = cluster.keyOf(a, 1);
    b.fill(key, [1], [block(1, Math.floor(now() / 1000) + 5)], 60, b.position());
    cluster.clock.nowMs += 6_000;
    expect(await readThrough(a, key, now(), 1)).toEqual([undefined]);
    expect(b.stats().own.itemCount).toBe(0);
  });
});

describe("after a write", () => {
  test("the writer tells the owner, which then refuses older values for 10 s", async () => {
    const [a, b, c] = caches;
    const key = cluster.keyOf(a, 1);
    fill(b, key, 1, 1);
    const before = c.position();
    a.invalidateOwners([key]);
    await accepted(b, "tombstone");
    expect(readLocal(b, key, now(), 1)).toEqual([undefined]);
    // C read before the write and does not know of it.
    c.fill(key, [1], [block(1)], 60, before);
    await accepted(b, "outdated");
    expect(readLocal(b, key, now(), 1)).toEqual([undefined]);
    cluster.clock.monotonicMs += 9_000;
    fill(a, key, 1, 2);
    await accepted(b, "outdated", 2);
    cluster.clock.monotonicMs += 2_000;
    fill(a, key, 1, 2);
    await accepted(b, "stored");
    expect(readLocal(b, key, now(), 1)).toEqual([2]);
  });

  test("what was read before an invalidation is not kept after it, here", () => {
    const [a] = caches;
    for (const key of [cluster.keyOf(a, 0), cluster.keyOf(a, 1)]) {
      const before = a.position();
      a.invalidate(key);
      a.fill(key, [1], [block(1)], 60, before);
      expect(readLocal(a, key, now(), 1)).toEqual([undefined]);
      a.fill(key, [1], [block(2)], 60, a.position());
      expect(readLocal(a, key, now(), 1)).toEqual([2]);
    }
    expect(a.stats().counts.fills.outdated).toBe(2);
  });

  test("a fill whose read began more than 5 s ago is dropped", () => {
    const [a] = caches;
    const key = cluster.keyOf(a, 0);
    const position = a.position();
    cluster.clock.monotonicMs += 4_900;
    a.fill(key, [1], [block(1)], 60, position);
    expect(readLocal(a, key, now(), 1)).toEqual([1]);
    cluster.clock.monotonicMs += 200;
    a.fill(key, [2], [block(2)], 60, position);
    expect(readLocal(a, key, now(), 2)).toEqual([undefined]);
  });

  test("an answer of the owner that an invalidation overtakes is neither used nor kept", async () => {
    const [a, b] = caches;
    const key = cluster.keyOf(a, 1);
    fill(b, key, 1, 1);
    const reading = a.readRemote([key], [1], now(), a.position());
    a.invalidate(key);
    expect(await reading).toEqual([undefined]);
    expect(readLocal(a, key, now(), 1)).toEqual([undefined]);
  });

  test("an owner that has not heard of the write yet is not asked by one that has", async () => {
    const [a, b] = caches;
    const key = cluster.keyOf(a, 1);
    fill(b, key, 1, 1);
    a.invalidate(key);
    expect(await readThrough(a, key, now(), 1)).toEqual([undefined]);
    expect(a.stats().counts.remote.invalidated).toBe(1);
    cluster.clock.monotonicMs += 10_001;
    expect(await readThrough(a, key, now(), 1)).toEqual([1]);
  });

  test("clear drops everything, and distrusts all others for 10 s", async () => {
    const [a, b] = caches;
    const [own, others] = [cluster.keyOf(a, 0), cluster.keyOf(a, 1)];
    fill(a, own, 1, 1);
    fill(a, others, 1, 1);
    await accepted(b, "stored");
    const before = a.position();
    a.clear();
    expect(readLocal(a, own, now(), 1)).toEqual([undefined]);
    a.fill(own, [1], [block(1)], 60, before);
    expect(readLocal(a, own, now(), 1)).toEqual([undefined]);
    expect(await readThrough(a, others, now(), 1)).toEqual([undefined]);
    fill(b, own, 1, 9);
    await accepted(a, "outdated");
    cluster.clock.monotonicMs += 10_001;
    expect(await readThrough(a, others, now(), 1)).toEqual([1]);
  });
});

describe("members come and go", () => {
  test("alone, a node owns everything and asks nobody", async () => {
    const [a] = caches;
    a.setMembers([]);
    fill(a, cluster.keyOf(a, 0), 1, 1);
    expect(a.stats().nodeCount).toBe(1);
    expect(await readThrough(a, "user:x", now(), 1)).toEqual([undefined]);
    expect(a.stats().counts.remote.keys).toBe(0);
  });

  test("an owner that is gone is a miss within its time; then its keys are others'", async () => {
    const b = caches[1];
    const a = await cluster.open(3, { replyTimeoutMs: REPLY_TIMEOUT_MS });
    cluster.connect([a], [0, 1, 2]);
    const key = cluster.keyOf(a, 1);
    fill(b, key, 1, 1);
    await b.close();
    const startedMs = performance.now();
    expect(await readThrough(a, key, now(), 1)).toEqual([undefined]);
    expect(performance.now() - startedMs).toBeLessThan(500);
    expect(a.stats().counts.remote.timeout).toBe(1);
    cluster.connect([a], [0, 2]);
    expect(a.ownerOf(key)).not.toBe(cluster.member(1).id);
    const after = cluster.keyOf(a, 2);
    fill(a, after, 1, 4);
    await accepted(caches[2], "stored");
  });

  test("an owner whose address is not known is a miss at once", async () => {
    const [a] = caches;
    const key = cluster.keyOf(a, 1);
    a.setMembers([cluster.member(0), { ...cluster.member(1), address: undefined }]);
    expect(await readThrough(a, key, now(), 1)).toEqual([undefined]);
    fill(a, key, 1, 1);
    a.invalidateOwners([key]);
    const { remote, fills, invalidations } = a.stats().counts;
    expect([remote.unreachable, fills.dropped, invalidations.dropped]).toEqual([1, 1, 1]);
  });

  test("a client owns nothing: it asks the holder of its own pod, too", async () => {
    const [a] = caches;
    const client = await cluster.open(0, { role: "client" });
    cluster.connect([client], [0, 1, 2]);
    const key = cluster.keyOf(a, 0);
    expect(client.ownerOf(key)).toBe(a.ownerOf(key));
    fill(a, key, 1, 1);
    expect(await readThrough(client, key, now(), 1)).toEqual([1]);
    const other = cluster.keyOf(a, 0, 1_000);
    fill(client, other, 1, 2);
    await accepted(a, "stored");
    expect(client.stats().own.itemCount).toBe(0);
    client.invalidateOwners([other]);
    await accepted(a, "tombstone");
    expect(readLocal(a, other, now(), 1)).toEqual([undefined]);
    client.setMembers([]);
    expect(client.ownerOf(key)).toBeUndefined();
    expect(await readThrough(client, "user:none", now(), 1)).toEqual([undefined]);
  });
});

test("a client becomes the holder when the one before it is gone", async () => {
  const [a] = caches;
  const successor = await cluster.open(0, { role: "client" });
  cluster.connect([successor], [0, 1, 2]);
  await expect(successor.hold()).rejects.toThrow("EADDRINUSE");
  const key = cluster.keyOf(a, 0);
  fill(a, key, 1, 1);
  expect(await readThrough(successor, key, now(), 1)).toEqual([1]);
  await a.close();
  await successor.hold();
  await successor.hold();
  fill(caches[1], key, 1, 2);
  await accepted(successor, "stored");
  expect(successor.stats()).toMatchObject({ role: "holder", nodeCount: 3 });
  expect(await readThrough(caches[2], key, now(), 1)).toEqual([2]);
});

describe("inspection", () => {
  test("finds records here and at owners, and puts them where they belong", async () => {
    const [a, b] = caches;
    const [own, others] = [cluster.keyOf(a, 0), cluster.keyOf(a, 1)];
    expect(a.put(own, Buffer.from([1]))).toBe(false);
    expect(a.put(own, Buffer.from([9, 9]))).toBe(false);
    fill(a, own, 1, 1);
    fill(b, others, 1, 2);
    const [first, second, none] = await a.inspect([own, others, "user:none"]);
    expect(first?.[0]).toBe(1);
    expect(second?.[0]).toBe(1);
    expect(none).toBeUndefined();
    expect(b.put(own, first as Uint8Array)).toBe(true);
    await accepted(a, "stored");
    const { points, members } = a.topology();
    expect(points.size).toBe(1_500);
    expect(members).toHaveLength(3);
  });
});

test("it is bounded in bytes, whatever is filled", async () => {
  const [a] = caches;
  for (let i = 0; i < 5_000; i++) fill(a, `user:${i}`, i % 3, 1);
  const { own, global } = a.stats();
  expect(own.sizeBytes).toBeLessThanOrEqual(1_000_000);
  expect(global.sizeBytes).toBeLessThanOrEqual(1_000_000);
  expect(own.evictedCount + global.evictedCount).toBeGreaterThan(1_000);
});
