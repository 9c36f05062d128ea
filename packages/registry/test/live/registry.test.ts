import {
  MemoryRegistrySource,
  openRegistry,
  type Registry,
  type RegistryOptions,
  type RegistrySource,
  type Snapshot,
} from "@ofs/registry";
import { afterEach, describe, expect, it } from "vitest";
import { createTestLog } from "../support/log.ts";
import { WORKED_EXAMPLE } from "../support/worked-example.ts";

const TTL = "entities/user/feature-groups/scores/ttl-in-seconds";
const WAIT_MS = 5_000;

const opened: Registry[] = [];

async function open(
  source: RegistrySource,
  options: Partial<RegistryOptions> = {},
): Promise<Registry> {
  const registry = await openRegistry({ source, log: createTestLog().log, ...options });
  opened.push(registry);
  return registry;
}

function ttlOf(snapshot: Snapshot | undefined): number | undefined {
  return snapshot?.entities.get("user")?.groups.get("scores")?.ttlSeconds;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
});

describe("openRegistry", () => {
  it("serves the source's tree", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const registry = await open(source);
    expect(ttlOf(registry.snapshot())).toBe(86_400);
    expect(registry.revision).toBe(source.revision);
    expect(registry.status()).toMatchObject({
      isLive: true,
      source: "memory",
      loadedFrom: "source",
      lastError: undefined,
      faults: [],
      counters: { swapCount: 1, listCount: 1, gapCount: 0 },
    });
  });

  it("swaps in a changed snapshot and tells listeners", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const seen: (number | undefined)[][] = [];
    const onChange = (snapshot: Snapshot, previous: Snapshot | undefined): void => {
      seen.push([ttlOf(previous), ttlOf(snapshot)]);
    };
    const registry = await open(source, { onChange });
    const late: number[] = [];
    const unsubscribe = registry.onSnapshot((snapshot) => late.push(snapshot.revision));
    const revision = await source.put(TTL, "60");
    expect(ttlOf(await registry.waitFor(revision, WAIT_MS))).toBe(60);
    expect(late).toEqual([revision]);
    unsubscribe();
    await registry.waitFor(await source.put(TTL, "61"), WAIT_MS);
    expect(late.length).toBe(1);
    expect(seen).toEqual([
      [undefined, 86_400],
      [86_400, 60],
      [60, 61],
    ]);
  });

  it("a request keeps the snapshot that it began with", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const registry = await open(source);
    const mine = registry.snapshot();
    await registry.waitFor(await source.put(TTL, "60"), WAIT_MS);
    expect(ttlOf(mine)).toBe(86_400);
  });

  it("do better 38: a burst of changes is parsed once", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const registry = await open(source);
    for (let ttl = 1; ttl <= 1_000; ttl += 1) await source.put(TTL, String(ttl));
    const snapshot = await registry.waitFor(source.revision, WAIT_MS);
    expect(ttlOf(snapshot)).toBe(1_000);
    expect(registry.status().counters).toMatchObject({ swapCount: 2, changeCount: 1_000 });
  });

  it("does not swap for changes without effect, but knows their revision", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const registry = await open(source);
    const before = registry.snapshot();
    const revision = await source.put(TTL, "86400");
    await registry.waitFor(revision, WAIT_MS);
    expect(registry.snapshot()).toBe(before);
    expect(registry.status()).toMatchObject({ revision, counters: { swapCount: 1 } });
  });

  it("do better 6: keeps the last good form of a group, and says so", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const registry = await open(source);
    await registry.waitFor(await source.put(TTL, "x"), WAIT_MS);
    expect(ttlOf(registry.snapshot())).toBe(86_400);
    expect(registry.status().faults).toMatchObject([{ path: TTL, disables: "nothing" }]);
    await registry.waitFor(await source.put(TTL, "5"), WAIT_MS);
    expect(ttlOf(registry.snapshot())).toBe(5);
  });

  it("or disables it at once", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const registry = await open(source, { keepsLastGood: false });
    await registry.waitFor(await source.put(TTL, "x"), WAIT_MS);
    expect(registry.status().faults).toMatchObject([{ path: TTL, disables: "feature-group" }]);
    expect(ttlOf(registry.snapshot())).toBeUndefined();
  });

  it("logs each fault once, until it changes or is repaired", async () => {
    const { log, lines } = createTestLog();
    const source = new MemoryRegistrySource({ ...WORKED_EXAMPLE, "p2p-enabled-percentage": "x" });
    const registry = await open(source, { log });
    const faultLines = () =>
      lines
        .filter(({ fields }) => "path" in fields)
        .map(({ level, fields: { reason } }) => [level, reason]);
    await registry.waitFor(await source.put(TTL, "1"), WAIT_MS);
    await registry.waitFor(await source.put("p2p-enabled-percentage", "y"), WAIT_MS);
    await registry.waitFor(await source.put("p2p-enabled-percentage", "1"), WAIT_MS);
    expect(faultLines()).toEqual([
      ["warn", '"x" is not an integer from 0 to 100'],
      ["warn", '"y" is not an integer from 0 to 100'],
      ["info", undefined],
    ]);
  });

  it("a listener that throws is counted and stops nothing", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const seen: number[] = [];
    const registry = await open(source, {
      onChange: () => {
        throw new Error("mine");
      },
    });
    registry.onSnapshot(({ revision }) => seen.push(revision));
    const revision = await source.put(TTL, "1");
    await registry.waitFor(revision, WAIT_MS);
    expect(seen).toEqual([revision]);
    expect(registry.status().counters.listenerFailureCount).toBe(2);
  });
});

