import { NEGATIVE_BLOCK } from "@ofs/codec";
import { beforeEach, describe, expect, test } from "vitest";
import { RedisDistributedCache } from "../../src/distributed/redis-distributed-cache.ts";
import { TOMBSTONE } from "../../src/distributed/tombstone.ts";
import { FakeRedis } from "../fake-redis.ts";
import { blockOf, recordOf } from "../records.ts";

const NOW_MS = 1_750_000_000_000;

let redis: FakeRedis;
let cache: RedisDistributedCache;
let nowMs: number;

beforeEach(() => {
  redis = new FakeRedis();
  nowMs = NOW_MS;
  cache = new RedisDistributedCache({ connection: redis, monotonicNow: () => nowMs });
});

describe("read", () => {
  test("gives the blocks of the groups asked for, key by key", async () => {
    const record = recordOf({ 1: blockOf(1.5), 2: blockOf(2.5), 9: new Uint8Array(0) });
    redis.values.set("user:1", record);
    const records = await cache.read(["user:0", "user:1"], [9, 1], nowMs, 50);
    expect(records[0]).toEqual({ seen: undefined, blocks: undefined });
    expect(records[1]?.seen).toEqual(record);
    expect(records[1]?.blocks?.[0]).toBe(NEGATIVE_BLOCK);
    const payload = records[1]?.blocks?.[1]?.payload ?? new Uint8Array(0);
    expect(Buffer.from(payload).readFloatLE()).toBe(1.5);
  });

  test.each([
    ["a group has no entry", recordOf({ 1: blockOf(1) })],
    ["a group has expired", recordOf({ 1: blockOf(1), 2: blockOf(2, NOW_MS / 1000 - 1) })],
    ["a block is corrupt", recordOf({ 1: blockOf(1), 2: Buffer.from("short") })],
    ["the record is cut", recordOf({ 1: blockOf(1), 2: blockOf(2) }).subarray(0, -1)],
    ["the record is of another version", Buffer.from([2, 1, 0, 0, 0])],
    ["the value is empty", Buffer.alloc(0)],
    ["there is a tombstone", TOMBSTONE],
  ])("is a miss that keeps what was seen where %s", async (_, value) => {
    redis.values.set("user:1", value);
    const [record] = await cache.read(["user:1"], [1, 2], nowMs, 50);
    expect(record).toEqual({ seen: value, blocks: undefined });
  });

  test("a tombstone is a miss even where no group is asked for", async () => {
    redis.values.set("user:1", TOMBSTONE);
    const [record] = await cache.read(["user:1"], [], nowMs, 50);
    expect(record?.blocks).toBeUndefined();
  });

  test("is bounded by its timeout, not repeated, and asks the master", async () => {
    await cache.read(["user:1"], [1], nowMs, 50);
    expect(redis.calls).toEqual([{ timeoutMs: 50, retryLimit: 0, isMasterOnly: true }]);
  });

  test("fails as a whole where one key fails", async () => {
    redis.failingKeys.add("user:2");
    await expect(cache.read(["user:1", "user:2"], [1], nowMs, 50)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: "fake redis: no answer for user:2",
    });
  });
});

