import { EtcdClaims } from "@ofs/registry";
import { serverAddress, startTcpProxy, waitUntil } from "@ofs/testkit";
import type { Etcd3 } from "etcd3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Cleanup, testRoot } from "../support/etcd.ts";
import { createTestLog } from "../support/log.ts";

const TTL_SECONDS = 3;
const LIMIT = { timeoutMs: 60_000 };

let cleanup: Cleanup;
let client: Etcd3;
let root: string;

beforeEach(() => {
  cleanup = new Cleanup();
  client = cleanup.client(serverAddress("etcd").text);
  root = testRoot();
});

afterEach(() => cleanup.run());

class Claimer {
  readonly claims: EtcdClaims;
  readonly events: string[] = [];

  constructor(owner: string, endpoints = serverAddress("etcd").text) {
    this.claims = new EtcdClaims({
      etcd: { endpoints, root, callTimeoutMs: 2_000 },
      owner,
      ttlSeconds: TTL_SECONDS,
      log: createTestLog().log,
      onHeld: () => this.events.push("held"),
      onLost: () => this.events.push("lost"),
    });
    cleanup.add(this.claims, (opened) => opened.close());
    this.claims.start();
  }

  async holds(): Promise<this> {
    await waitUntil(() => this.claims.isHeld, { what: "a lease", ...LIMIT });
    return this;
  }
}

const keys = () => client.getAll().prefix(`${root}/`).strings();
const leaseOf = async (path: string) =>
  (await client.get(`${root}/${path}`).exec()).kvs[0]?.lease as string;

test("a key is whose who claims it first, until it is given back", async () => {
  const one = await new Claimer("one").holds();
  const two = await new Claimer("two").holds();
  expect(await one.claims.claim("topic/0")).toBe(true);
  expect(await two.claims.claim("topic/0")).toBe(false);
  expect(await one.claims.claim("topic/0")).toBe(true);
  await two.claims.release("topic/0");
  expect(await keys()).toEqual({ [`${root}/topic/0`]: "one" });
  await one.claims.release("topic/0");
  expect(await two.claims.claim("topic/0")).toBe(true);
});

test("keys outlive their lease's time while it is renewed, and go with their process", async () => {
  const { claims, events } = await new Claimer("one").holds();
  await claims.claim("a");
  await claims.claim("b", Buffer.from("7"));
  const startedMs = performance.now();
  await waitUntil(() => performance.now() - startedMs > 2 * TTL_SECONDS * 1000, {
    what: "time",
    ...LIMIT,
  });
  expect(await keys()).toEqual({ [`${root}/a`]: "one", [`${root}/b`]: "7" });
  expect(events).toEqual(["held"]);
  await claims.close();
  expect(await keys()).toEqual({});
});

test("without etcd the claims are lost before anybody else can have them", async () => {
  const proxy = await startTcpProxy({ target: serverAddress("etcd") });
  cleanup.add(proxy, (opened) => opened.close());
  const one = await new Claimer("one", proxy.text).holds();
  await one.claims.claim("a");
  const two = await new Claimer("two").holds();
  await proxy.inject({ kind: "stall" });
  await waitUntil(() => one.events.includes("lost"), { what: "the loss", ...LIMIT });
  expect(one.claims.isHeld).toBe(false);
  expect(await one.claims.claim("b")).toBe(false);
  await waitUntil(() => two.claims.claim("a"), { what: "the key to be free", ...LIMIT });
  await proxy.heal();
  await one.holds();
  expect(one.events).toEqual(["held", "lost", "held"]);
  expect(await one.claims.claim("a")).toBe(false);
  expect(one.claims.lostCount).toBe(1);
});

test("a lease that somebody ends is lost, and another one is granted", async () => {
  const { claims, events } = await new Claimer("one").holds();
  await claims.claim("a");
  await client.leaseClient.leaseRevoke({ ID: await leaseOf("a") });
  await waitUntil(() => events.length === 3, { what: "loss and lease", ...LIMIT });
  expect(events).toEqual(["held", "lost", "held"]);
  expect(await claims.claim("a")).toBe(true);
});

test("closing at once, or while etcd is away, ends", async () => {
  const away = new Claimer("one", "127.0.0.1:1");
  const quick = new Claimer("two");
  await Promise.all([away.claims.close(), quick.claims.close()]);
  expect(away.events).toEqual([]);
  expect(await keys()).toEqual({});
});
