import { randomBytes } from "node:crypto";
import { FeatureStoreError } from "@ofs/platform";
import { connectRedis, type RedisConnection, type RedisOptions, type RedisReply } from "@ofs/store";
import {
  SENTINEL_MASTER_NAME,
  serverAddress,
  serverAddresses,
  startRedis,
  waitUntil,
} from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BreakerDistributedCache } from "../../src/breaker/breaker-distributed-cache.ts";
import { CircuitBreaker } from "../../src/breaker/circuit-breaker.ts";
import { RedisDistributedCache } from "../../src/distributed/redis-distributed-cache.ts";
import { TOMBSTONE } from "../../src/distributed/tombstone.ts";
import { breakerConfig, KEY } from "../breaker/breaker-fixtures.ts";
import { blockOf, recordOf } from "../records.ts";

const TIMEOUT_MS = 5000;

const SERVERS: readonly (readonly [string, () => RedisOptions])[] = [
  ["standalone", () => ({ kind: "standalone", address: serverAddress("redis").text })],
  ["cluster", () => ({ kind: "cluster", addresses: texts("redis-cluster") })],
  [
    "failover",
    () => ({
      kind: "failover",
      sentinelAddresses: texts("redis-sentinels"),
      masterName: SENTINEL_MASTER_NAME,
    }),
  ],
];

function texts(name: "redis-cluster" | "redis-sentinels"): string[] {
  return serverAddresses(name).map(({ text }) => text);
}

async function ask(
  connection: RedisConnection,
  command: string,
  key: string,
  ...args: (string | Buffer)[]
): Promise<Exclude<RedisReply, FeatureStoreError>> {
  const [reply] = await connection.run([{ command, keys: [key], args }]);
  if (reply === undefined || reply instanceof FeatureStoreError) {
    throw new Error(`${command} ${key} failed`, { cause: reply });
  }
  return reply;
}

describe.each(SERVERS)("a distributed cache in redis %s", (_, options) => {
  let connection: RedisConnection;
  let cache: RedisDistributedCache;
  const prefix = `cache_${randomBytes(6).toString("hex")}`;
  const key = (name: string): string => `${prefix}:${name}`;

  beforeAll(async () => {
    connection = connectRedis(options());
    cache = new RedisDistributedCache({ connection });
    await cache.ping();
  });

  afterAll(async () => {
    await cache.close();
  });

  async function readOne(name: string, groupIds = [1]): Promise<number | undefined> {
    const [record] = await cache.read([key(name)], groupIds, Date.now(), TIMEOUT_MS);
    const payload = record?.blocks?.[0]?.payload;
    return payload === undefined ? undefined : Buffer.from(payload).readFloatLE();
  }

  async function fillOne(name: string, value: number, seen?: Buffer): Promise<void> {
    const fill = { key: key(name), seen, record: recordOf({ 1: blockOf(value) }), ttlSeconds: 60 };
    await cache.fill([fill], performance.now());
  }

  test("reads what it filled, and says what it saw", async () => {
    await fillOne("filled", 1.5);
    expect(await readOne("filled")).toBe(1.5);
    const records = await cache.read([key("none"), key("filled")], [1, 2], Date.now(), TIMEOUT_MS);
    expect(records).toEqual([
      { seen: undefined, blocks: undefined },
      { seen: recordOf({ 1: blockOf(1.5) }), blocks: undefined },
    ]);
  });

  test("reads many keys of all slots in order", async () => {
    const names = Array.from({ length: 300 }, (_, i) => `many-${i}`);
    const fills = names.map((name, i) => ({
      key: key(name),
      seen: undefined,
      record: recordOf({ 1: blockOf(i) }),
      ttlSeconds: 60,
    }));
    await cache.fill(fills, performance.now());
    const records = await cache.read(names.map(key).reverse(), [1], Date.now(), TIMEOUT_MS);
    const values = records.map(({ blocks }) =>
      Buffer.from(blocks?.[0]?.payload ?? []).readFloatLE(),
    );
    expect(values).toEqual(names.map((_, i) => i).reverse());
  });

  test("a fill has its TTL, or none", async () => {
    await fillOne("ttl", 1);
    const ttlMs = await ask(connection, "pttl", key("ttl"));
    expect(ttlMs).toBeGreaterThan(55_000);
    expect(ttlMs).toBeLessThanOrEqual(60_000);

    const seen = recordOf({ 1: blockOf(1) });
    const record = recordOf({ 1: blockOf(2) });
    await cache.fill([{ key: key("ttl"), seen, record, ttlSeconds: 0 }], performance.now());
    expect(await readOne("ttl")).toBe(2);
    expect(await ask(connection, "pttl", key("ttl"))).toBe(-1);
    await cache.fill(
      [{ key: key("ttl"), seen: record, record: seen, ttlSeconds: 30 }],
      performance.now(),
    );
    expect(await ask(connection, "pttl", key("ttl"))).toBeGreaterThan(25_000);
    await ask(connection, "del", key("ttl"));
  });

  test("a fill replaces what its read saw, and nothing else", async () => {
    await fillOne("conditional", 1);
    const [first] = await cache.read([key("conditional")], [1, 2], Date.now(), TIMEOUT_MS);
    await fillOne("conditional", 2, first?.seen);
    expect(await readOne("conditional")).toBe(2);
    await fillOne("conditional", 3, first?.seen);
    await fillOne("conditional", 4);
    expect(await readOne("conditional")).toBe(2);
  });

  test("a foreign empty value is a miss that can be filled", async () => {
    await ask(connection, "set", key("empty"), "", "EX", "60");
    const [record] = await cache.read([key("empty")], [1], Date.now(), TIMEOUT_MS);
    expect(record).toEqual({ seen: Buffer.alloc(0), blocks: undefined });
    await fillOne("empty", 7, record?.seen);
    expect(await readOne("empty")).toBe(7);
  });

  test("an invalidation leaves a tombstone of 10 s that no fill replaces", async () => {
    await fillOne("dead", 1);
    const [before] = await cache.read([key("dead"), key("fresh")], [1, 2], Date.now(), TIMEOUT_MS);
    await cache.invalidate([key("dead"), key("fresh")]);
    await fillOne("dead", 1, before?.seen);
    await fillOne("fresh", 1);
    for (const name of ["dead", "fresh"]) {
      expect(await ask(connection, "get", key(name))).toEqual(TOMBSTONE);
      expect(await ask(connection, "pttl", key(name))).toBeGreaterThan(5000);
      expect(await ask(connection, "pttl", key(name))).toBeLessThanOrEqual(10_000);
      expect(await readOne(name)).toBeUndefined();
    }
  });

  test("once the tombstone is gone the key is filled again", async () => {
    await cache.invalidate([key("again")]);
    await ask(connection, "pexpire", key("again"), "1");
    await waitUntil(async () => (await ask(connection, "get", key("again"))) === null, {
      what: "the tombstone's end",
    });
    await fillOne("again", 5);
    expect(await readOne("again")).toBe(5);
  });

  test("a value read before a write is not seen after it, however reads, fills and writes mix", async () => {
    const names = Array.from({ length: 8 }, (_, i) => `race-${i}`);
    const stored = new Map(names.map((name) => [name, 0]));
    const pause = () => new Promise((resolve) => setImmediate(resolve));
    const reader = async (name: string): Promise<void> => {
      for (let round = 0; round < 30; round++) {
        const startedAtMs = performance.now();
        const [record] = await cache.read([key(name)], [1], Date.now(), TIMEOUT_MS);
        if (record?.blocks !== undefined) continue;
        const value = stored.get(name) as number;
        await pause();
        const fill = {
          key: key(name),
          seen: record?.seen,
          record: recordOf({ 1: blockOf(value) }),
        };
        await cache.fill([{ ...fill, ttlSeconds: 60 }], startedAtMs);
      }
    };
    const writer = async (name: string): Promise<void> => {
      for (let value = 1; value <= 20; value++) {
        stored.set(name, value);
        await cache.invalidate([key(name)]);
        const seen = await readOne(name);
        expect([undefined, value]).toContain(seen);
        if (value % 3 === 0) await ask(connection, "del", key(name));
        await pause();
      }
    };
    await Promise.all(names.flatMap((name) => [writer(name), reader(name), reader(name)]));
  });
});