describe("fill", () => {
  const record = recordOf({ 1: blockOf(1) });
  const newer = recordOf({ 1: blockOf(2) });

  test("fills an absent key with its TTL", async () => {
    await cache.fill([{ key: "a", seen: undefined, record, ttlSeconds: 60 }], nowMs);
    expect(redis.values.get("a")).toEqual(record);
    expect(redis.ttlSeconds.get("a")).toBe(60);
    expect(cache.stats()).toMatchObject({ filledCount: 1, outdatedCount: 0 });
  });

  test("a TTL of zero means none", async () => {
    redis.values.set("b", record);
    redis.ttlSeconds.set("b", 5);
    await cache.fill(
      [
        { key: "a", seen: undefined, record, ttlSeconds: 0 },
        { key: "b", seen: record, record: newer, ttlSeconds: 0 },
      ],
      nowMs,
    );
    expect(redis.values.get("b")).toEqual(newer);
    expect([...redis.ttlSeconds]).toEqual([]);
  });

  test("leaves a key that has been filled since", async () => {
    redis.values.set("a", newer);
    await cache.fill([{ key: "a", seen: undefined, record, ttlSeconds: 60 }], nowMs);
    expect(redis.values.get("a")).toEqual(newer);
    expect(cache.stats()).toMatchObject({ filledCount: 0, outdatedCount: 1 });
  });

  test("replaces exactly what was seen", async () => {
    redis.values.set("a", record);
    redis.values.set("b", newer);
    await cache.fill(
      [
        { key: "a", seen: record, record: newer, ttlSeconds: 60 },
        { key: "b", seen: record, record, ttlSeconds: 60 },
        { key: "c", seen: record, record, ttlSeconds: 60 },
      ],
      nowMs,
    );
    expect(redis.values.get("a")).toEqual(newer);
    expect(redis.values.get("b")).toEqual(newer);
    expect(redis.values.has("c")).toBe(false);
    expect(cache.stats()).toMatchObject({ filledCount: 1, outdatedCount: 2 });
  });

  test("never replaces a tombstone", async () => {
    await cache.invalidate(["a", "b"]);
    await cache.fill(
      [
        { key: "a", seen: undefined, record, ttlSeconds: 60 },
        { key: "b", seen: TOMBSTONE, record, ttlSeconds: 60 },
      ],
      nowMs,
    );
    expect(redis.values.get("a")).toEqual(TOMBSTONE);
    expect(redis.values.get("b")).toEqual(TOMBSTONE);
    expect(cache.stats()).toMatchObject({ outdatedCount: 1, droppedCount: 1 });
  });

  test("is dropped when its reads began more than 5 s ago", async () => {
    const fills = [{ key: "a", seen: undefined, record, ttlSeconds: 60 }];
    await cache.fill(fills, nowMs - 5001);
    expect(redis.values.size).toBe(0);
    expect(cache.stats()).toMatchObject({ droppedCount: 1 });
    await cache.fill(fills, nowMs - 5000);
    expect(redis.values.size).toBe(1);
  });

  test("is dropped when its reads began before Redis was lost: tombstones since then are gone", async () => {
    const fills = [{ key: "a", seen: undefined, record, ttlSeconds: 60 }];
    redis.lastLossMs = nowMs - 10;
    await cache.fill(fills, nowMs - 10);
    expect(redis.values.size).toBe(0);
    expect(cache.stats()).toMatchObject({ droppedCount: 1 });
    await cache.fill(fills, nowMs - 9);
    expect(redis.values.size).toBe(1);
  });

  test("sends the bytes of a view, not of the buffer behind it", async () => {
    const whole = Buffer.concat([Buffer.from("before"), record, Buffer.from("after")]);
    const view = new Uint8Array(whole.buffer, whole.byteOffset + 6, record.length);
    await cache.fill([{ key: "a", seen: undefined, record: view, ttlSeconds: 1 }], nowMs);
    expect(redis.values.get("a")).toEqual(record);
  });

  test("counts failures and does not reject", async () => {
    redis.failingKeys.add("a");
    await cache.fill([{ key: "a", seen: undefined, record, ttlSeconds: 60 }], nowMs);
    expect(cache.stats()).toMatchObject({ failedCount: 1, filledCount: 0, pendingCount: 0 });
  });

  test("drops what exceeds the number of pending records, until they are answered", async () => {
    cache = new RedisDistributedCache({
      connection: redis,
      monotonicNow: () => nowMs,
      maxPendingFills: 3,
    });
    let open: () => void = () => undefined;
    redis.gate = new Promise((resolve) => {
      open = resolve;
    });
    const fill = (key: string) => ({ key, seen: undefined, record, ttlSeconds: 60 });
    const first = cache.fill([fill("a"), fill("b")], nowMs);
    const second = cache.fill([fill("c"), fill("d"), fill("e")], nowMs);
    expect(cache.stats()).toMatchObject({ pendingCount: 3, droppedCount: 2 });
    open();
    await Promise.all([first, second]);
    expect([...redis.values.keys()].sort()).toEqual(["a", "b", "c"]);
    await cache.fill([fill("d")], nowMs);
    expect(cache.stats()).toMatchObject({ pendingCount: 0, droppedCount: 2, filledCount: 4 });
  });

  test("drops what exceeds the bytes of pending records", async () => {
    cache = new RedisDistributedCache({
      connection: redis,
      monotonicNow: () => nowMs,
      maxPendingFillBytes: 2.5 * record.length,
    });
    const fill = (key: string) => ({ key, seen: undefined, record, ttlSeconds: 60 });
    await cache.fill([fill("a"), fill("b"), fill("c")], nowMs);
    expect([...redis.values.keys()]).toEqual(["a", "b"]);
    expect(cache.stats()).toMatchObject({ droppedCount: 1 });
  });
});

describe("invalidate", () => {
  test("leaves a tombstone of 10 s, whatever was there", async () => {
    redis.values.set("a", recordOf({ 1: blockOf(1) }));
    await cache.invalidate(["a", "b"]);
    for (const key of ["a", "b"]) {
      expect(redis.values.get(key)).toEqual(Buffer.from("01", "hex"));
      expect(redis.ttlSeconds.get(key)).toBe(10);
    }
  });

  test("says how many records it could not invalidate, having tried all", async () => {
    redis.failingKeys.add("a").add("c");
    await expect(cache.invalidate(["a", "b", "c"])).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: "2 of 3 cache records were not invalidated: fake redis: no answer for a",
    });
    expect(redis.values.get("b")).toEqual(TOMBSTONE);
  });

  test("sends many keys in batches", async () => {
    await cache.invalidate(Array.from({ length: 2500 }, (_, i) => `key-${i}`));
    expect(redis.batchSizes).toEqual([1000, 1000, 500]);
    expect(redis.values.size).toBe(2500);
  });

  test("gives up once a whole batch has failed", async () => {
    const keys = Array.from({ length: 2500 }, (_, i) => `key-${i}`);
    for (const key of keys.slice(0, 1000)) redis.failingKeys.add(key);
    await expect(cache.invalidate(keys)).rejects.toThrow("2500 of 2500 cache records were not");
    expect(redis.batchSizes).toEqual([1000]);
  });

  test("nothing to invalidate sends nothing", async () => {
    await cache.invalidate([]);
    expect(redis.batchSizes).toEqual([]);
  });
});

test("ping and close go to the connection", async () => {
  await cache.ping();
  redis.failingKeys.add("x");
  await expect(cache.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await cache.close();
  expect(redis.isClosed).toBe(true);
});
