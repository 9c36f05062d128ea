import { type PrivateServer, startRedis, startTcpProxy, type TcpProxy } from "@ofs/testkit";
import { afterAll, beforeAll } from "vitest";
import { FaultFleet, STORE_TIMEOUT_MS } from "./fault-fleet.ts";
import { blow, EITHER, FAILS, proxyFault, testFaults, WORKS } from "./fault-table.ts";
import { redisCommand } from "./redis-command.ts";

const CONF_ID = 4;

let redis: PrivateServer;
let proxy: TcpProxy;
let fleet: FaultFleet;

beforeAll(async () => {
  // What it has acknowledged outlives its crash; loading is slow enough to be met by calls.
  redis = await startRedis({
    args: ["--appendonly", "yes", "--appendfsync", "always", "--key-load-delay", "50"],
  });
  proxy = await startTcpProxy({ target: redis.address });
  fleet = await FaultFleet.start({
    processCount: 1,
    caches: { process: false, distributed: false },
    store: { "db-type": "redis_standalone", "conf-id": CONF_ID, "max-column-size-in-bytes": 64 },
    env: {
      STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: String(CONF_ID),
      [`STORAGE_REDIS_STANDALONE_${CONF_ID}_ADDR`]: proxy.text,
      // A connection that is silent for twice as long is given up.
      [`STORAGE_REDIS_STANDALONE_${CONF_ID}_READ_TIMEOUT_IN_MS`]: "1000",
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

const READS_ONLY = { reads: "ok", writes: "fails" } as const;

testFaults(() => fleet, {
  stalled: proxyFault(() => proxy, { kind: "stall" }, FAILS),
  slow: proxyFault(() => proxy, { kind: "delay", ms: 40, jitterMs: 20 }, WORKS),
  "too slow": proxyFault(() => proxy, { kind: "delay", ms: STORE_TIMEOUT_MS }, FAILS),
  throttled: proxyFault(() => proxy, { kind: "bandwidth", bytesPerSecond: 20_000 }, EITHER),
  "resetting all connections": proxyFault(() => proxy, { kind: "reset" }, FAILS),
  "refusing connections": proxyFault(() => proxy, { kind: "refuse" }, FAILS),
  "reset once": blow(() => proxy.resetConnections()),
  "half-open": proxyFault(() => proxy, { kind: "halfOpen" }, FAILS),
  "cut off in mid-message": proxyFault(() => proxy, { kind: "cut", afterBytes: 1000 }, EITHER),
  "answering garbage": proxyFault(() => proxy, { kind: "corrupt", everyBytes: 1 }, FAILS),
  paused: () => ({ inject: () => redis.pause(), heal: () => redis.resume(), ...FAILS }),
  killed: () => ({ inject: () => redis.kill(), heal: () => redis.restart(), ...FAILS }),
  restarted: blow(() => redis.restart()),
  "out of memory": () => ({
    inject: () => configure("maxmemory", "1"),
    heal: () => configure("maxmemory", "0"),
    ...READS_ONLY,
  }),
  "a replica that has lost its master": () => ({
    inject: () => command("REPLICAOF", "127.0.0.1", "1"),
    heal: () => command("REPLICAOF", "NO", "ONE"),
    ...READS_ONLY,
  }),
  "a replica that refuses to serve": () => ({
    inject: async () => {
      await configure("replica-serve-stale-data", "no");
      await command("REPLICAOF", "127.0.0.1", "1");
    },
    heal: () => command("REPLICAOF", "NO", "ONE"),
    ...FAILS,
  }),
  "holding records of another type": () => ({
    inject: () =>
      forAllRecords(`redis.call("RENAME", record, "aside:" .. record)
      redis.call("LPUSH", record, "not a record")`),
    heal: () => forAllRecords(`redis.call("RENAME", "aside:" .. record, record)`),
    codes: ["FAILED_PRECONDITION"],
    ...READS_ONLY,
    mayBeAbsent: true, // Redis itself says so: MGET answers nil for keys of other types
  }),
});

/** All at once: nobody sees a key without a record. */
function forAllRecords(lua: string): Promise<string> {
  const records = fleet.keys.map((key) => `${fleet.name}:${key}`);
  const script = `for _, record in ipairs(KEYS) do ${lua} end return "OK"`;
  return command("EVAL", script, String(records.length), ...records);
}
