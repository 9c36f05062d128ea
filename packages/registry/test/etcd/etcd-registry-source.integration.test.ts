import {
  parseSnapshot,
  type RegistryChanges,
  type RegistryTree,
  TXN_OPERATIONS_MAX,
} from "@ofs/registry";
import { serverAddress } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toEntries } from "../support/entries.ts";
import { Cleanup, putAll, testRoot } from "../support/etcd.ts";
import { WORKED_EXAMPLE } from "../support/worked-example.ts";

const WAIT_MS = 10_000;
const TTL = "entities/user/feature-groups/scores/ttl-in-seconds";
const { signal } = new AbortController();

let endpoint = "";
let root = "";
const cleanup = new Cleanup();

beforeEach(() => {
  endpoint = serverAddress("etcd").text;
  root = testRoot();
});

afterEach(async () => {
  await cleanup.client(endpoint).delete().prefix(root);
  await cleanup.run();
});

/** Collects what a watch reports, and resolves when it has reported a path. */
function collect(until: string) {
  const batches: RegistryChanges[] = [];
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const watcher = {
    onChanges: (changes: RegistryChanges): void => {
      batches.push(changes);
      if (changes.changes.some(({ path }) => path === until)) finish();
    },
    onGap: (reason: string): void => {
      throw new Error(`gap: ${reason}`);
    },
    onConnection: () => undefined,
  };
  return { batches, done, watcher };
}

describe("load", () => {
  it("reads the worked example as another program wrote it", async () => {
    const client = cleanup.client(endpoint);
    await putAll(client, root, WORKED_EXAMPLE);
    const tree = await cleanup.source(endpoint, root).load(signal);
    expect(parseSnapshot(tree.entries, 1)).toEqual(parseSnapshot(toEntries(WORKED_EXAMPLE), 1));
    expect(tree.revision).toBeGreaterThan(0);
  });

  it("do better 43: takes no neighbour's keys, but the root's own value", async () => {
    const client = cleanup.client(endpoint);
    await client.put(`${root}/security/reader/mine`).value('{"token":"t"}');
    await client.put(`${root}-x/security/reader/theirs`).value('{"token":"t"}');
    await client.put(`${root}2/security/reader/theirs`).value('{"token":"t"}');
    await client.put(root).value('{"p2p-enabled-percentage":7}');
    const { entries } = await cleanup.source(endpoint, root).load(signal);
    expect([...entries.keys()].sort()).toEqual(["", "security/reader/mine"]);
  });

  it("reads more than a page, all at one revision", async () => {
    const source = cleanup.source(endpoint, root);
    const changes = Array.from({ length: 4_500 }, (_, index) => ({
      path: `source/${index}`,
      value: Buffer.from(String(index)),
    }));
    const revision = await source.write(changes, { isChunked: true });
    const client = cleanup.client(endpoint);
    const loading = source.load(signal);
    const writing = client.put(`${root}/zzz`).value("late");
    const [tree] = await Promise.all([loading, writing]);
    expect(tree.entries.size).toBe(tree.revision > revision ? 4_501 : 4_500);
    expect(Buffer.from(tree.entries.get("source/4499") ?? []).toString()).toBe("4499");
  });

  it("an empty tree is a tree", async () => {
    const tree = await cleanup.source(endpoint, root).load(signal);
    expect(tree.entries.size).toBe(0);
  });

  it("tries the next endpoint", async () => {
    const source = cleanup.source(`127.0.0.1:1,http://${endpoint}`, root);
    expect((await source.load(signal)).entries.size).toBe(0);
    expect((await source.load(signal)).entries.size).toBe(0);
  });

  it("names the endpoint that cannot be reached", async () => {
    const source = cleanup.source("127.0.0.1:1", root);
    await expect(source.load(signal)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("127.0.0.1:1 cannot be reached"),
    });
  });

  it("stops when it is told to", async () => {
    const source = cleanup.source(endpoint, root);
    await expect(source.load(AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
});

describe("write", () => {
  it("is one revision, and keeps bytes as they are", async () => {
    const source = cleanup.source(endpoint, root);
    const value = Uint8Array.from({ length: 256 }, (_, index) => index);
    await source.write([{ path: "gone", value }]);
    const before = await source.load(signal);
    const seen = collect("bytes");
    const stop = source.watch(before.revision, seen.watcher);
    const revision = await source.write([
      { path: "bytes", value: value.subarray(1) },
      { path: "bytes", value },
      { path: "gone", value: undefined },
    ]);
    await seen.done;
    await stop();
    expect(seen.batches).toEqual([
      {
        revision,
        changes: [
          { path: "bytes", value },
          { path: "gone", value: undefined },
        ],
      },
    ]);
    await source.write([{ path: "", value }]);
    const { entries } = await source.load(signal);
    expect([...entries.keys()].sort()).toEqual(["", "bytes"]);
    for (const stored of entries.values()) expect(Buffer.compare(stored, value)).toBe(0);
  });

  it("refuses more than a transaction takes, and bad paths, and writes nothing then", async () => {
    const source = cleanup.source(endpoint, root);
    const changes = Array.from({ length: TXN_OPERATIONS_MAX + 1 }, (_, index) => ({
      path: `many/${index}`,
      value: Buffer.from("1"),
    }));
    await expect(source.write(changes)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: "etcd: write: 129 changes are more than the 128 of one transaction",
    });
    for (const path of ["/a", "a/", "a//b"]) {
      const write = source.write([...changes.slice(0, 1), { path, value: undefined }]);
      await expect(write).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    }
    expect((await source.load(signal)).entries.size).toBe(0);
    await source.write(changes.slice(1));
    expect((await source.load(signal)).entries.size).toBe(TXN_OPERATIONS_MAX);
  });

  it("of nothing tells the revision", async () => {
    const source = cleanup.source(endpoint, root);
    const revision = await source.write([{ path: "a", value: Buffer.from("1") }]);
    expect(await source.write([])).toBeGreaterThanOrEqual(revision);
  });

  it("of too large a value is refused", async () => {
    const source = cleanup.source(endpoint, root);
    for (const sizeBytes of [1_600_000, 3_000_000]) {
      const write = source.write([{ path: "large", value: Buffer.alloc(sizeBytes) }]);
      await expect(write).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringMatching(/too large|larger than max/),
      });
    }
    await source.write([{ path: "small", value: Buffer.from("1") }]);
  });
});

