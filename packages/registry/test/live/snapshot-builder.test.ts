import {
  MemoryRegistrySource,
  openRegistry,
  type Registry,
  type RegistryOptions,
} from "@ofs/registry";
import { afterEach, describe, expect, it } from "vitest";
import { toEntries } from "../support/entries.ts";
import { largeTree } from "../support/large-tree.ts";
import { createTestLog } from "../support/log.ts";

const WAIT_MS = 20_000;
/** Takes several hundred milliseconds to parse: many slices. */
const LARGE = largeTree(100, 20);
const TTL = "entities/e7/feature-groups/g3/ttl-in-seconds";

const opened: Registry[] = [];

afterEach(async () => {
  for (const registry of opened.splice(0)) await registry.close();
});

async function open(
  source: MemoryRegistrySource,
  options: Partial<RegistryOptions> = {},
): Promise<Registry> {
  const registry = await openRegistry({ source, log: createTestLog().log, ...options });
  opened.push(registry);
  return registry;
}

function ttlOf(registry: Registry): number | undefined {
  return registry.snapshot()?.entities.get("e7")?.groups.get("g3")?.ttlSeconds;
}

/** Counts turns of the event loop until it is stopped. */
function countTurns(): () => number {
  let turns = 0;
  let timer: NodeJS.Immediate;
  const turn = (): void => {
    turns += 1;
    timer = setImmediate(turn);
  };
  timer = setImmediate(turn);
  return () => {
    clearImmediate(timer);
    return turns;
  };
}

describe("a large tree", () => {
  it("is loaded in slices: the event loop turns meanwhile", async () => {
    const stop = countTurns();
    const registry = await open(new MemoryRegistrySource(LARGE));
    expect(stop()).toBeGreaterThan(5);
    expect(registry.snapshot()?.entities.size).toBe(100);
    expect(registry.snapshot()?.faults).toEqual([]);
    expect(registry.status().counters.swapCount).toBe(1);
  });

  it("that comes in place of another is seen whole or not at all", async () => {
    const source = new MemoryRegistrySource(LARGE);
    const registry = await open(source);
    const changes = Array.from({ length: 100 }, (_, entity) => ({
      path: `entities/e${entity}/feature-groups/g3/ttl-in-seconds`,
      value: Buffer.from("5"),
    }));
    const revision = await source.write(changes);
    const mixed: unknown[] = [];
    let timer: NodeJS.Immediate;
    const look = (): void => {
      const snapshot = registry.snapshot();
      const ttls = [...(snapshot?.entities.values() ?? [])].map(
        ({ groups }) => groups.get("g3")?.ttlSeconds,
      );
      if (new Set(ttls).size !== 1 || (snapshot?.revision === revision) !== (ttls[0] === 5)) {
        mixed.push(ttls);
      }
      timer = setImmediate(look);
    };
    timer = setImmediate(look);
    await registry.waitFor(revision, WAIT_MS);
    clearImmediate(timer);
    expect(mixed).toEqual([]);
    expect(ttlOf(registry)).toBe(5);
  });

  it("changes that come while it is being parsed are folded into one next snapshot", async () => {
    const source = new MemoryRegistrySource({ "p2p-enabled-percentage": "1" });
    const registry = await open(source);
    const all = [...toEntries(LARGE)].map(([path, value]) => ({ path, value }));
    await source.write(all);
    const whole = registry.waitFor((now) => now.entities.size === 100, WAIT_MS);
    // The burst is folded after 20 ms; these come in the midst of the parse that follows.
    for (let ttl = 1; ttl <= 50; ttl += 1) {
      await source.put(TTL, String(ttl));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await whole;
    await registry.waitFor(source.revision, WAIT_MS);
    expect(ttlOf(registry)).toBe(50);
    expect(registry.status().counters.swapCount).toBeLessThan(10);
  });

  it("a revision counts as reached only when its snapshot is there", async () => {
    const source = new MemoryRegistrySource({});
    const registry = await open(source);
    const all = [...toEntries(LARGE)].map(([path, value]) => ({ path, value }));
    const revision = await source.write(all);
    const snapshot = await registry.waitFor(revision, WAIT_MS);
    expect(snapshot.entities.size).toBe(100);
    expect(registry.revision).toBe(revision);
  });

  it("may be left half parsed by a close", async () => {
    const source = new MemoryRegistrySource({});
    const registry = await open(source);
    const before = registry.snapshot();
    await source.write([...toEntries(LARGE)].map(([path, value]) => ({ path, value })));
    const refreshed = registry.refresh();
    await new Promise((resolve) => setImmediate(resolve));
    await registry.close();
    await refreshed;
    expect(registry.snapshot()).toBe(before);
  });
});

describe("a listener", () => {
  it("may ask for more in the midst of a swap", async () => {
    const source = new MemoryRegistrySource(LARGE);
    const asked: Promise<void>[] = [];
    const registry = await open(source);
    registry.onSnapshot(() => void asked.push(registry.refresh()));
    await registry.waitFor(await source.put(TTL, "8"), WAIT_MS);
    await Promise.all(asked);
    expect(ttlOf(registry)).toBe(8);
    expect(registry.status()).toMatchObject({ lastError: undefined, isLive: true });
  });

  it("may close the registry in the midst of a swap", async () => {
    const source = new MemoryRegistrySource(LARGE);
    const registry = await open(source);
    let closing: Promise<void> | undefined;
    registry.onSnapshot(() => {
      closing = registry.close();
    });
    const before = registry.status().counters.swapCount;
    const seen = registry.waitFor(await source.put(TTL, "8"), WAIT_MS);
    await expect(seen).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await closing;
    expect(registry.status().counters.swapCount).toBe(before + 1);
  });
});
