import { ArenaProcessCache, RedisDistributedCache } from "@ofs/cache";
import { Block } from "@ofs/codec";
import { expect, test } from "vitest";
import { FakeRedis } from "../fake-redis.ts";
import { blockOf, recordOf } from "../records.ts";

const HOUR_MS = 3_600_000;
const FP32_CODE = 4;
const START_MS = Date.UTC(2026, 5, 1);

const block = (expiryAtSeconds = 0) =>
  new Block(1, expiryAtSeconds, FP32_CODE, Uint8Array.of(1, 2, 3, 4));

function createProcessCache() {
  let monotonicMs = 50;
  const cache = new ArenaProcessCache({ maxSizeBytes: 100_000, monotonicNow: () => monotonicMs });
  return {
    cache,
    pass: (ms: number) => {
      monotonicMs += ms;
    },
    /** At that wall clock. */
    has: (wallMs: number) => cache.read("k", [0], [undefined], 0, wallMs, monotonicMs) === 1,
  };
}

test.each([HOUR_MS, -HOUR_MS])(
  "an entry lasts its TTL of time that passes, whatever the clock on the wall says: %d ms",
  (jumpMs) => {
    const { cache, pass, has } = createProcessCache();
    cache.fill("k", [0], [block()], 10_000, cache.position());
    pass(9999);
    expect([has(START_MS + 9999), has(START_MS + 9999 + jumpMs)]).toEqual([true, true]);
    pass(1);
    expect([has(START_MS + 10_000), has(START_MS + 10_000 + jumpMs)]).toEqual([false, false]);
  },
);

test("a block's expiry follows the clock on the wall, forth and back", () => {
  const { cache, has } = createProcessCache();
  const expiryMs = START_MS + 5000;
  cache.fill("k", [0], [block(expiryMs / 1000)], 0, cache.position());
  expect([
    has(START_MS),
    has(START_MS + HOUR_MS),
    has(START_MS - HOUR_MS),
    has(expiryMs),
    has(expiryMs + 1),
  ]).toEqual([true, false, true, true, false]);
});

test("a fill is as old as the time that has passed since its read, and no younger", async () => {
  const redis = new FakeRedis();
  let monotonicMs = 1_000_000;
  const cache = new RedisDistributedCache({ connection: redis, monotonicNow: () => monotonicMs });
  const record = recordOf({ 1: blockOf(1) });
  const startedAtMs = monotonicMs;
  const fill = (key: string) => ({ key, seen: undefined, record, ttlSeconds: 60 });
  monotonicMs += 5000;
  await cache.fill([fill("in-time")], startedAtMs);
  monotonicMs += 1;
  await cache.fill([fill("too-late")], startedAtMs);
  expect([...redis.values.keys()]).toEqual(["in-time"]);
});

test("the default clock is the process's monotonic one", async () => {
  const redis = new FakeRedis();
  const cache = new RedisDistributedCache({ connection: redis });
  const record = recordOf({ 1: blockOf(1) });
  const fill = { key: "k", seen: undefined, record, ttlSeconds: 60 };
  await cache.fill([{ ...fill, key: "old" }], performance.now() - 5001);
  await cache.fill([{ ...fill, key: "new" }], performance.now() - 4000);
  expect([...redis.values.keys()]).toEqual(["new"]);
});