describe("a Redis that fails in mid-use", () => {
  test("a value read before a write is not filled in after a restart that lost the write's tombstone", async () => {
    const server = await startRedis();
    const connection = connectRedis({ kind: "standalone", address: server.address.text });
    const cache = new RedisDistributedCache({ connection });
    try {
      await cache.ping();
      const readStartedAtMs = performance.now();
      const [before] = await cache.read(["user:1"], [1], Date.now(), TIMEOUT_MS);
      const record = recordOf({ 1: blockOf(1) });
      await cache.invalidate(["user:1"]);
      await server.restart();
      await waitUntil(
        () =>
          cache.ping().then(
            () => true,
            () => false,
          ),
        { what: "a connection" },
      );
      const fill = { key: "user:1", seen: before?.seen, record, ttlSeconds: 60 };
      await cache.fill([fill], readStartedAtMs);
      expect(await ask(connection, "get", "user:1")).toBeNull();
      await cache.fill([fill], performance.now());
      expect(await ask(connection, "get", "user:1")).toEqual(record);
    } finally {
      await cache.close();
      await server.close();
    }
  });

  test("fails reads and invalidations fast, opens the breaker, and is used again", async () => {
    const server = await startRedis();
    let nowMs = 0;
    const connection = connectRedis({ kind: "standalone", address: server.address.text });
    const breaker = new CircuitBreaker({ key: KEY, config: breakerConfig(), now: () => nowMs });
    const inner = new RedisDistributedCache({ connection });
    const cache = new BreakerDistributedCache(inner, breaker);
    try {
      await cache.ping();
      const read = () => cache.read(["a"], [1], Date.now(), 50);
      server.pause();
      for (let i = 0; i < 4; i++) {
        await expect(read()).rejects.toMatchObject({ code: "UNAVAILABLE" });
      }
      expect(breaker.state).toBe("open");
      server.resume();
      await server.kill();

      const fault = {
        code: "UNAVAILABLE",
        message: expect.stringContaining("1 of 1 cache records"),
      };
      await expect(cache.invalidate(["a"])).rejects.toMatchObject(fault);
      const record = recordOf({ 1: blockOf(1) });
      await cache.fill([{ key: "a", seen: undefined, record, ttlSeconds: 9 }], performance.now());
      expect(inner.stats()).toMatchObject({ failedCount: 1, pendingCount: 0 });

      await server.restart();
      await waitUntil(
        () =>
          inner.ping().then(
            () => true,
            () => false,
          ),
        { what: "the connection" },
      );
      await expect(read()).rejects.toThrow("is open");
      nowMs += 500;
      expect(await read()).toEqual([{ seen: undefined, blocks: undefined }]);
      await read();
      expect(breaker.state).toBe("closed");
    } finally {
      await cache.close();
      await server.close();
    }
  });
});