describe("a source that comes and goes", () => {
  it("serves on while it is down, and applies what was missed", async () => {
    const { log, lines } = createTestLog();
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const registry = await open(source, { log });
    source.goDown("pulled the plug");
    source.goDown("pulled the plug");
    expect(registry.status()).toMatchObject({
      isLive: false,
      lastError: "pulled the plug",
      counters: { disconnectCount: 1 },
    });
    expect(ttlOf(registry.snapshot())).toBe(86_400);
    source.comeUp();
    expect(registry.status()).toMatchObject({ isLive: true, lastError: undefined });
    await registry.waitFor(await source.put(TTL, "1"), WAIT_MS);
    expect(registry.status().counters).toMatchObject({ listCount: 1, gapCount: 0 });
    expect(lines.map(({ message }) => message)).toEqual([
      "registry source is live",
      "registry source is down",
      "registry source is live",
    ]);
  });

  it("do better 10: reads the whole tree again after a gap", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const registry = await open(source);
    const user = registry.snapshot()?.entities.get("user");
    const written = source.put("p2p-enabled-percentage", "7");
    source.compact();
    const snapshot = await registry.waitFor(await written, WAIT_MS);
    expect(snapshot.peerCachePercentage).toBe(7);
    expect(snapshot.entities.get("user")).toBe(user);
    expect(registry.status().counters).toMatchObject({ listCount: 2, gapCount: 1 });
    await registry.waitFor(await source.put(TTL, "3"), WAIT_MS);
    expect(ttlOf(registry.snapshot())).toBe(3);
  });

  it("do better 10: loses nothing between the read and the watch", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const watch = source.watch.bind(source);
    let revision = 0;
    source.watch = (from, watcher) => {
      void source.put(TTL, "42").then((at) => {
        revision = at;
      });
      return watch(from, watcher);
    };
    const registry = await open(source);
    await registry.waitFor((snapshot) => ttlOf(snapshot) === 42, WAIT_MS);
    expect(registry.revision).toBe(revision);
  });

  it("starts without it and without a file, and goes on trying", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    source.goDown("not there yet");
    const registry = await open(source);
    expect(registry.snapshot()).toBeUndefined();
    expect(registry.status()).toMatchObject({
      isLive: false,
      loadedFrom: undefined,
      lastError: "memory: not there yet",
    });
    source.comeUp();
    expect(ttlOf(await registry.waitFor(1, WAIT_MS))).toBe(86_400);
  });

  it("a watch that cannot be opened is a gap", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const watch = source.watch.bind(source);
    let isFirst = true;
    source.watch = (from, watcher) => {
      if (!isFirst) return watch(from, watcher);
      isFirst = false;
      throw new Error("no more watches");
    };
    const registry = await open(source);
    const revision = await source.put(TTL, "1");
    await registry.waitFor(revision, WAIT_MS);
    expect(registry.status().counters.gapCount).toBe(1);
  });
});

describe("refresh", () => {
  it("brings what the watch has not brought, once for all callers", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    source.watch = () => async () => undefined;
    const registry = await open(source);
    await source.put(TTL, "9");
    await Promise.all([registry.refresh(), registry.refresh(), registry.refresh()]);
    expect(ttlOf(registry.snapshot())).toBe(9);
    expect(source.loadCount).toBe(2);
    await source.put(TTL, "10");
    await registry.refresh();
    expect(ttlOf(registry.snapshot())).toBe(9);
    expect(registry.status().counters.refreshCount).toBe(1);
  });

  it("does not let the watch bring back what it already passed", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const registry = await open(source);
    const seen: (number | undefined)[] = [];
    registry.onSnapshot((snapshot) => seen.push(ttlOf(snapshot)));
    await source.put(TTL, "1");
    await source.put(TTL, "2");
    await registry.refresh();
    expect(ttlOf(registry.snapshot())).toBe(2);
    await registry.waitFor(await source.put("p2p-enabled-percentage", "1"), WAIT_MS);
    expect(seen).toEqual([2, 2]);
  });

  it("does not reject, and a failure leaves a watched source live", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const registry = await open(source);
    source.load = () => Promise.reject(new Error("overloaded"));
    await registry.refresh();
    expect(registry.status()).toMatchObject({ isLive: true, counters: { listFailureCount: 1 } });
  });
});

describe("waitFor", () => {
  it("says what did not come in time", async () => {
    const registry = await open(new MemoryRegistrySource(WORKED_EXAMPLE));
    await expect(registry.waitFor(99, 1)).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      message: "the registry did not reach revision 99 within 1 ms",
    });
  });

  it("passes on what the predicate throws", async () => {
    const registry = await open(new MemoryRegistrySource(WORKED_EXAMPLE));
    const waiting = registry.waitFor(() => {
      throw new Error("mine");
    }, WAIT_MS);
    await expect(waiting).rejects.toThrow("mine");
  });

  it("ends when the registry closes", async () => {
    const registry = await open(new MemoryRegistrySource(WORKED_EXAMPLE));
    const waiting = registry.waitFor(99, WAIT_MS);
    const refused = expect(waiting).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await registry.close();
    await refused;
    await expect(registry.waitFor(1, WAIT_MS)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

describe("close", () => {
  it("stops the watch, is idempotent, and leaves the snapshot and the source", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const registry = await open(source);
    await source.put(TTL, "1");
    await Promise.all([registry.close(), registry.close()]);
    await source.put(TTL, "2");
    expect(ttlOf(registry.snapshot())).toBe(86_400);
    expect((await source.load(new AbortController().signal)).revision).toBe(source.revision);
  });

  it("does not wait for a source that hangs", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    source.load = (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    const registry = await open(source, { startTimeoutMs: 1 });
    expect(registry.snapshot()).toBeUndefined();
    await registry.close();
  });
});
