import { FeatureStoreError } from "@ofs/platform";
import { freePort, type PrivateServer, startRedis, waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectRedis, type RedisConnection } from "../../src/redis/connection.ts";
import type { RedisSettings } from "../../src/redis/options.ts";
import { textBlock } from "../fixtures.ts";
import { ask, RedisTable } from "./redis-fixtures.ts";

/** Far below any timeout that these tests set, far above what a busy machine needs. */
const FAST_MS = 1500;

let server: PrivateServer;
const opened: RedisConnection[] = [];

beforeEach(async () => {
  server = await startRedis();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.close()));
  await server.close();
});

async function open(settings: RedisSettings = {}): Promise<RedisConnection> {
  const connection = connectRedis({
    kind: "standalone",
    address: server.address.text,
    ...settings,
  });
  opened.push(connection);
  await connection.ping();
  return connection;
}

async function isUp(connection: RedisConnection): Promise<boolean> {
  const [reply] = await connection.run([{ command: "ping", keys: [], args: [] }]);
  return !(reply instanceof FeatureStoreError);
}

async function elapsedMs(work: Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work;
  return performance.now() - startMs;
}

describe("a server that dies", () => {
  test("makes reads and writes fail at once, and serves again when it is back", async () => {
    const table = new RedisTable(await open({ readTimeoutMs: 60_000 }));
    await table.write("a", { 0: textBlock("before") });
    await server.kill();

    const tookMs = await elapsedMs(
      waitUntil(async () => (await table.read("a"))[0] === "UNAVAILABLE", { what: "the loss" }),
    );
    expect(tookMs).toBeLessThan(FAST_MS);
    const fault = await table.write("a", { 0: textBlock("during") });
    expect(fault).toMatchObject({ code: "UNAVAILABLE" });
    expect(fault?.message).toMatch(
      new RegExp(`^redis ${server.address.text}: not connected .*ECONNREFUSED`),
    );
    await expect(table.store.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(await elapsedMs(table.read("a"))).toBeLessThan(FAST_MS);

    await server.restart();
    await waitUntil(() => isUp(table.connection), { what: "the connection to be back" });
    expect(await table.write("a", { 0: textBlock("after") })).toBeUndefined();
    expect(await table.read("a")).toEqual(["after", undefined, undefined]);
  });

  test("makes what is under way fail at once", async () => {
    const connection = await open({ readTimeoutMs: 60_000, maxRetry: -1 });
    server.pause();
    const pending = connection.read(["a"]);
    await server.kill();
    expect(await elapsedMs(pending)).toBeLessThan(FAST_MS);
    expect((await pending)[0]).toMatchObject({ code: "UNAVAILABLE" });
  });

  test("is waited for by the retries of a call that has the time", async () => {
    const connection = await open({
      readTimeoutMs: 60_000,
      maxRetry: 1000,
      minRetryBackoffMs: 20,
      maxRetryBackoffMs: 20,
    });
    await ask(connection, "set", "a", "1");
    await server.stop();
    const pending = connection.read(["b"]);
    await server.restart();
    expect(await pending).toEqual([undefined]);
  });
});

describe("a server that stalls", () => {
  test("makes calls fail after their timeout, and serves again when it wakes", async () => {
    const table = new RedisTable(await open({ readTimeoutMs: 60, writeTimeoutMs: 80 }));
    await table.write("a", { 0: textBlock("before") });
    server.pause();
    expect(await elapsedMs(table.read("a"))).toBeGreaterThan(50);
    expect(await table.read("a")).toEqual(["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"]);
    expect(await table.write("a", { 0: textBlock("during") })).toMatchObject({
      code: "UNAVAILABLE",
      message: "redis did not answer in time",
    });
    server.resume();
    await waitUntil(() => isUp(table.connection), { what: "answers" });
    expect((await table.read("a"))[0]).toMatch(/before|during/);
  });

  test("is asked once for a write of many batches, not once for each", async () => {
    const table = new RedisTable(await open({ writeTimeoutMs: 200, maxRetry: -1 }));
    server.pause();
    const rows = Array.from({ length: 2000 }, (_, i) => ({
      key: [`${i}`],
      blocks: [textBlock("x")],
    }));
    const write = table.store.write({
      entity: table.entity,
      store: table.definition,
      groups: [table.groups[0]],
      rows,
      writeTimeMicros: 1,
      deadlineMs: Number.POSITIVE_INFINITY,
    });
    expect(await elapsedMs(write)).toBeLessThan(FAST_MS);
    expect((await write).map((outcome) => outcome?.code)).toEqual(rows.map(() => "UNAVAILABLE"));
  });

  test("a deadline that is nearer than the timeout is told from it", async () => {
    const connection = await open({ readTimeoutMs: 60_000 });
    server.pause();
    const [value] = await connection.read(["a"], { deadlineMs: Date.now() + 50 });
    expect(value).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    const [reply] = await connection.run([{ command: "set", keys: ["a"], args: ["1"] }], {
      timeoutMs: 50,
    });
    expect(reply).toMatchObject({ code: "UNAVAILABLE" });
  });

  test("a call that waits for an answer can be cancelled", async () => {
    const connection = await open({ readTimeoutMs: 60_000 });
    server.pause();
    const controller = new AbortController();
    const pending = connection.read(["a"], { signal: controller.signal });
    controller.abort();
    expect((await pending)[0]).toMatchObject({ code: "CANCELLED" });
  });

  test("answers that come late do not reach the caller", async () => {
    const connection = await open();
    await ask(connection, "set", "a", "value");
    server.pause();
    const values = await connection.read(["a"], { timeoutMs: 50 });
    server.resume();
    await waitUntil(() => isUp(connection), { what: "answers" });
    expect(values[0]).toMatchObject({ code: "UNAVAILABLE" });
  });

  test("is given up after a while, and what waits for it is bounded", async () => {
    const connection = await open({ readTimeoutMs: 50, writeTimeoutMs: 50, maxRetry: -1 });
    server.pause();
    const commands = Array.from({ length: 15_000 }, (_, i) => {
      return { command: "set", keys: [`key-${i}`], args: ["x"] };
    });
    await connection.run(commands);
    const [reply] = await connection.run(commands);
    expect(reply).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    expect((reply as FeatureStoreError).message).toContain("15000 commands of");

    await waitUntil(
      async () => {
        const [value] = await connection.read(["a"]);
        return value instanceof FeatureStoreError && value.message.includes("not connected");
      },
      { what: "the connection to be cut" },
    );
    server.resume();
    await waitUntil(() => isUp(connection), { what: "the connection to be back" });
    expect(await connection.read(["key-0"])).toHaveLength(1);
  });
});

test("a server that has lost its scripts is sent them again", async () => {
  const table = new RedisTable(await open());
  await table.write("a", { 0: textBlock("1") });
  await ask(table.connection, "script", "flush");
  const rows = Array.from({ length: 50 }, (_, i) => ({
    key: [`row-${i}`],
    blocks: [textBlock("x")],
  }));
  const outcomes = await table.store.write({
    entity: table.entity,
    store: table.definition,
    groups: [table.groups[0]],
    rows,
    writeTimeMicros: 1,
    deadlineMs: Number.POSITIVE_INFINITY,
  });
  expect(outcomes).toEqual(rows.map(() => undefined));
  expect(await table.read("row-49")).toEqual(["x", undefined, undefined]);
});

test("a server that is full fails the row; nothing is lost or taken for written", async () => {
  const table = new RedisTable(await open());
  await table.write("a", { 0: textBlock("before") }, 1);
  await ask(table.connection, "config", "set", "maxmemory", "1");
  expect(await table.write("a", { 0: textBlock("after") }, 2)).toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("OOM"),
  });
  expect(await table.read("a")).toEqual(["before", undefined, undefined]);
  await ask(table.connection, "config", "set", "maxmemory", "0");
  expect(await table.write("a", { 0: textBlock("after") }, 2)).toBeUndefined();
  expect(await table.read("a")).toEqual(["after", undefined, undefined]);
});

test("a server that was never there is told by ping, and calls fail at once", async () => {
  const port = await freePort();
  const connection = connectRedis({ kind: "standalone", address: `127.0.0.1:${port}` });
  opened.push(connection);
  await expect(connection.ping()).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringMatching(/not connected .*ECONNREFUSED/),
  });
  expect(await elapsedMs(connection.read(["a"]))).toBeLessThan(FAST_MS);
});

test("closing while it cannot connect ends all attempts", async () => {
  const port = await freePort();
  const connection = connectRedis({ kind: "standalone", address: `127.0.0.1:${port}` });
  await Promise.all([connection.close(), connection.close()]);
  expect((await connection.read(["a"]))[0]).toMatchObject({ code: "UNAVAILABLE" });
});
