import type { RegistryChange } from "@ofs/registry";
import { serverAddress } from "@ofs/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { Cleanup, testRoot } from "../support/etcd.ts";

const WAIT_MS = 20_000;
const { signal } = new AbortController();
const cleanup = new Cleanup();
const roots: string[] = [];

afterEach(async () => {
  const client = cleanup.client(serverAddress("etcd").text);
  for (const root of roots.splice(0)) await client.delete().prefix(root);
  await cleanup.run();
});

function newRoot(): string {
  const root = testRoot();
  roots.push(root);
  return root;
}

describe("a value", () => {
  const changes = (mark: string): RegistryChange[] => [
    { path: "small", value: Buffer.from(mark) },
    { path: "large", value: Buffer.alloc(1024 * 1024, mark) },
  ];

  // The client hands out views of its replies: one small value would keep a whole page in memory.
  it("keeps no more in memory than itself, loaded or watched", async () => {
    const endpoint = serverAddress("etcd").text;
    const source = cleanup.source(endpoint, newRoot());
    await source.write(changes("a"));
    const { entries, revision } = await source.load(signal);
    expect(entries.get("small")?.buffer.byteLength).toBeLessThanOrEqual(64);
    const watched = new Promise<readonly RegistryChange[]>((resolve) => {
      source.watch(revision, {
        onChanges: (batch) => resolve(batch.changes),
        onGap: () => undefined,
        onConnection: () => undefined,
      });
    });
    await source.write(changes("b"));
    const small = (await watched).find(({ path }) => path === "small");
    expect(Buffer.from(small?.value ?? []).toString()).toBe("b");
    expect(small?.value?.buffer.byteLength).toBeLessThanOrEqual(64);
  });
});

describe("a key with a lease", () => {
  it("is gone when the lease ends, like one that is deleted", async () => {
    const [endpoint, root] = [serverAddress("etcd").text, newRoot()];
    const client = cleanup.client(endpoint);
    const lease = client.lease(60, { autoKeepAlive: false });
    const path = `${root}/security/reader/guest`;
    await lease.put(path).value('{"token":"t"}');
    const registry = await cleanup.registry(cleanup.source(endpoint, root));
    expect(registry.snapshot()?.readers.has("guest")).toBe(true);
    await lease.revoke();
    await registry.waitFor((now) => !now.readers.has("guest"), WAIT_MS);
  });
});

describe("a revision of many changes", () => {
  it("is seen whole or not at all", async () => {
    const [endpoint, root] = [serverAddress("etcd").text, newRoot()];
    const source = cleanup.source(endpoint, root);
    const registry = await cleanup.registry(source);
    const sizes = new Set<number>();
    registry.onSnapshot((now) => void sizes.add(now.readers.size));
    for (let round = 0; round < 20; round += 1) {
      const isThere = round % 2 === 0;
      const readers = Array.from({ length: 100 }, (_, index) => ({
        path: `security/reader/r${index}`,
        value: isThere ? Buffer.from('{"token":"t"}') : undefined,
      }));
      await registry.waitFor(await source.write(readers), WAIT_MS);
    }
    expect([...sizes].sort()).toEqual([0, 100]);
  });
});
