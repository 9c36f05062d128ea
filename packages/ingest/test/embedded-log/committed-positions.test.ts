import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Commit, SourceError } from "@ofs/ingest";
import { expect, onTestFinished, test } from "vitest";
import { CommittedPositions } from "../../src/embedded-log/committed-positions.ts";
import { COMMITS_SEGMENT_BYTES, MAX_METADATA_BYTES } from "../../src/embedded-log/limits.ts";
import { testFolder } from "./log-fixtures.ts";
import { segmentFiles, type TestSurroundings, testSurroundings } from "./partition-fixtures.ts";

const ALWAYS = (): void => undefined;

interface Opened extends TestSurroundings {
  readonly positions: CommittedPositions;
}

async function open(folder: string, minimumEndOffset?: number): Promise<Opened> {
  const surroundings = testSurroundings();
  const positions = await CommittedPositions.open(folder, surroundings, minimumEndOffset);
  onTestFinished(() => positions.close());
  return { ...surroundings, positions };
}

function commit(partition: number, offset: number, metadata = ""): Commit {
  return { topic: "topic", partition, offset, metadata };
}

test("the newest position of each group and partition survives, with its metadata", async () => {
  const folder = join(testFolder(), "commits");
  const { positions } = await open(folder);
  await positions.put("a", [commit(0, 3, "x"), commit(1, 9)], ALWAYS);
  await positions.put("b", [commit(0, 100, "y")], ALWAYS);
  await positions.put("a", [commit(0, 2, "back: ü")], ALWAYS);
  await positions.close();

  const { positions: again } = await open(folder, positions.endOffset);
  expect(again.get("a", commit(0, 0))).toEqual({ offset: 2, metadata: "back: ü" });
  expect(again.get("c", commit(0, 0))).toBeUndefined();
  expect([...again.ofTopic("a", "topic")]).toEqual([
    [0, { offset: 2, metadata: "back: ü" }],
    [1, { offset: 9, metadata: "" }],
  ]);
  expect(again.ofTopic("a", "other").size).toBe(0);
  expect([...again.groupsOf(commit(0, 0))]).toEqual([
    ["a", 2],
    ["b", 100],
  ]);
});

test("old positions are cleared away, and no newest one with them", async () => {
  const folder = join(testFolder(), "commits");
  const { positions } = await open(folder);
  await positions.put("once", [commit(7, 77, "kept")], ALWAYS);
  const metadata = "m".repeat(MAX_METADATA_BYTES);
  const rounds = Math.ceil((COMMITS_SEGMENT_BYTES / MAX_METADATA_BYTES / 32) * 5);
  for (let round = 1; round <= rounds; round++) {
    const commits = Array.from({ length: 32 }, (_, partition) =>
      commit(partition, round, metadata),
    );
    await positions.put("group", commits, ALWAYS);
  }
  expect(positions.sizeBytes).toBeLessThan(3 * COMMITS_SEGMENT_BYTES);
  expect(segmentFiles(folder).length).toBeLessThan(4);
  await positions.close();

  const { positions: again } = await open(folder, 0);
  expect(again.get("once", commit(7, 0))).toEqual({ offset: 77, metadata: "kept" });
  for (let partition = 0; partition < 32; partition++) {
    expect(again.get("group", commit(partition, 0))?.offset).toBe(rounds);
  }
});

test("a commit that cannot be written is refused, and the one before it stands", async () => {
  const folder = join(testFolder(), "commits");
  const { positions, disk } = await open(folder);
  await positions.put("a", [commit(0, 1)], ALWAYS);
  disk.failing.set("sync", "EIO");
  const refused = positions.put("a", [commit(0, 2)], ALWAYS);
  await expect(refused).rejects.toThrow(SourceError);
  await expect(refused).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(positions.get("a", commit(0, 0))?.offset).toBe(1);
  disk.failing.clear();
  await positions.put("a", [commit(0, 3)], ALWAYS);
  await positions.close();
  const { positions: again } = await open(folder, 0);
  expect(again.get("a", commit(0, 0))?.offset).toBe(3);
});

test.each([
  [commit(0, -1), "offset of topic/0 is -1"],
  [commit(0, 1.5), "offset of topic/0 is 1.5"],
  [commit(0, 1, "ü".repeat(MAX_METADATA_BYTES)), "metadata of topic/0 has 8192 bytes"],
])("a commit that cannot be is refused", async (bad, message) => {
  const { positions } = await open(join(testFolder(), "commits"));
  await expect(positions.put("a", [bad], ALWAYS)).rejects.toThrow(message);
  expect(positions.get("a", bad)).toBeUndefined();
});

test("what is checked at a commit's turn refuses it", async () => {
  const { positions } = await open(join(testFolder(), "commits"));
  const fenced = positions.put("a", [commit(0, 1)], () => {
    throw new SourceError("FENCED", "not yours");
  });
  await expect(fenced).rejects.toMatchObject({ code: "FENCED" });
  expect(positions.get("a", commit(0, 0))).toBeUndefined();
});

test("positions that cannot be read stop the start: groups would begin anew unnoticed", async () => {
  const folder = join(testFolder(), "commits");
  const { positions } = await open(folder);
  for (let offset = 0; offset < 5; offset++) {
    await positions.put("a", [commit(0, offset)], ALWAYS);
  }
  await positions.close();
  const [path] = segmentFiles(folder) as [string];
  const bytes = readFileSync(path);
  bytes[100] = (bytes[100] as number) ^ 1;
  writeFileSync(path, bytes);
  await expect(CommittedPositions.open(folder, testSurroundings(), 0)).rejects.toThrow(
    `remove ${folder} to let all groups begin anew`,
  );
});
