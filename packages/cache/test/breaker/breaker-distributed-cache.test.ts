import { beforeEach, expect, test } from "vitest";
import { BreakerDistributedCache } from "../../src/breaker/breaker-distributed-cache.ts";
import { CircuitBreaker } from "../../src/breaker/circuit-breaker.ts";
import { RedisDistributedCache } from "../../src/distributed/redis-distributed-cache.ts";
import { TOMBSTONE } from "../../src/distributed/tombstone.ts";
import { FakeRedis } from "../fake-redis.ts";
import { blockOf, recordOf } from "../records.ts";
import { breakerConfig, KEY } from "./breaker-fixtures.ts";

let redis: FakeRedis;
let breaker: CircuitBreaker;
let cache: BreakerDistributedCache;
let nowMs: number;

beforeEach(() => {
  redis = new FakeRedis();
  nowMs = 0;
  breaker = new CircuitBreaker({ key: KEY, config: breakerConfig(), now: () => nowMs });
  const inner = new RedisDistributedCache({ connection: redis, monotonicNow: () => nowMs });
  cache = new BreakerDistributedCache(inner, breaker);
});

async function failReads(count: number): Promise<void> {
  redis.failingKeys.add("a");
  for (let i = 0; i < count; i++) {
    await expect(cache.read(["a"], [1], nowMs, 50)).rejects.toThrow("no answer for a");
  }
  redis.failingKeys.delete("a");
}

test("failed reads open it; then reads fail at once without asking Redis", async () => {
  await failReads(4);
  const askedCount = redis.calls.length;
  await expect(cache.read(["a"], [1], nowMs, 50)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: `circuit breaker ${KEY} is open`,
  });
  expect(redis.calls).toHaveLength(askedCount);
});

test("reads go through again after the open time", async () => {
  await failReads(4);
  nowMs += 500;
  const record = recordOf({ 1: blockOf(1) });
  redis.values.set("a", record);
  expect(await cache.read(["a"], [1], nowMs, 50)).toMatchObject([{ seen: record }]);
  await cache.read(["a"], [1], nowMs, 50);
  expect(breaker.state).toBe("closed");
});

test("an open breaker refuses neither invalidations nor fills", async () => {
  await failReads(4);
  expect(breaker.state).toBe("open");
  await cache.invalidate(["a"]);
  expect(redis.values.get("a")).toEqual(TOMBSTONE);
  const record = recordOf({ 1: blockOf(1) });
  await cache.fill([{ key: "b", seen: undefined, record, ttlSeconds: 9 }], nowMs);
  expect(redis.values.get("b")).toEqual(record);
  await cache.ping();
});

test("failed invalidations do not open it", async () => {
  redis.failingKeys.add("a");
  for (let i = 0; i < 10; i++) {
    await expect(cache.invalidate(["a"])).rejects.toMatchObject({ code: "UNAVAILABLE" });
  }
  expect(breaker.state).toBe("closed");
});

test("close goes to the cache", async () => {
  await cache.close();
  expect(redis.isClosed).toBe(true);
});
