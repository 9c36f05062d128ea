import { createLogger } from "@ofs/platform";
import { MemoryRegistrySource } from "@ofs/registry";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LiveCatalog } from "../../../src/discovery/catalog/live-catalog.ts";
import { EXAMPLE } from "../support/example-tree.ts";

const log = createLogger({ service: "horizon", level: "DISABLED" });

let source: MemoryRegistrySource;
let catalog: LiveCatalog;

beforeEach(async () => {
  source = new MemoryRegistrySource({ ...EXAMPLE });
  catalog = new LiveCatalog(source, log);
  await catalog.start();
});

afterEach(() => catalog.close());

describe("LiveCatalog", () => {
  it("gives one catalog for each revision", async () => {
    const first = catalog.current();
    expect(catalog.current()).toBe(first);
    const revision = await source.put("entities/shop/label", "shop");
    expect(await catalog.waitFor(revision, 5_000)).toBe(true);
    expect(catalog.current()).not.toBe(first);
    expect(catalog.current().revision).toBe(revision);
    expect(catalog.current().entities.has("shop")).toBe(true);
  });

  it("follows deletions, and keeps the last tree while the source is down", async () => {
    const revision = await source.delete("security/writer/user_job");
    await catalog.waitFor(revision, 5_000);
    expect(catalog.current().writers.size).toBe(0);
    source.goDown("gone");
    expect(catalog.isLive).toBe(false);
    expect(catalog.lastError).toBe("memory: gone");
    expect(catalog.current().revision).toBe(revision);
    source.comeUp();
    expect(catalog.isLive).toBe(true);
  });

  it("reads a group again when it changes, or why it is not served, and only then", async () => {
    const group = (label: string) => catalog.current().entities.get("user")?.groups.get(label);
    const [core, tags] = [group("core"), group("tags")];
    await catalog.waitFor(
      await source.put("entities/user/feature-groups/core/ttl-in-seconds", "5"),
      5_000,
    );
    expect(group("core")?.ttlSeconds).toBe(5);
    expect(group("core")).not.toBe(core);
    expect(group("tags")).toBe(tags);
    await catalog.waitFor(await source.delete("storage/stores/1"), 5_000);
    expect(group("tags")).not.toBe(tags);
    expect(group("tags")?.faults[0]?.reason).toContain('store "1" is not in the registry');
  });

  it("reads sources again when one changes, and only then", async () => {
    const { sources } = catalog.current();
    await catalog.waitFor(await source.put("entities/shop/label", "shop"), 5_000);
    expect(catalog.current().sources).toBe(sources);
    await catalog.waitFor(await source.put("source/user|core|ctr", "TABLE|db.t|c9|0"), 5_000);
    expect(catalog.current().sources.get("user|core|ctr")?.column).toBe("c9");
    await catalog.waitFor(await source.delete("source/user|core|ctr"), 5_000);
    expect(catalog.current().sources.has("user|core|ctr")).toBe(false);
  });

  it("knows the last change, as soon as there has been one", async () => {
    expect(catalog.changeRevision).toBeUndefined();
    expect(catalog.revision).toBe(source.revision);
    const revision = await source.put("entities/shop/label", "shop");
    await catalog.waitFor(revision, 5_000);
    expect([catalog.changeRevision, catalog.revision]).toEqual([revision, revision]);
  });

  it("waits no longer than it is told, and not at all for what is there", async () => {
    expect(await catalog.waitFor(source.revision, 0)).toBe(true);
    expect(await catalog.waitFor(source.revision + 1, 1)).toBe(false);
  });

  it("ends all waiting when it is closed", async () => {
    const waiting = catalog.waitFor(source.revision + 1, 600_000);
    await catalog.close();
    expect(await waiting).toBe(false);
    expect(await catalog.waitFor(source.revision + 1, 600_000)).toBe(false);
  });
});
