import {
  DISTRIBUTED_CONF_ID,
  type PrivateServer,
  serverAddress,
  startRedis,
  startTcpProxy,
  type TcpProxy,
} from "@ofs/testkit";
import { afterAll, beforeAll, expect } from "vitest";
import { FaultFleet } from "./fault-fleet.ts";
import { blow, proxyFault, testFaults, WORKS } from "./fault-table.ts";
import { redisCommand } from "./redis-command.ts";

const STORE_CONF_ID = 4;
const STORE = `STORAGE_REDIS_STANDALONE_${STORE_CONF_ID}`;
const CACHE = `STORAGE_REDIS_STANDALONE_${DISTRIBUTED_CONF_ID}`;

let redis: PrivateServer;
let proxy: TcpProxy;
let fleet: FaultFleet;

beforeAll(async () => {
  redis = await startRedis();
  proxy = await startTcpProxy({ target: redis.address });
  fleet = await FaultFleet.start({
    processCount: 2,
    caches: { process: false, distributed: true },
    store: {
      "db-type": "redis_standalone",
      "conf-id": STORE_CONF_ID,
      "max-column-size-in-bytes": 64,
    },
    env: {
      STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: `${DISTRIBUTED_CONF_ID},${STORE_CONF_ID}`,
      DISTRIBUTED_CACHE_CONF_IDS: String(DISTRIBUTED_CONF_ID),
      [`${STORE}_ADDR`]: serverAddress("redis").text,
      [`${CACHE}_ADDR`]: proxy.text,
      // A connection that is silent for twice as long is given up.
      [`${CACHE}_READ_TIMEOUT_IN_MS`]: "1000",
      INVALIDATION_TIMEOUT_MS: "200",
    },
  });
});

afterAll(async () => {
  await fleet?.close();
  await proxy?.close();
  await redis?.close();
});

function command(...words: string[]): Promise<string> {
  return redisCommand(redis.address.port, ...words);
}

function configure(name: string, value: string): Promise<string> {
  return command("CONFIG", "SET", name, value);
}

/**
 * The store answers all along. A write that could not invalidate leaves the older record in the cache: other processes
 * may read it, where they can read at all, until the invalidation has been made up for. A Redis that comes back empty may
 * get such a record from one that was reading: its tombstone, too, is made up for.
 */
const LEAVES_RECORDS = { ...WORKS, mayBeStale: true };

testFaults(() => fleet, {
  slow: () => {
    const { bytesToTarget, bytesToClient } = proxy.counters;
    return {
      inject: () => proxy.inject({ kind: "delay", ms: 50, jitterMs: 20 }),
      heal: () => proxy.heal(),
      meanwhile: async () => {
        // Or else this file would test nothing.
        expect(proxy.counters.bytesToTarget).toBeGreaterThan(bytesToTarget);
        expect(proxy.counters.bytesToClient).toBeGreaterThan(bytesToClient);
      },
      ...WORKS,
    };
  },
  "too slow to be of use": proxyFault(() => proxy, { kind: "delay", ms: 1000 }, LEAVES_RECORDS),
  throttled: proxyFault(() => proxy, { kind: "bandwidth", bytesPerSecond: 5000 }, LEAVES_RECORDS),
  stalled: proxyFault(() => proxy, { kind: "stall" }, LEAVES_RECORDS),
  "resetting all connections": proxyFault(() => proxy, { kind: "reset" }, LEAVES_RECORDS),
  "refusing connections": proxyFault(() => proxy, { kind: "refuse" }, LEAVES_RECORDS),
  "reset once": blow(() => proxy.resetConnections(), LEAVES_RECORDS),
  "half-open": proxyFault(() => proxy, { kind: "halfOpen" }, LEAVES_RECORDS),
  "cut off in mid-message": proxyFault(
    () => proxy,
    { kind: "cut", afterBytes: 2000 },
    LEAVES_RECORDS,
  ),
  "answering garbage": proxyFault(() => proxy, { kind: "corrupt", everyBytes: 1 }, LEAVES_RECORDS),
  paused: () => ({ inject: () => redis.pause(), heal: () => redis.resume(), ...LEAVES_RECORDS }),
  killed: () => ({ inject: () => redis.kill(), heal: () => redis.restart(), ...LEAVES_RECORDS }),
  restarted: blow(() => redis.restart(), LEAVES_RECORDS),
  "out of memory": () => ({
    inject: () => configure("maxmemory", "1"),
    heal: () => configure("maxmemory", "0"),
    ...LEAVES_RECORDS,
  }),
  "a replica that has lost its master": () => ({
    inject: () => command("REPLICAOF", "127.0.0.1", "1"),
    heal: () => command("REPLICAOF", "NO", "ONE"),
    ...LEAVES_RECORDS,
  }),
  "holding records of another type": () => ({
    inject: () => forAllRecords(`redis.call("DEL", record); redis.call("LPUSH", record, "x")`),
    heal: () => undefined,
    ...WORKS,
  }),
  "holding records that are none": () => ({
    inject: () => forAllRecords(`redis.call("SET", record, "neither record nor tombstone")`),
    heal: () => undefined,
    ...WORKS,
  }),
});

function forAllRecords(lua: string): Promise<string> {
  const records = fleet.keys.map((key) => `${fleet.name}:${key}`);
  const script = `for _, record in ipairs(KEYS) do ${lua} end return "OK"`;
  return command("EVAL", script, String(records.length), ...records);
}
