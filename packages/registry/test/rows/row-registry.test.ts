import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  encodeConsumer,
  encodeEntity,
  encodeGroup,
  encodeGroupVersion,
  encodePopulator,
  MemoryRegistrySource,
  openRowRegistry,
  type RowEntry,
  type RowRegistry,
  type RowRegistryOptions,
} from "@ofs/registry";
import type { RowCatalog } from "@ofs/rows";
import { afterEach, describe, expect, it } from "vitest";
import { latestOf } from "../../../rows/test/support/row-objects.ts";
import { createTestLog } from "../support/log.ts";
import { rowEntity, rowGroup } from "../support/row-objects.ts";

const WAIT_MS = 5_000;

const opened: RowRegistry[] = [];

async function open(
  source: MemoryRegistrySource,
  options: Partial<RowRegistryOptions> = {},
): Promise<RowRegistry> {
  const registry = await openRowRegistry({ source, log: createTestLog().log, ...options });
  opened.push(registry);
  return registry;
}

function treeOf(entries: readonly RowEntry[]): Record<string, Uint8Array> {
  return Object.fromEntries(entries.map(({ path, value }) => [path, value]));
}

const BASIC = [
  encodeEntity(rowEntity("user")),
  encodeGroup(rowGroup("stats", "v1")),
  encodeGroupVersion(latestOf("stats", "v1")),
];

const V2 = [encodeGroup(rowGroup("stats", "v2")), encodeGroupVersion(latestOf("stats", "v2"))];

async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
}

afterEach(closeAll);

describe("openRowRegistry", () => {
  it("serves what the tree says", async () => {
    const consumer = {
      tenantName: "t/ä",
      topicName: "topic",
      numPartitions: 4,
      numConsumers: 2,
      updatedAt: 5,
    };
    const populator = { tenantName: "t", numWorkers: 3, updatedAt: 5 };
    const source = new MemoryRegistrySource(
      treeOf([...BASIC, encodeConsumer(consumer), encodePopulator(populator)]),
    );
    const registry = await open(source);
    const catalog = registry.catalog();
    expect(catalog?.faults).toEqual([]);
    expect(catalog?.group("stats")?.metadata).toEqual(rowGroup("stats", "v1"));
    expect(catalog?.entity("user")).toEqual(rowEntity("user"));
    expect(catalog?.consumers.get("t/ä")).toEqual(consumer);
    expect(catalog?.populators.get("t")).toEqual(populator);
    expect([...(await source.load(new AbortController().signal)).entries.keys()]).toContain(
      "consumers/t%2F%C3%A4",
    );
    expect(registry.status()).toMatchObject({
      isLive: true,
      loadedFrom: "source",
      revision: source.revision,
      lastError: undefined,
      counters: { swapCount: 1, listCount: 1 },
    });
  });

  it("takes a burst as one change, and keeps what stayed the same", async () => {
    const source = new MemoryRegistrySource(treeOf(BASIC));
    const seen: (readonly [string | undefined, string | undefined])[] = [];
    const latest = (catalog: RowCatalog | undefined) => catalog?.latestVersion("stats");
    const registry = await open(source, {
      onChange: (catalog, previous) => seen.push([latest(previous), latest(catalog)]),
    });
    const before = registry.catalog()?.group("stats", "v1");
    for (const entry of V2) await source.write([entry]);
    const revision = await source.write([encodeEntity(rowEntity("other"))]);
    const catalog = await registry.waitFor(revision, WAIT_MS);
    expect(seen).toEqual([
      [undefined, "v1"],
      ["v1", "v2"],
    ]);
    expect(catalog.group("stats")?.metadata.version).toBe("v2");
    expect(catalog.group("stats", "v1")).toBe(before);
  });

  it("follows deletions", async () => {
    const source = new MemoryRegistrySource(treeOf([...BASIC, ...V2]));
    const registry = await open(source);
    await source.delete("feature-groups/stats/v1");
    const catalog = await registry.waitFor(source.revision, WAIT_MS);
    expect(catalog.group("stats", "v1")).toBeUndefined();
    expect(catalog.group("stats")).toBeDefined();
  });

  it("reads the tree again after a gap, and makes a new catalog only if it is another one", async () => {
    const source = new MemoryRegistrySource(treeOf(BASIC));
    const registry = await open(source);
    const before = registry.catalog();
    source.goDown("gone");
    expect(registry.status()).toMatchObject({ isLive: false, lastError: "gone" });
    source.comeUp();
    expect(registry.catalog()).toBe(before);
    // Before the watch can tell.
    const written = source.write(V2);
    source.compact();
    await written;
    const catalog = await registry.waitFor(source.revision, WAIT_MS);
    expect(catalog.latestVersion("stats")).toBe("v2");
    expect(registry.status().counters.listCount).toBe(2);
  });

  it("disables what it cannot read, and nothing else", async () => {
    const entries: Record<string, string | Uint8Array> = {
      ...treeOf(BASIC),
      "entities/broken": "{",
      "feature-groups/stats/v3": JSON.stringify({ ...rowGroup("stats", "v3"), state: "PENDING" }),
      "feature-groups/elsewhere/v1": JSON.stringify(rowGroup("here", "v1")),
      "versions/%ZZ": JSON.stringify(latestOf("x", "v1")),
      "consumers/t": "[]",
      "later-additions/x": "anything",
      "": "root",
    };
    const { log, lines } = createTestLog();
    const source = new MemoryRegistrySource(entries);
    const registry = await open(source, { log });
    expect(registry.catalog()?.group("stats")).toBeDefined();
    const faults = Object.fromEntries(
      registry.status().faults.map(({ path, reason }) => [path, reason]),
    );
    expect(faults).toEqual({
      "entities/broken": "not JSON: text ends at position 1",
      "feature-groups/stats/v3": 'state "PENDING" is none of LIVE, ARCHIVED',
      "feature-groups/elsewhere/v1": "its value belongs at feature-groups/here/v1",
      "versions/%ZZ": "its value belongs at versions/x",
      "consumers/t": "the body is not an object: a list",
    });
    expect(lines.filter(({ level }) => level === "warn")).toHaveLength(5);
    await source.write([encodeEntity(rowEntity("broken"))]);
    await source.delete("consumers/t");
    const repaired = await registry.waitFor(source.revision, WAIT_MS);
    expect(repaired.entity("broken")).toBeDefined();
    expect(repaired.faults).toHaveLength(3);
  });
});

