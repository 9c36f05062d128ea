import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Registry } from "@ofs/registry";
import { type PrivateServer, startEtcd } from "@ofs/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Cleanup, putAll, testRoot } from "../support/etcd.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { WORKED_EXAMPLE } from "../support/worked-example.ts";

const WAIT_MS = 30_000;
const PERCENTAGE = "p2p-enabled-percentage";

const cleanup = new Cleanup();
let server: PrivateServer;

beforeAll(async () => {
  server = await startEtcd();
});

afterEach(() => cleanup.run());

afterAll(() => server.close());

function waitForPercentage(registry: Registry, percentage: number) {
  return registry.waitFor((now) => now.peerCachePercentage === percentage, WAIT_MS);
}

/** Resolves when the registry has noticed that its source is away. */
async function waitUntilDown(registry: Registry): Promise<void> {
  const { promise, check } = poll(() => !registry.status().isLive);
  const timer = setInterval(check, 5);
  await promise.finally(() => clearInterval(timer));
}

function poll(isTrue: () => boolean) {
  let check: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    check = () => {
      if (isTrue()) resolve();
    };
  });
  return { promise, check };
}

async function proxied(root: string) {
  const proxy = cleanup.add(await TcpProxy.start(server.address), (each) => each.close());
  const client = cleanup.client(server.address.text);
  await putAll(client, root, WORKED_EXAMPLE);
  const registry = await cleanup.registry(cleanup.source(proxy.address, root));
  return { proxy, client, registry };
}

describe("a connection that breaks", () => {
  it("goes on where it was, without reading the tree again", async () => {
    const root = testRoot();
    const { proxy, client, registry } = await proxied(root);
    proxy.cut();
    await waitUntilDown(registry);
    expect(registry.snapshot()?.entities.size).toBe(1);
    for (let count = 1; count <= 20; count += 1) {
      await client.put(`${root}/${PERCENTAGE}`).value(String(count));
    }
    await client.delete().key(`${root}/security/reader/ranker`);
    proxy.mend();
    const snapshot = await waitForPercentage(registry, 20);
    expect(snapshot.readers.size).toBe(0);
    expect(registry.status()).toMatchObject({
      isLive: true,
      lastError: undefined,
      counters: { listCount: 1, gapCount: 0, disconnectCount: 1 },
    });
  });

  it("loses nothing, however often it breaks in the middle of a stream of changes", async () => {
    const root = testRoot();
    const { proxy, client, registry } = await proxied(root);
    const total = 400;
    for (let count = 1; count <= total; count += 1) {
      const value = `{"token":"${count}"}`;
      await client.put(`${root}/security/reader/r${count}`).value(value);
      if (count % 40 === 0) proxy.breakAll();
    }
    const last = await client.put(`${root}/${PERCENTAGE}`).value("1");
    const snapshot = await registry.waitFor(Number(last.header.revision), WAIT_MS);
    expect(snapshot.readers.size).toBe(total + 1);
    expect(registry.status().counters.listCount).toBe(1);
  });

  it("do better 10: reads the tree again if the past was compacted meanwhile", async () => {
    const root = testRoot();
    const { proxy, client, registry } = await proxied(root);
    proxy.cut();
    await waitUntilDown(registry);
    await client.put(`${root}/${PERCENTAGE}`).value("1");
    await client.delete().key(`${root}/security/reader/ranker`);
    const last = await client.put(`${root}/${PERCENTAGE}`).value("2");
    await client.kv.compact({ revision: last.header.revision, physical: true });
    proxy.mend();
    const snapshot = await waitForPercentage(registry, 2);
    expect(snapshot.readers.size).toBe(0);
    expect(registry.status().counters).toMatchObject({ listCount: 2, gapCount: 1 });
    await client.put(`${root}/${PERCENTAGE}`).value("3");
    await waitForPercentage(registry, 3);
  });

  it("notices another cluster at the same address", async () => {
    const root = testRoot();
    const { proxy, registry } = await proxied(root);
    const other = cleanup.add(await startEtcd(), (each) => each.close());
    await cleanup.client(other.address.text).put(`${root}/${PERCENTAGE}`).value("66");
    proxy.cut();
    proxy.mend(other.address);
    const snapshot = await waitForPercentage(registry, 66);
    expect(snapshot.entities.size).toBe(0);
    expect(registry.status().counters).toMatchObject({ listCount: 2, gapCount: 1 });
  });
});

describe("two endpoints", () => {
  it("the watch goes on at the other one when its own is cut off, without reading the tree again", async () => {
    const root = testRoot();
    const proxies = [await TcpProxy.start(server.address), await TcpProxy.start(server.address)];
    for (const proxy of proxies) cleanup.add(proxy, (each) => each.close());
    const client = cleanup.client(server.address.text);
    await putAll(client, root, WORKED_EXAMPLE);
    const endpoints = proxies.map(({ address }) => address).join(",");
    const registry = await cleanup.registry(cleanup.source(endpoints, root));
    for (const [index, proxy] of proxies.entries()) {
      proxies[1 - index]?.mend();
      proxy.cut();
      await client.put(`${root}/${PERCENTAGE}`).value(String(index + 1));
      await waitForPercentage(registry, index + 1);
    }
    expect(registry.status().counters).toMatchObject({ listCount: 1, gapCount: 0 });
  });
});

