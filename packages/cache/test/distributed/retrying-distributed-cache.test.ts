import { RedisDistributedCache, RetryingDistributedCache, TOMBSTONE } from "@ofs/cache";
import { createLogger } from "@ofs/platform";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeRedis } from "../fake-redis.ts";
import { blockOf, recordOf } from "../records.ts";

let redis: FakeRedis;
let cache: RetryingDistributedCache;
let late: string[];

beforeEach(() => {
  vi.useFakeTimers();
  redis = new FakeRedis();
  late = [];
  cache = create(100);
});

afterEach(async () => {
  redis.failingKeys.clear();
  await cache.close();
  vi.useRealTimers();
});

function create(maxPendingKeys: number): RetryingDistributedCache {
  return new RetryingDistributedCache({
    cache: new RedisDistributedCache({ connection: redis }),
    maxPendingKeys,
    onLateInvalidation: (keys) => late.push(...keys),
    log: createLogger({ service: "test", level: "DISABLED" }),
  });
}

const old = recordOf({ 1: blockOf(1) });
const read = (...keys: string[]) => cache.read(keys, [1], 0, 50);

async function failToInvalidate(...keys: string[]): Promise<void> {
  for (const key of keys) redis.failingKeys.add(key);
  await expect(cache.invalidate(keys)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  for (const key of keys) redis.failingKeys.delete(key);
}

describe("RetryingDistributedCache", () => {
  test("the older record of a key whose invalidation failed is not read, the others' are", async () => {
    for (const key of ["a", "b", "c"]) redis.values.set(key, old);
    await failToInvalidate("b");
    const [a, b, c] = await read("a", "b", "c");
    expect([a?.blocks, c?.blocks]).toEqual([[expect.anything()], [expect.anything()]]);
    expect(b).toEqual({ seen: TOMBSTONE, blocks: undefined });
  });

  test("nothing is asked of Redis where all keys are pending", async () => {
    await failToInvalidate("a");
    const callCount = redis.calls.length;
    expect(await read("a")).toEqual([{ seen: TOMBSTONE, blocks: undefined }]);
    expect(redis.calls).toHaveLength(callCount);
  });

  test("a fill of a pending key is dropped, however it began", async () => {
    const [before] = await read("a");
    await failToInvalidate("a");
    const fill = { key: "a", seen: before?.seen, record: old, ttlSeconds: 9 };
    await cache.fill([fill, { ...fill, key: "b" }], performance.now());
    expect([...redis.values.keys()]).toEqual(["b"]);
  });

  test("is tried again until its tombstone stands, and then told", async () => {
    redis.values.set("a", old);
    redis.failingKeys.add("a");
    await expect(cache.invalidate(["a"])).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(cache.stats()).toEqual({ pendingCount: 1, lateCount: 0, overflowCount: 0 });
    redis.failingKeys.delete("a");
    await vi.advanceTimersByTimeAsync(5000);
    expect(redis.values.get("a")).toEqual(TOMBSTONE);
    expect(cache.stats()).toEqual({ pendingCount: 0, lateCount: 1, overflowCount: 0 });
    expect(late).toEqual(["a"]);
  });

  test("attempts grow rarer: 100 ms at first, 5 s at last", async () => {
    redis.failingKeys.add("a");
    await expect(cache.invalidate(["a"])).rejects.toThrow();
    const attempts = async (ms: number) => {
      const before = redis.calls.length;
      await vi.advanceTimersByTimeAsync(ms);
      return redis.calls.length - before;
    };
    expect(await attempts(100)).toBe(1);
    await attempts(60_000);
    expect(await attempts(50_000)).toBe(10);
  });

  test("a key that fails for ever does not keep others waiting", async () => {
    const keys = Array.from({ length: 100 }, (_, i) => `k${i}`);
    await failToInvalidate(...keys);
    redis.failingKeys.add("k0");
    await vi.advanceTimersByTimeAsync(60_000);
    for (const key of keys.slice(1)) expect(redis.values.get(key)).toEqual(TOMBSTONE);
    expect(cache.stats().pendingCount).toBeGreaterThan(0);
  });

  test("a later invalidation that succeeds mends an earlier failure", async () => {
    await failToInvalidate("a");
    await cache.invalidate(["a"]);
    expect(cache.stats().pendingCount).toBe(0);
  });

  test("an earlier invalidation that ends later does not mend a later failure", async () => {
    let open = () => {};
    redis.gate = new Promise((resolve) => {
      open = resolve;
    });
    const earlier = cache.invalidate(["a"]);
    redis.gate = Promise.resolve();
    redis.failingKeys.add("a");
    await expect(cache.invalidate(["a"])).rejects.toThrow();
    redis.failingKeys.delete("a");
    open();
    await earlier;
    expect(cache.stats().pendingCount).toBe(1);
  });

  test("more keys than there is room for are counted", async () => {
    cache = create(3);
    await failToInvalidate("a", "b", "c", "d", "e");
    expect(cache.stats()).toMatchObject({ pendingCount: 3, overflowCount: 2 });
    await failToInvalidate("a");
    expect(cache.stats()).toMatchObject({ pendingCount: 3, overflowCount: 2 });
  });

  test("closing tries once more", async () => {
    await failToInvalidate("a");
    await cache.close();
    expect(redis.values.get("a")).toEqual(TOMBSTONE);
    expect(redis.isClosed).toBe(true);
  });
});
