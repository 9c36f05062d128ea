import { FeatureStoreError } from "@ofs/platform";
import {
  SENTINEL_MASTER_NAME,
  startRedis,
  startRedisCluster,
  startRedisSentinels,
  waitUntil,
} from "@ofs/testkit";
import { expect, test } from "vitest";
import { connectRedis, type RedisConnection } from "../../src/redis/connection.ts";
import { hashSlot } from "../../src/redis/hash-slot.ts";
import { textBlock } from "../fixtures.ts";
import { FakeSentinel } from "./fake-sentinel.ts";
import { ask, RedisTable } from "./redis-fixtures.ts";

async function canWrite(connection: RedisConnection, key: string): Promise<boolean> {
  const [reply] = await connection.run([{ command: "set", keys: [key], args: ["x"] }]);
  return !(reply instanceof FeatureStoreError);
}

test("behind sentinels, writes go on at the new master after a failover", async () => {
  const servers = await startRedisSentinels();
  const connection = connectRedis({
    kind: "failover",
    sentinelAddresses: servers.addresses.map(({ text }) => text),
    masterName: SENTINEL_MASTER_NAME,
    routeRandom: true,
  });
  try {
    await connection.ping();
    const table = new RedisTable(connection);
    expect(await table.write("a", { 0: textBlock("before") })).toBeUndefined();
    expect(await ask(connection, "wait", "1", "5000")).toBe(1);
    expect(await table.read("a")).toEqual(["before", undefined, undefined]);

    await servers.master.kill();
    await waitUntil(() => canWrite(connection, "probe"), {
      what: "the failover",
      timeoutMs: 30_000,
    });
    expect(await table.write("a", { 1: textBlock("after") })).toBeUndefined();
    await waitUntil(async () => (await table.read("a"))[1] === "after", { what: "reads" });
    expect((await table.read("a"))[0]).toBe("before");
  } finally {
    await connection.close();
    await servers.close();
  }
});

test("a master that the sentinels have replaced is left, even if it still answers", async () => {
  const [old, next] = await Promise.all([startRedis(), startRedis()]);
  const sentinel = new FakeSentinel(old.address);
  const connection = connectRedis({
    kind: "failover",
    sentinelAddresses: [await sentinel.listen()],
    masterName: SENTINEL_MASTER_NAME,
  });
  try {
    await connection.ping();
    await waitUntil(() => sentinel.subscriberCount === 1, { what: "the watch" });
    await ask(connection, "set", "a", "in the old master");

    sentinel.switchMaster("another-master", old.address);
    expect(String((await connection.read(["a"]))[0])).toBe("in the old master");

    sentinel.switchMaster(SENTINEL_MASTER_NAME, next.address);
    await waitUntil(async () => (await connection.read(["a"]))[0] === undefined, {
      what: "reads from the new master",
    });
    await connection.close();
    await waitUntil(() => sentinel.subscriberCount === 0, { what: "the end of the watch" });
  } finally {
    await connection.close();
    await Promise.all([sentinel, old, next].map((one) => one.close()));
  }
});

test("on a cluster, a dead node fails its keys only, and serves again when it is back", async () => {
  const servers = await startRedisCluster({ args: ["--cluster-require-full-coverage", "no"] });
  const connection = connectRedis({
    kind: "cluster",
    addresses: [servers.addresses[1]?.text ?? ""],
    readTimeoutMs: 2000,
  });
  try {
    await connection.ping();
    const keys = Array.from({ length: 60 }, (_, i) => `key-${i}`);
    const command = (key: string) => ({ command: "set", keys: [key], args: [key] });
    await connection.run(keys.map(command));

    await servers.nodes[0]?.kill();
    // Slots are dealt out in the order of the nodes: the first has the lowest third.
    const isLost = (key: string): boolean => hashSlot(key) <= 5460;
    const read = () => connection.read(keys);
    const shown = async () =>
      (await read()).map((value) => (value instanceof FeatureStoreError ? value.code : `${value}`));
    const expected = keys.map((key) => (isLost(key) ? "UNAVAILABLE" : key));
    await waitUntil(async () => `${await shown()}` === `${expected}`, {
      what: "the loss of one node's keys alone",
      timeoutMs: 20_000,
    });

    await servers.nodes[0]?.restart();
    await waitUntil(async () => (await read()).every((v) => !(v instanceof FeatureStoreError)), {
      what: "the node to be back",
      timeoutMs: 20_000,
    });
    await connection.run(keys.map(command));
    expect(await shown()).toEqual(keys);
  } finally {
    await connection.close();
    await servers.close();
  }
});

test("on a cluster, keys of a slot that has moved are followed there", async () => {
  const servers = await startRedisCluster();
  const connection = connectRedis({
    kind: "cluster",
    addresses: servers.addresses.map(({ text }) => text),
  });
  const [from, to] = servers.addresses.map(({ text }) =>
    connectRedis({ kind: "standalone", address: text }),
  ) as [RedisConnection, RedisConnection];
  try {
    await Promise.all([connection.ping(), from.ping(), to.ping()]);
    const keys = Array.from({ length: 200 }, (_, i) => `key-${i}`);
    const moving = keys.filter((key) => hashSlot(key) <= 5460).slice(0, 20);
    const nodeId = String(await ask(to, "cluster", "myid"));
    for (const key of moving) {
      await ask(from, "cluster", "setslot", String(hashSlot(key)), "node", nodeId);
      await ask(to, "cluster", "setslot", String(hashSlot(key)), "node", nodeId);
    }
    const replies = await connection.run(
      keys.map((key) => ({ command: "set", keys: [key], args: [key] })),
    );
    expect(replies.map(String)).toEqual(keys.map(() => "OK"));
    expect((await connection.read(keys)).map(String)).toEqual(keys);
  } finally {
    await Promise.all([connection, from, to].map((one) => one.close()));
    await servers.close();
  }
});