describe("waitForCurrent", () => {
  it("waits for what the source has already", async () => {
    const source = new MemoryRegistrySource(treeOf(BASIC));
    const registry = await open(source);
    await source.write(V2);
    expect(registry.catalog()?.latestVersion("stats")).toBe("v1");
    await registry.waitForCurrent(WAIT_MS);
    expect(registry.catalog()?.latestVersion("stats")).toBe("v2");
  });

  it("asks the source once for all who wait, and returns at once if there is nothing new", async () => {
    const registry = await open(new MemoryRegistrySource(treeOf(BASIC)));
    await Promise.all(Array.from({ length: 100 }, () => registry.waitForCurrent(WAIT_MS)));
    expect(registry.status().counters.probeCount).toBe(1);
    await registry.waitForCurrent(WAIT_MS);
    expect(registry.status().counters.probeCount).toBe(2);
  });

  it("is over after the time, whatever the source does", async () => {
    const source = new MemoryRegistrySource(treeOf(BASIC));
    const registry = await open(source);
    source.lastChange = (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new Error("too late")));
      });
    await registry.waitForCurrent(20);
    expect(registry.status().counters.probeCount).toBe(1);
    source.lastChange = async () => source.revision + 100;
    await registry.waitForCurrent(20);
    source.goDown("gone");
    await registry.waitForCurrent(60_000);
    await registry.close();
    await registry.waitForCurrent(60_000);
    expect(registry.catalog()?.latestVersion("stats")).toBe("v1");
  });

  it("counts questions that failed", async () => {
    const source = new MemoryRegistrySource(treeOf(BASIC));
    const registry = await open(source);
    source.lastChange = () => Promise.reject(new Error("no"));
    await registry.waitForCurrent(WAIT_MS);
    expect(registry.status().counters.probeFailureCount).toBe(1);
  });
});

describe("the last good file", () => {
  let folder = "";
  const file = (): string => join(folder, "rows.tree");

  async function written(): Promise<void> {
    folder = await mkdtemp(join(tmpdir(), "ofs-rows-"));
    const registry = await open(new MemoryRegistrySource(treeOf(BASIC)), { snapshotFile: file() });
    await registry.close();
  }

  afterEach(async () => {
    // They write the file until they are closed.
    await closeAll();
    await rm(folder, { recursive: true, force: true });
  });

  it("serves a start without the source, until that is there", async () => {
    await written();
    const source = new MemoryRegistrySource(treeOf([...BASIC, ...V2]));
    source.goDown("away");
    const registry = await open(source, { snapshotFile: file() });
    expect(registry.status()).toMatchObject({ isLive: false, loadedFrom: "file" });
    expect(registry.catalog()?.latestVersion("stats")).toBe("v1");
    source.comeUp();
    const catalog = await new Promise<RowCatalog>((resolve) => {
      registry.onCatalog(resolve);
    });
    expect(catalog.latestVersion("stats")).toBe("v2");
    expect(registry.status().loadedFrom).toBe("source");
  });

  it("is not used if it is damaged or not there", async () => {
    await written();
    await writeFile(file(), "nonsense\n");
    const source = new MemoryRegistrySource({});
    source.goDown("away");
    const registry = await open(source, { snapshotFile: file() });
    expect(registry.catalog()).toBeUndefined();
    expect(registry.status().fileError).toContain("checksum");
    const other = await open(source, { snapshotFile: `${file()}.none` });
    expect(other.status().fileError).toBe("there is no file");
  });
});