describe("watch", () => {
  it("begins after the revision, also in the past, and in order", async () => {
    const source = cleanup.source(endpoint, root);
    const { revision } = await source.load(signal);
    const client = cleanup.client(endpoint);
    for (let count = 1; count <= 50; count += 1) await client.put(`${root}/n`).value(String(count));
    const seen = collect("end");
    const stop = source.watch(revision, seen.watcher);
    await client.put(`${root}-x/n`).value("a neighbour's");
    await client.delete().key(`${root}/n`);
    await client.put(`${root}/end`).value("1");
    await seen.done;
    await stop();
    const values = seen.batches.flatMap(({ changes }) =>
      changes.map(({ value }) => (value === undefined ? "deleted" : Buffer.from(value).toString())),
    );
    const counts = Array.from({ length: 50 }, (_, index) => String(index + 1));
    expect(values).toEqual([...counts, "deleted", "1"]);
    const revisions = seen.batches.map((batch) => batch.revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  });

  it("takes a past of many megabytes", async () => {
    const source = cleanup.source(endpoint, root);
    const { revision } = await source.load(signal);
    const value = Buffer.alloc(1024 * 1024, "x");
    for (let count = 0; count < 12; count += 1)
      await source.write([{ path: `big/${count}`, value }]);
    await source.write([{ path: "end", value: Buffer.from("1") }]);
    const seen = collect("end");
    const stop = source.watch(revision, seen.watcher);
    await seen.done;
    await stop();
    expect(seen.batches.flatMap(({ changes }) => changes).length).toBe(13);
  });

  it("can be switched off", async () => {
    const source = cleanup.source(endpoint, root, { isWatchEnabled: false });
    const registry = await cleanup.registry(source);
    const writer = cleanup.source(endpoint, root);
    await writer.write([{ path: "p2p-enabled-percentage", value: Buffer.from("9") }]);
    expect(registry.snapshot()?.peerCachePercentage).toBe(0);
    await registry.refresh();
    expect(registry.snapshot()?.peerCachePercentage).toBe(9);
  });
});

describe("a registry on etcd", () => {
  it("shows a change in less than a second", async () => {
    const client = cleanup.client(endpoint);
    await putAll(client, root, WORKED_EXAMPLE);
    const registry = await cleanup.registry(cleanup.source(endpoint, root));
    const startMs = performance.now();
    await client.put(`${root}/${TTL}`).value("60");
    await registry.waitFor(
      (now) => now.entities.get("user")?.groups.get("scores")?.ttlSeconds === 60,
      WAIT_MS,
    );
    expect(performance.now() - startMs).toBeLessThan(1_000);
    expect(registry.status()).toMatchObject({ isLive: true, source: `etcd:${root}` });
  });

  it("do better 38: folds a burst of 1000 puts into a few snapshots", async () => {
    const client = cleanup.client(endpoint);
    await putAll(client, root, WORKED_EXAMPLE);
    const registry = await cleanup.registry(cleanup.source(endpoint, root));
    const puts = Array.from({ length: 1_000 }, (_, index) =>
      client.put(`${root}/${TTL}`).value(String(index + 1)),
    );
    const startMs = performance.now();
    await Promise.all(puts);
    const last = await client.put(`${root}/${TTL}`).value("7");
    const seconds = (performance.now() - startMs) / 1_000;
    const snapshot = await registry.waitFor(Number(last.header.revision), WAIT_MS);
    expect(snapshot.entities.get("user")?.groups.get("scores")?.ttlSeconds).toBe(7);
    const { swapCount, changeCount } = registry.status().counters;
    expect(changeCount).toBe(1_001);
    // One at the start, four a second, one each for a pause at either end.
    expect(swapCount).toBeLessThan(4 + 5 * seconds);
  });

  it("follows the root's own value", async () => {
    const client = cleanup.client(endpoint);
    const registry = await cleanup.registry(cleanup.source(endpoint, root));
    for (const percentage of [1, 2, 3]) {
      await client.put(root).value(`{"p2p-enabled-percentage":${percentage}}`);
      await registry.waitFor((now) => now.peerCachePercentage === percentage, WAIT_MS);
    }
    await client.delete().key(root);
    await registry.waitFor((now) => now.peerCachePercentage === 0, WAIT_MS);
  });
});

describe("several writers and readers", () => {
  it("all see the same end", async () => {
    const sources = [1, 2, 3].map(() => cleanup.source(endpoint, root));
    const registries = await Promise.all(sources.map((source) => cleanup.registry(source)));
    const revisions = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        (sources[index % 3] as (typeof sources)[0]).write([
          { path: `security/reader/r${index % 7}`, value: Buffer.from(`{"token":"${index}"}`) },
        ]),
      ),
    );
    const tree: RegistryTree = await (sources[0] as (typeof sources)[0]).load(signal);
    const expected = parseSnapshot(tree.entries, 0).readers;
    for (const registry of registries) {
      const snapshot = await registry.waitFor(Math.max(...revisions), WAIT_MS);
      expect(snapshot.readers).toEqual(expected);
    }
  });
});
