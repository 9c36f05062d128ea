import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  encodeEntity,
  encodeGroup,
  encodeGroupVersion,
  MemoryRegistrySource,
  openRowRegistry,
  type RowBackup,
  type RowEntry,
  type RowRegistry,
  type RowRegistryOptions,
} from "@ofs/registry";
import { waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { latestOf } from "../../../rows/test/support/row-objects.ts";
import { createTestLog } from "../support/log.ts";
import { rowEntity, rowGroup } from "../support/row-objects.ts";

const START_TIMEOUT_MS = 20;

class FakeBackup implements RowBackup {
  readonly name = "s3://b/metastore";
  loadCount = 0;
  answer: readonly RowEntry[] | Error | undefined;

  constructor(answer: readonly RowEntry[] | Error | undefined) {
    this.answer = answer;
  }

  async load(): Promise<readonly RowEntry[] | undefined> {
    this.loadCount += 1;
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }
}

const groupAt = (version: string, updatedAt: number, description = "") =>
  encodeGroup({ ...rowGroup("stats", version), updatedAt, description });
const latestAt = (version: string, updatedAt: number) =>
  encodeGroupVersion({ ...latestOf("stats", version), updatedAt });

const OLD = [encodeEntity(rowEntity("user")), groupAt("v1", 10), latestAt("v1", 10)];
const NEW = [...OLD.slice(0, 1), groupAt("v1", 10), groupAt("v2", 20), latestAt("v2", 20)];

let folder: string;
const opened: RowRegistry[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ofs-row-backup-"));
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
  await rm(folder, { recursive: true });
});

function sourceOf(entries: readonly RowEntry[], isAway = true): MemoryRegistrySource {
  const source = new MemoryRegistrySource(
    Object.fromEntries(entries.map(({ path, value }) => [path, value])),
  );
  if (isAway) source.goDown("away");
  return source;
}

async function open(
  source: MemoryRegistrySource,
  options: Partial<RowRegistryOptions>,
): Promise<RowRegistry> {
  const { log } = createTestLog();
  const startTimeoutMs = START_TIMEOUT_MS;
  const registry = await openRowRegistry({ source, log, startTimeoutMs, ...options });
  opened.push(registry);
  return registry;
}

async function fileOf(entries: readonly RowEntry[]): Promise<string> {
  const snapshotFile = join(folder, "rows.tree");
  await (
    await openRowRegistry({
      source: sourceOf(entries, false),
      log: createTestLog().log,
      snapshotFile,
    })
  ).close();
  return snapshotFile;
}

const latest = (registry: RowRegistry) => registry.catalog()?.group("stats")?.metadata.version;

describe("a registry whose source is away at the start", () => {
  it("serves from the backup where it has no file", async () => {
    const backup = new FakeBackup(NEW);
    const registry = await open(sourceOf([]), { backup });
    expect(latest(registry)).toBe("v2");
    expect(registry.status()).toMatchObject({ loadedFrom: "backup", isLive: false, faults: [] });
    expect(registry.status().backupError).toBeUndefined();
  });

  it("takes of each object the newer one, of the file and of the backup", async () => {
    const shared = [encodeEntity(rowEntity("user")), latestAt("v2", 20)];
    const snapshotFile = await fileOf([...shared, groupAt("v1", 30, "file"), groupAt("v2", 20)]);
    const backup = new FakeBackup([groupAt("v1", 10), groupAt("v2", 40, "backup")]);
    const registry = await open(sourceOf([]), { backup, snapshotFile });
    const descriptionOf = (version: string) =>
      registry.catalog()?.group("stats", version)?.metadata.description;
    await waitUntil(() => descriptionOf("v2") === "backup", { what: "the backup's version" });
    expect(descriptionOf("v1")).toBe("file");
    expect(registry.status().loadedFrom).toBe("backup");
  });

  it("stays with the file where the backup has nothing newer", async () => {
    const snapshotFile = await fileOf(NEW);
    const backup = new FakeBackup(OLD);
    const registry = await open(sourceOf([]), { backup, snapshotFile, backupIntervalMs: 5 });
    await waitUntil(() => backup.loadCount > 1, { what: "another look" });
    expect([latest(registry), registry.status().loadedFrom]).toEqual(["v2", "file"]);
  });

  it("looks again while the source stays away, and says why it was in vain", async () => {
    const backup = new FakeBackup(new Error("no bucket"));
    const registry = await open(sourceOf([]), { backup, backupIntervalMs: 5 });
    expect(registry.catalog()).toBeUndefined();
    expect(registry.status().backupError).toBe("no bucket");
    backup.answer = undefined;
    await waitUntil(() => registry.status().backupError?.includes("no backup") === true, {
      what: "an empty bucket",
    });
    backup.answer = OLD;
    await waitUntil(() => latest(registry) === "v1", { what: "the first version" });
    backup.answer = NEW;
    await waitUntil(() => latest(registry) === "v2", { what: "the second version" });
  });

  it("asks the backup no more once the source has answered, and never goes back to it", async () => {
    const source = sourceOf(NEW);
    const backup = new FakeBackup(OLD);
    const registry = await open(source, { backup, backupIntervalMs: 5 });
    expect(latest(registry)).toBe("v1");
    source.comeUp();
    await waitUntil(() => latest(registry) === "v2", {
      what: "the source's tree",
      timeoutMs: 20_000,
    });
    expect(registry.status()).toMatchObject({ loadedFrom: "source", isLive: true });
    backup.answer = [groupAt("v1", 99), latestAt("v1", 99)];
    source.goDown("away again");
    const looks = backup.loadCount;
    await waitUntil(() => !registry.status().isLive, { what: "the source to be away" });
    const other = new FakeBackup(OLD);
    await open(sourceOf([]), { backup: other, backupIntervalMs: 5 });
    await waitUntil(() => other.loadCount > 5, { what: "looks of another registry" });
    expect([latest(registry), backup.loadCount]).toEqual(["v2", looks]);
  });
});

it("a registry whose source is there does not ask the backup", async () => {
  const backup = new FakeBackup(OLD);
  const registry = await open(sourceOf(NEW, false), { backup, startTimeoutMs: 10_000 });
  expect([latest(registry), backup.loadCount]).toEqual(["v2", 0]);
});

it("what is damaged in the backup does not displace what is good, and is told where there is nothing else", async () => {
  const snapshotFile = await fileOf(OLD);
  const value = Buffer.from("{");
  const backup = new FakeBackup([
    { path: "feature-groups/stats/v1", value },
    { path: "entities/odd", value },
  ]);
  const registry = await open(sourceOf([]), { backup, snapshotFile });
  await waitUntil(() => registry.status().faults.length === 1, { what: "the fault" });
  expect(registry.status().faults[0]?.path).toBe("entities/odd");
  expect(latest(registry)).toBe("v1");
});