describe("a server that stops", () => {
  it("do better 10: is followed again after a restart, compacted or not", async () => {
    const root = testRoot();
    const own = cleanup.add(await startEtcd(), (each) => each.close());
    const client = cleanup.client(own.address.text);
    await putAll(client, root, WORKED_EXAMPLE);
    const registry = await cleanup.registry(cleanup.source(own.address.text, root));
    for (const [round, end] of (["stop", "kill"] as const).entries()) {
      await own[end]();
      await waitUntilDown(registry);
      expect(registry.snapshot()?.entities.size).toBe(1);
      await own.restart();
      const writer = cleanup.client(own.address.text);
      const { header } = await writer.put(`${root}/${PERCENTAGE}`).value(`${round}1`);
      await writer.kv.compact({ revision: header.revision, physical: true });
      await waitForPercentage(registry, Number(`${round}1`));
    }
  });

  it("is not needed for a start, if there is a file", async () => {
    const root = testRoot();
    const folder = await mkdtemp(join(tmpdir(), "ofs-registry-"));
    cleanup.add(folder, (each) => rm(each, { recursive: true }));
    const snapshotFile = join(folder, "tree");
    const proxy = cleanup.add(await TcpProxy.start(server.address), (each) => each.close());
    const client = cleanup.client(server.address.text);
    await putAll(client, root, WORKED_EXAMPLE);
    const first = await cleanup.registry(cleanup.source(proxy.address, root), { snapshotFile });
    await first.close();
    proxy.cut();
    const second = await cleanup.registry(cleanup.source(proxy.address, root), { snapshotFile });
    expect(second.status()).toMatchObject({ isLive: false, loadedFrom: "file" });
    expect(second.snapshot()?.entities.get("user")?.groups.size).toBe(2);
    await client.put(`${root}/${PERCENTAGE}`).value("5");
    proxy.mend();
    await waitForPercentage(second, 5);
    expect(second.status()).toMatchObject({ isLive: true, loadedFrom: "source" });
  });
});

describe("users and passwords", () => {
  const root = testRoot();
  let secured: PrivateServer;

  beforeAll(async () => {
    secured = await startEtcd();
    const admin = cleanup.client(secured.address.text);
    await putAll(admin, root, WORKED_EXAMPLE);
    await admin.user("root").create("admin-pw");
    await admin.user("root").addRole("root");
    const role = await admin.role("online").create();
    await role.grant({ permission: "Readwrite", range: admin.range({ prefix: `${root}/` }) });
    await admin.user("ofs").create("ofs-pw");
    await admin.user("ofs").addRole("online");
    await admin.user("nobody").create("nobody-pw");
    await admin.auth.authEnable();
  });

  afterAll(() => secured.close());

  function sourceOf(endpoints: string, username: string, password: string) {
    return cleanup.source(endpoints, root, { username, password });
  }

  it("need rights on what is below the root only", async () => {
    const source = sourceOf(secured.address.text, "ofs", "ofs-pw");
    const registry = await cleanup.registry(source);
    expect(registry.snapshot()?.entities.get("user")?.groups.size).toBe(2);
    await source.write([{ path: PERCENTAGE, value: Buffer.from("1") }]);
    await waitForPercentage(registry, 1);
  });

  it("log in again after a restart, which forgets all log-ins", async () => {
    const source = sourceOf(secured.address.text, "ofs", "ofs-pw");
    const registry = await cleanup.registry(source);
    await secured.kill();
    await waitUntilDown(registry);
    await secured.restart();
    const writer = sourceOf(secured.address.text, "ofs", "ofs-pw");
    await writer.write([{ path: PERCENTAGE, value: Buffer.from("2") }]);
    await waitForPercentage(registry, 2);
    await source.write([{ path: PERCENTAGE, value: Buffer.from("3") }]);
    await waitForPercentage(registry, 3);
    expect(registry.status().counters.listCount).toBe(1);
  });

  it("are refused with a wrong password, and without rights", async () => {
    for (const [user, password, reason] of [
      ["ofs", "wrong", "authentication failed"],
      ["nobody", "nobody-pw", "permission denied"],
    ] as const) {
      const source = sourceOf(secured.address.text, user, password);
      await expect(source.load(new AbortController().signal)).rejects.toMatchObject({
        code: "PERMISSION_DENIED",
        message: expect.stringContaining(reason),
      });
      const registry = await cleanup.registry(source);
      expect(registry.snapshot()).toBeUndefined();
      expect(registry.status().lastError).toContain(reason);
    }
  });

  it("work at a server that comes up later", async () => {
    const proxy = cleanup.add(await TcpProxy.start(secured.address), (each) => each.close());
    proxy.cut();
    const registry = await cleanup.registry(sourceOf(proxy.address, "ofs", "ofs-pw"));
    expect(registry.snapshot()).toBeUndefined();
    proxy.mend();
    const snapshot = await registry.waitFor((now) => now.entities.size === 1, WAIT_MS);
    expect(snapshot.readers.size).toBe(1);
  });

  it("a right that is given later lets the registry go on", async () => {
    const source = sourceOf(secured.address.text, "nobody", "nobody-pw");
    const registry = await cleanup.registry(source);
    expect(registry.snapshot()).toBeUndefined();
    const admin = cleanup.client(secured.address.text, {
      auth: { username: "root", password: "admin-pw" },
    });
    await admin.user("nobody").addRole("online");
    const snapshot = await registry.waitFor((now) => now.entities.size === 1, WAIT_MS);
    expect(snapshot.readers.size).toBe(1);
  });
});
