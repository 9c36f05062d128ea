import { join } from "node:path";
import { EmbeddedBlockStore, openEmbeddedEnvironment } from "@ofs/store";
import { ChildScript } from "@ofs/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readVersions, writeVersion } from "./children/rows.ts";
import { type TemporaryFolder, temporaryFolder } from "./temporary-folder.ts";

/** Starting a process takes up to a few seconds on a busy machine. */
const TIMEOUT_MS = 90_000;

const CRASH_ROUNDS = 3;

let folder: TemporaryFolder;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => {
  folder.remove();
});

function startChild(name: string, args: readonly string[], fileSizeKib?: number): ChildScript {
  const script = join(import.meta.dirname, `children/${name}.ts`);
  return ChildScript.start({ script, args, fileSizeKib });
}

/** Takes acknowledgements until there are so many, kills the writer, and takes those still on their way. */
async function killAfter(count: number, child: ChildScript): Promise<Map<string, number>> {
  const acknowledged = new Map<string, number>();
  let lineCount = 0;
  for (let line = await child.line(); line !== undefined; line = await child.line()) {
    const [key, version] = line.split(" ");
    // The last line may be cut off by the kill: it has no version then, or part of one.
    if (key === undefined || version === undefined) continue;
    acknowledged.set(key, Math.max(acknowledged.get(key) ?? -1, Number(version)));
    if (++lineCount === count) child.kill();
  }
  return acknowledged;
}

test(
  "every acknowledged row is there after the writer was killed",
  async () => {
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < CRASH_ROUNDS; round++) {
      const child = startChild("crash-writer", [folder.path, String(round * 1_000_000)]);
      const ofRound = await killAfter(100 + round * 173, child);
      const { code, errors } = await child.end();
      expect({ code, errors }).toEqual({ code: null, errors: "" });
      expect(ofRound.size).toBeGreaterThan(0);
      for (const [key, version] of ofRound) acknowledged.set(key, version);

      const environment = openEmbeddedEnvironment(folder.path);
      const keys = [...acknowledged.keys()];
      const versions = await readVersions(new EmbeddedBlockStore(environment), keys);
      const lost = keys.filter(
        (key, index) => (versions[index] ?? -1) < (acknowledged.get(key) ?? 0),
      );
      expect(lost).toEqual([]);
      await environment.close();
    }
  },
  TIMEOUT_MS,
);

test(
  "several processes read each row whole, and never one older than was acknowledged",
  async () => {
    const environment = openEmbeddedEnvironment(folder.path);
    const store = new EmbeddedBlockStore(environment);
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
    for (const key of keys) await writeVersion(store, key, 0);

    const readers = Array.from({ length: 3 }, () => startChild("reader", [folder.path]));
    const greetings = await Promise.all(readers.map((reader) => reader.line()));
    expect(greetings).toEqual(["ready", "ready", "ready"]);
    for (let version = 1; version <= 40; version++) {
      await Promise.all(keys.map((key) => writeVersion(store, key, version)));
      const unfinished = keys.slice(0, 5).map((key) => writeVersion(store, key, version + 0.5));
      const answers = await Promise.all(readers.map((reader) => reader.ask(keys.join(" "))));
      for (const answer of answers) {
        const versions = answer.split(" ").map(Number);
        expect(versions).toHaveLength(keys.length);
        expect(versions.every((each) => each >= version && each < version + 1)).toBe(true);
      }
      await Promise.all(unfinished);
    }
    for (const reader of readers) expect(await reader.end()).toEqual({ code: 0, errors: "" });
    await environment.close();
  },
  TIMEOUT_MS,
);

test(
  "a data file that cannot grow fails the writes, and neither the process nor what it holds",
  async () => {
    const child = startChild("disk-filler", [folder.path], 400);
    const report = await child.line();
    const { code } = await child.end();
    expect(code).toBe(0);
    const { acknowledgedCount, failures, readCount } = JSON.parse(report ?? "{}");
    expect(failures).toEqual(["UNAVAILABLE"]);
    expect(acknowledgedCount).toBeGreaterThan(0);
    expect(readCount).toBe(acknowledgedCount);

    const environment = openEmbeddedEnvironment(folder.path);
    const store = new EmbeddedBlockStore(environment);
    const keys = Array.from({ length: acknowledgedCount }, (_, index) => `row-${index}`);
    const versions = await readVersions(store, keys);
    expect(versions.every((version) => version === 7)).toBe(true);
    expect(await writeVersion(store, "after", 1)).toBeUndefined();
    await environment.close();
  },
  TIMEOUT_MS,
);
