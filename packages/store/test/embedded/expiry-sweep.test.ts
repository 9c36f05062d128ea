import { encodeExpiry } from "@ofs/codec";
import {
  DELETE_MEMORY_MS,
  DELETED_BLOCK,
  EmbeddedBlockStore,
  type EmbeddedEnvironment,
  openEmbeddedEnvironment,
} from "@ofs/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { entity, featureGroup, storeDefinition, textBlock } from "../fixtures.ts";
import { type TemporaryFolder, temporaryFolder } from "./temporary-folder.ts";

const NOW_SECONDS = 1_750_000_000;
const scores = featureGroup({ label: "scores", id: 1 });
const tags = featureGroup({ label: "tags", id: 2 });
const table = { entity: entity("user", ["user_id"], [scores, tags]), store: storeDefinition() };

let folder: TemporaryFolder;
let environment: EmbeddedEnvironment;
let store: EmbeddedBlockStore;

beforeEach(() => {
  folder = temporaryFolder();
  environment = openEmbeddedEnvironment(folder.path);
  store = new EmbeddedBlockStore(environment);
});

afterEach(async () => {
  await environment.close();
  folder.remove();
});

/** @param expiresInSeconds from `NOW_SECONDS`; 0 = never */
function blockThatExpires(text: string, expiresInSeconds: number): Buffer {
  const block = textBlock(text);
  const at = expiresInSeconds === 0 ? 0 : NOW_SECONDS + expiresInSeconds;
  encodeExpiry(at, 0, block, 2);
  return block;
}

async function write(key: string, blocks: readonly [Buffer, Buffer]): Promise<void> {
  const outcomes = await store.write({
    ...table,
    groups: [scores, tags],
    rows: [{ key: [key], blocks }],
    writeTimeMicros: 1,
    deadlineMs: Number.POSITIVE_INFINITY,
  });
  expect(outcomes).toEqual([undefined]);
}

async function isStored(key: string): Promise<boolean[]> {
  const cells = store.read({
    ...table,
    groups: [scores, tags],
    keys: [[key]],
    deadlineMs: Number.POSITIVE_INFINITY,
  });
  return cells.map((cell) => cell !== undefined);
}

test("expired groups are dropped, and rows of nothing else", async () => {
  await write("mixed", [blockThatExpires("a", -1), blockThatExpires("b", 0)]);
  await write("expired", [blockThatExpires("a", -1), blockThatExpires("b", -100)]);
  await write("live", [blockThatExpires("a", 1), blockThatExpires("b", 0)]);
  expect(await store.sweep(NOW_SECONDS * 1000, 100)).toEqual({
    scannedRows: 3,
    droppedGroups: 3,
    droppedRows: 1,
    damagedRows: 0,
    isRoundComplete: true,
  });
  expect(await isStored("mixed")).toEqual([false, true]);
  expect(await isStored("expired")).toEqual([false, false]);
  expect(await isStored("live")).toEqual([true, true]);
});

test("a block is kept through the second it expires at", async () => {
  await write("edge", [blockThatExpires("a", 0), blockThatExpires("b", 10)]);
  const atMs = (NOW_SECONDS + 10) * 1000;
  expect(await store.sweep(atMs, 10)).toMatchObject({ droppedGroups: 0 });
  expect(await store.sweep(atMs + 1, 10)).toMatchObject({ droppedGroups: 1 });
});

test("sweeps look at a bounded number of rows and go on where the last one ended", async () => {
  for (let index = 0; index < 25; index++) {
    await write(`row-${index}`, [blockThatExpires("a", -1), blockThatExpires("b", 0)]);
  }
  const reports = [];
  for (let round = 0; round < 4; round++) reports.push(await store.sweep(NOW_SECONDS * 1000, 10));
  expect(reports.map(({ scannedRows }) => scannedRows)).toEqual([10, 10, 5, 10]);
  expect(reports.map(({ droppedGroups }) => droppedGroups)).toEqual([10, 10, 5, 0]);
  expect(reports.map(({ isRoundComplete }) => isRoundComplete)).toEqual([
    false,
    false,
    true,
    false,
  ]);
});

test("rows with long keys are swept, too", async () => {
  const key = "k".repeat(2000);
  await write(key, [blockThatExpires("a", -1), blockThatExpires("b", 0)]);
  expect(await store.sweep(NOW_SECONDS * 1000, 10)).toMatchObject({ droppedGroups: 1 });
  expect(await isStored(key)).toEqual([false, true]);
});

test("damaged rows and blocks without a header are counted and left alone", async () => {
  const blocks = environment.table("blocks");
  await environment.commit(() => blocks.putSync(Buffer.from("damaged"), Buffer.from("?")), 1);
  await write("short", [Buffer.from("short"), blockThatExpires("b", -1)]);
  await write("good", [blockThatExpires("a", -1), blockThatExpires("b", 0)]);
  expect(await store.sweep(NOW_SECONDS * 1000, 10)).toEqual({
    scannedRows: 3,
    droppedGroups: 1,
    droppedRows: 0,
    damagedRows: 2,
    isRoundComplete: true,
  });
  expect(await isStored("short")).toEqual([true, true]);
});

test("a sweep of a closed folder fails", async () => {
  await environment.close();
  await expect(store.sweep(0, 10)).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("deletes are remembered for ten days, and then go", async () => {
  const groups = [scores, tags];
  const writeAt = async (seconds: number, blocks: readonly Uint8Array[]): Promise<void> => {
    const outcomes = await store.write({
      ...table,
      groups,
      rows: [{ key: ["deleted"], blocks }],
      writeTimeMicros: seconds * 1_000_000,
      deadlineMs: Number.POSITIVE_INFINITY,
    });
    expect(outcomes).toEqual([undefined]);
  };
  const older = [textBlock("a"), textBlock("b")];
  await writeAt(NOW_SECONDS, [DELETED_BLOCK, DELETED_BLOCK]);
  const lastMs = NOW_SECONDS * 1000 + DELETE_MEMORY_MS - 1;
  expect(await store.sweep(lastMs, 100)).toMatchObject({ droppedGroups: 0, droppedRows: 0 });
  await writeAt(NOW_SECONDS - 1, older);
  expect(await isStored("deleted")).toEqual([false, false]);
  expect(await store.sweep(lastMs + 1, 100)).toMatchObject({ droppedGroups: 2, droppedRows: 1 });
  await writeAt(NOW_SECONDS - 1, older);
  expect(await isStored("deleted")).toEqual([true, true]);
});
