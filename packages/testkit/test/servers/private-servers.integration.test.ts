import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { acceptsConnections } from "../../src/free-ports.ts";
import {
  startEtcd,
  startMariadb,
  startRedis,
  startRedisCluster,
  startRedisSentinels,
  startS3,
} from "../../src/servers/private-servers.ts";
import { SENTINEL_MASTER_NAME } from "../../src/servers/redis-sentinel.ts";
import { waitUntil } from "../../src/wait-until.ts";

const ANSWER_TIMEOUT_MS = 500;
const FAILOVER_TIMEOUT_MS = 30_000;

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

/** First packet of a Redis server's answer; `undefined` when it stays silent or is not there. */
function askRedis(port: number, command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: ANSWER_TIMEOUT_MS });
    const finish = (answer: string | undefined): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => socket.write(`${command}\r\n`));
    socket.once("data", (data) => finish(data.toString()));
    socket.once("timeout", () => finish(undefined));
    socket.once("error", () => finish(undefined));
    socket.once("close", () => finish(undefined));
  });
}

test("redis: kill, restart, pause, resume, stop, close", async () => {
  const redis = await startRedis();
  opened.push(redis);
  const { port } = redis.address;
  expect(await askRedis(port, "PING")).toBe("+PONG\r\n");

  await redis.kill();
  expect(await acceptsConnections(port)).toBe(false);
  await redis.restart();
  expect(await askRedis(port, "PING")).toBe("+PONG\r\n");

  redis.pause();
  expect(await askRedis(port, "PING")).toBeUndefined();
  redis.resume();
  expect(await askRedis(port, "PING")).toBe("+PONG\r\n");

  expect(await redis.stop()).toEqual({ code: 0, signal: null });
  expect(await acceptsConnections(port)).toBe(false);
});

test("redis: options reach the server", async () => {
  const redis = await startRedis({ args: ["--maxmemory", "12345678"] });
  opened.push(redis);
  expect(await askRedis(redis.address.port, "CONFIG GET maxmemory")).toContain("12345678");
});

test("redis: a server that refuses its options fails the start with its log", async () => {
  await expect(startRedis({ args: ["--no-such-option", "1"] })).rejects.toThrow(
    /did not start; its log ends:.*no-such-option/s,
  );
});

test("etcd: data survives a crash and restart", async () => {
  const etcd = await startEtcd();
  opened.push(etcd);
  const call = async (method: string, body: object): Promise<unknown> => {
    const url = `http://${etcd.address.text}/v3/kv/${method}`;
    const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
    return response.json();
  };
  const [key, value] = ["k", "v"].map((text) => Buffer.from(text).toString("base64"));
  await call("put", { key, value });
  await etcd.kill();
  await etcd.restart();
  expect(await call("range", { key })).toMatchObject({ kvs: [{ key, value }] });
});

/** The first packet of a MySQL or MariaDB, which speaks first; `undefined` when it stays silent or is not there. */
function greeting(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: ANSWER_TIMEOUT_MS });
    const finish = (answer: string | undefined): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", (data) => finish(data.toString("latin1")));
    socket.once("timeout", () => finish(undefined));
    socket.once("error", () => finish(undefined));
  });
}

test("mariadb: kill, restart, pause, resume, stop", async () => {
  const mariadb = await startMariadb({ args: ["--max-connections=7"] });
  opened.push(mariadb);
  const { port } = mariadb.address;
  // On busy cores it may take a moment to answer, and to stop.
  const greets = async (): Promise<boolean> => (await greeting(port))?.includes("MariaDB") ?? false;
  const isSilent = async (): Promise<boolean> => (await greeting(port)) === undefined;
  await waitUntil(greets, { what: "the greeting" });
  await mariadb.kill();
  expect(await isSilent()).toBe(true);
  await mariadb.restart();
  await waitUntil(greets, { what: "the greeting after a crash" });
  mariadb.pause();
  await waitUntil(isSilent, { what: "the pause" });
  mariadb.resume();
  await waitUntil(greets, { what: "the greeting after a pause" });
  expect(await mariadb.stop()).toEqual({ code: 0, signal: null });
  expect(await acceptsConnections(port)).toBe(false);
});

test("mariadb: a server that refuses its options fails the start with its log", async () => {
  await expect(startMariadb({ args: ["--no-such-option=1"] })).rejects.toThrow(
    /did not start; its log ends:.*no-such-option/s,
  );
});

test("redis cluster: every node serves a part of the slots", async () => {
  const cluster = await startRedisCluster();
  opened.push(cluster);
  expect(cluster.addresses).toHaveLength(3);
  for (const { port } of cluster.addresses) {
    expect(await askRedis(port, "CLUSTER INFO")).toContain("cluster_state:ok");
  }
});

test("redis sentinels: the replica takes over when the master is killed", async () => {
  const set = await startRedisSentinels();
  opened.push(set);
  const [sentinel] = set.addresses;
  const query = `SENTINEL get-master-addr-by-name ${SENTINEL_MASTER_NAME}`;
  const ask = () => askRedis(sentinel?.port ?? 0, query);
  const before = await ask();
  expect(before).toContain("127.0.0.1");
  await set.master.kill();
  const hasMoved = async (): Promise<boolean> => {
    const now = await ask();
    return now !== undefined && now !== before;
  };
  await waitUntil(hasMoved, { what: "a new master", timeoutMs: FAILOVER_TIMEOUT_MS });
});

test("s3: asks for a signature, and is there again after a crash", async () => {
  const s3 = await startS3();
  opened.push(s3);
  const status = async (): Promise<number> => (await fetch(`http://${s3.address.text}/`)).status;
  expect(await status()).toBe(403);
  await s3.kill();
  await expect(status()).rejects.toThrow();
  await s3.restart();
  expect(await status()).toBe(403);
});
