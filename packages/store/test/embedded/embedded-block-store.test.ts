import { EmbeddedBlockStore, type EmbeddedEnvironment, openEmbeddedEnvironment } from "@ofs/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { entity, featureGroup, storeDefinition, textBlock } from "../fixtures.ts";
import { type TemporaryFolder, temporaryFolder } from "./temporary-folder.ts";

const scores = featureGroup({ label: "scores", id: 1 });
const tags = featureGroup({ label: "tags", id: 2 });
const pairs = {
  entity: entity("pair", ["left", "right"], [scores, tags]),
  store: storeDefinition({ table: "pairs" }),
};
const noDeadline = { deadlineMs: Number.POSITIVE_INFINITY };

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

function write(key: readonly string[], blocks: readonly Uint8Array[], time = 1) {
  const groups = [scores, tags].slice(0, blocks.length);
  const rows = [{ key, blocks }];
  return store.write({ ...pairs, ...noDeadline, groups, rows, writeTimeMicros: time });
}

function read(keys: readonly (readonly string[])[]) {
  return store.read({ ...pairs, ...noDeadline, groups: [scores], keys });
}

test("key parts are told apart wherever a separator could be", async () => {
  const keys = [
    ["a|b", "c"],
    ["a", "b|c"],
    ["", "a|b|c"],
    ["a|b|c", ""],
  ];
  for (const key of keys) await write(key, [textBlock(key.join(" + "))]);
  const cells = read(keys);
  expect(
    cells.map((cell) =>
      Buffer.from(cell as Uint8Array)
        .subarray(9)
        .toString(),
    ),
  ).toEqual(keys.map((key) => key.join(" + ")));
});

test("entities and tables of one folder do not share rows", async () => {
  await write(["a", "b"], [textBlock("pair")]);
  const elsewhere = [
    { ...pairs, entity: entity("other", ["left", "right"], [scores]) },
    { ...pairs, store: storeDefinition({ table: "other" }) },
  ];
  for (const table of elsewhere) {
    const cells = store.read({
      ...table,
      ...noDeadline,
      groups: [scores],
      keys: [["a", "b"]],
    });
    expect(cells).toEqual([undefined]);
  }
});

test("an empty block erases: nothing is stored, and older writes stay out", async () => {
  await write(["a", "b"], [textBlock("x"), textBlock("y")], 1);
  await write(["a", "b"], [new Uint8Array(0)], 3);
  await write(["a", "b"], [textBlock("late")], 2);
  const cells = store.read({
    ...pairs,
    ...noDeadline,
    groups: [scores, tags],
    keys: [["a", "b"]],
  });
  expect(cells.map((cell) => cell !== undefined)).toEqual([false, true]);
});

test("keys longer than the database takes are stored by their hash", async () => {
  const keys = [1978, 1979, 5000, 60_000].map((size) => ["k".repeat(size), "x"]);
  for (const key of keys) await write(key, [textBlock(String(key[0]?.length))]);
  const cells = read([...keys, ["k".repeat(1977), "x"]]);
  expect(
    cells.map(
      (cell) =>
        cell &&
        Buffer.from(cell as Uint8Array)
          .subarray(9)
          .toString(),
    ),
  ).toEqual(["1978", "1979", "5000", "60000", undefined]);
});

test("a damaged row fails in its own cells only", async () => {
  await write(["a", "1"], [textBlock("good")]);
  await write(["a", "2"], [textBlock("bad")]);
  const blocks = environment.table("blocks");
  const keys = [...blocks.getKeys()];
  await environment.commit(() => blocks.putSync(keys[1] as Uint8Array, Buffer.of(77, 1, 2, 3)), 1);
  const cells = read([
    ["a", "1"],
    ["a", "2"],
  ]);
  expect(cells[0]).toBeInstanceOf(Uint8Array);
  expect(cells[1]).toMatchObject({
    code: "INTERNAL",
    message: expect.stringContaining("record format 77, not 1"),
  });
});

test("a damaged row cannot be written over by a merge, and says so", async () => {
  await write(["a", "1"], [textBlock("x")]);
  const blocks = environment.table("blocks");
  const [key] = [...blocks.getKeys()];
  await environment.commit(() => blocks.putSync(key as Uint8Array, Buffer.of(77, 1, 2, 3)), 1);
  expect(await write(["a", "1"], [textBlock("y")])).toMatchObject([{ code: "INTERNAL" }]);
  expect(await write(["a", "2"], [textBlock("y")])).toEqual([undefined]);
});

test("a store that is only read refuses writes in their outcomes", async () => {
  await write(["a", "b"], [textBlock("x")]);
  const reading = openEmbeddedEnvironment(folder.path, { readOnly: true });
  const reader = new EmbeddedBlockStore(reading);
  const request = { ...pairs, ...noDeadline, groups: [scores] };
  expect(reader.read({ ...request, keys: [["a", "b"]] })).toEqual([new Uint8Array(textBlock("x"))]);
  const rows = [{ key: ["a", "b"], blocks: [textBlock("y")] }];
  const outcomes = await reader.write({ ...request, rows, writeTimeMicros: 2 });
  expect(outcomes).toMatchObject([{ code: "FAILED_PRECONDITION" }]);
  await reading.close();
});

test("a write of more rows than one commit takes is acknowledged as a whole", async () => {
  const rows = Array.from({ length: 1201 }, (_, index) => ({
    key: ["many", String(index)],
    blocks: [textBlock(String(index))],
  }));
  const request = { ...pairs, ...noDeadline, groups: [scores] };
  const outcomes = await store.write({ ...request, rows, writeTimeMicros: 1 });
  expect(outcomes).toEqual(Array(1201).fill(undefined));
  const cells = read(rows.map(({ key }) => key));
  expect(cells).toEqual(rows.map(({ blocks }) => new Uint8Array(blocks[0] as Uint8Array)));
});

test("closing the store leaves the folder open for others", async () => {
  await store.close();
  expect(await write(["a", "b"], [textBlock("x")])).toMatchObject([{ code: "UNAVAILABLE" }]);
  const another = new EmbeddedBlockStore(environment);
  await expect(another.ping()).resolves.toBeUndefined();
});
