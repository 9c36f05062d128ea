import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryRegistrySource, openRegistry, type Registry } from "@ofs/registry";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestLog } from "../support/log.ts";
import { WORKED_EXAMPLE } from "../support/worked-example.ts";

const WAIT_MS = 5_000;

let folder = "";
let file = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ofs-registry-"));
  file = join(folder, "registry.snapshot");
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Runs a process's registry until it has written its file. */
async function writeFileOf(source: MemoryRegistrySource): Promise<void> {
  const registry = await openRegistry({ source, snapshotFile: file, log: createTestLog().log });
  await registry.close();
  expect(registry.status().counters.fileWriteCount).toBeGreaterThan(0);
}

/** Opens a registry whose source is down. */
async function openDown(source: MemoryRegistrySource, use: (registry: Registry) => Promise<void>) {
  source.goDown("down");
  const { log, lines } = createTestLog();
  const registry = await openRegistry({ source, snapshotFile: file, log });
  try {
    await use(registry);
  } finally {
    await registry.close();
  }
  return lines;
}

describe("the snapshot file", () => {
  it("is what a process starts from while its source is down, until that is back", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    await source.put("p2p-enabled-percentage", "3");
    await writeFileOf(source);
    const lines = await openDown(source, async (registry) => {
      expect(registry.snapshot()?.peerCachePercentage).toBe(3);
      expect(registry.snapshot()?.entities.get("user")?.groups.size).toBe(2);
      expect(registry.status()).toMatchObject({
        isLive: false,
        loadedFrom: "file",
        revision: source.revision,
        lastError: "memory: down",
        fileError: undefined,
      });
      source.comeUp();
      const revision = await source.put("p2p-enabled-percentage", "4");
      const snapshot = await registry.waitFor(revision, WAIT_MS);
      expect(snapshot.peerCachePercentage).toBe(4);
      expect(registry.status()).toMatchObject({ isLive: true, loadedFrom: "source" });
    });
    const messages = lines.map(({ message }) => message);
    expect(messages).toContain("registry source is down: serving from the snapshot file");
  });

  it("is kept up to date at a bounded rate, the last change on closing", async () => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const registry = await openRegistry({ source, snapshotFile: file, log: createTestLog().log });
    for (const percentage of ["1", "2", "3"]) {
      await registry.waitFor(await source.put("p2p-enabled-percentage", percentage), WAIT_MS);
    }
    await registry.close();
    expect(registry.status().counters.fileWriteCount).toBe(2);
    await openDown(source, async (later) => {
      expect(later.snapshot()?.peerCachePercentage).toBe(3);
    });
  });

  it("keeps binary values and odd names", async () => {
    const source = new MemoryRegistrySource({
      "security/reader/a\nb": '{"token":"t"}',
      other: Buffer.of(0, 255, 10, 13),
    });
    await writeFileOf(source);
    await openDown(source, async (registry) => {
      expect([...(registry.snapshot()?.readers.keys() ?? [])]).toEqual(["a\nb"]);
    });
    expect((await readFile(file, "utf8")).split("\n").length).toBe(5);
  });

  it("can be read by its owner only, and leaves no other file", async () => {
    await writeFileOf(new MemoryRegistrySource(WORKED_EXAMPLE));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["registry.snapshot"]);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ["empty", () => "", /checksum/],
    ["cut off", (text) => text.slice(0, -200), /checksum/],
    ["changed", (text) => text.replace("WyJ", "WyK").replace('"security', '"Security'), /checksum/],
    ["not one at all", () => "hello\nworld\n", /checksum/],
    ["binary", () => "\u0000".repeat(5_000), /checksum/],
  ])("is ignored with a reason if it is %s", async (_, damage, reason) => {
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    await writeFileOf(source);
    await writeFile(file, damage(await readFile(file, "utf8")));
    const lines = await openDown(source, async (registry) => {
      expect(registry.snapshot()).toBeUndefined();
      expect(registry.status()).toMatchObject({ loadedFrom: undefined });
      expect(registry.status().fileError).toMatch(reason);
    });
    expect(lines.map(({ message }) => message)).toContain("registry snapshot file is ignored");
  });

  it("is ignored if it is another source's", async () => {
    await writeFileOf(new MemoryRegistrySource(WORKED_EXAMPLE, "etcd:/config/other"));
    await openDown(new MemoryRegistrySource({}), async (registry) => {
      expect(registry.snapshot()).toBeUndefined();
      expect(registry.status().fileError).toBe(
        'is of the source "etcd:/config/other", not "memory"',
      );
    });
  });

  it("may be missing, or a folder", async () => {
    await openDown(new MemoryRegistrySource({}), async (registry) => {
      expect(registry.status().fileError).toBe("there is no file");
    });
    file = folder;
    await openDown(new MemoryRegistrySource({}), async (registry) => {
      expect(registry.status().fileError).toBe("cannot be read");
    });
  });

  it("that cannot be written is logged once and counted", async () => {
    const { log, lines } = createTestLog();
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    const snapshotFile = join(folder, "missing", "file");
    const registry = await openRegistry({ source, snapshotFile, log });
    await registry.close();
    expect(registry.status().counters).toMatchObject({ fileWriteCount: 0, fileFailureCount: 1 });
    expect(lines.filter(({ level }) => level === "error").length).toBe(1);
    expect(registry.snapshot()?.entities.size).toBe(1);
  });

  it("is not needed by a process whose source answers", async () => {
    await writeFile(file, "rubbish");
    const source = new MemoryRegistrySource(WORKED_EXAMPLE);
    await writeFileOf(source);
    await openDown(source, async (registry) => {
      expect(registry.status().loadedFrom).toBe("file");
    });
  });
});
