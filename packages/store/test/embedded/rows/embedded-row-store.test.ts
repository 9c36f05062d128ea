import {
  type EmbeddedEnvironment,
  EmbeddedRowStore,
  EmbeddedRowTables,
  openEmbeddedEnvironment,
} from "@ofs/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { codesOf, TestTable, upsert } from "../../rows/contract-tables.ts";
import { int, text } from "../../rows/sample-values.ts";
import { type TemporaryFolder, temporaryFolder } from "../temporary-folder.ts";

let folder: TemporaryFolder;
let environment: EmbeddedEnvironment;
let store: EmbeddedRowStore;
const table = new TestTable(
  "users",
  [
    { name: "k", type: "TEXT" },
    { name: "c", type: "INT" },
  ],
  [{ name: "v", type: "TEXT" }],
);

beforeEach(async () => {
  folder = temporaryFolder();
  environment = openEmbeddedEnvironment(folder.path);
  store = new EmbeddedRowStore({ environment, tenant: "a" });
  await new EmbeddedRowTables({ environment, tenant: "a" }).ensure(table, table.columns, 0);
});

afterEach(async () => {
  await environment.close();
  folder.remove();
});

const KEY = [text("k"), int(1)];

test("tenants do not see each other's tables and rows", async () => {
  const tables = new EmbeddedRowTables({ environment, tenant: "b" });
  const other = new EmbeddedRowStore({ environment, tenant: "b" });
  await table.write(store, ["v"], [upsert(KEY, [text("of a")])]);
  expect(await tables.describe("users")).toBeUndefined();
  expect(codesOf(await table.read(other, ["v"], [KEY]))).toEqual(["FAILED_PRECONDITION"]);
  await tables.ensure(table, table.columns, 0);
  expect(await table.read(other, ["v"], [KEY])).toEqual([undefined]);
  await table.write(other, ["v"], [upsert(KEY, [text("of b")])]);
  expect(await table.read(store, ["v"], [KEY])).toEqual([[text("of a")]]);
  expect(await table.read(other, ["v"], [KEY])).toEqual([[text("of b")]]);
});

test("rows and tables are there after the folder was opened again", async () => {
  await table.write(store, ["v"], [upsert(KEY, [text("kept")])]);
  await environment.close();
  expect(codesOf(await table.read(store, ["v"], [KEY]))).toEqual(["UNAVAILABLE"]);
  environment = openEmbeddedEnvironment(folder.path);
  const again = new EmbeddedRowStore({ environment, tenant: "a" });
  expect(await table.read(again, ["v"], [KEY])).toEqual([[text("kept")]]);
  expect(
    (await new EmbeddedRowTables({ environment, tenant: "a" }).describe("users"))?.columns,
  ).toEqual(table.columns);
});

test("those who have the folder open see changes of tables by others", async () => {
  const columns = [...table.columns, { name: "w", type: "INT" }] as const;
  const wider = new TestTable("users", table.keys, columns);
  expect(codesOf(await wider.write(store, ["w"], [upsert(KEY, [int(1)])]))).toEqual([
    "FAILED_PRECONDITION",
  ]);
  const elsewhere = openEmbeddedEnvironment(folder.path);
  await new EmbeddedRowTables({ environment: elsewhere, tenant: "a" }).ensure(wider, columns, 0);
  expect(await wider.write(store, ["w"], [upsert(KEY, [int(1)])])).toEqual([undefined]);
  const reader = new EmbeddedRowStore({ environment: elsewhere, tenant: "a" });
  expect(await wider.read(reader, ["w", "v"], [KEY])).toEqual([[int(1), null]]);
  await elsewhere.close();
});

test("a key value that is not of its type fails its own row", async () => {
  const wrong = [text("k"), Buffer.alloc(3)];
  const rows = [upsert(KEY, [text("v")]), upsert(wrong, [text("v")])];
  expect(codesOf(await table.write(store, ["v"], rows))).toEqual([undefined, "INVALID_ARGUMENT"]);
  expect(codesOf(await table.read(store, ["v"], [wrong, KEY]))).toEqual([
    "INVALID_ARGUMENT",
    [text("v")],
  ]);
  await expect(table.scan(store, ["v"], wrong)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

test("columns of other types than the table's are refused", async () => {
  const other = new TestTable("users", table.keys, [{ name: "v", type: "BLOB" }]);
  const [outcome] = await other.write(store, ["v"], [upsert(KEY, [text("v")])]);
  expect(outcome?.message).toContain("column v is of type text, not blob");
  const turned = new TestTable(
    "users",
    [
      { name: "c", type: "INT" },
      { name: "k", type: "TEXT" },
    ],
    table.columns,
  );
  expect(codesOf(await turned.read(store, ["v"], [[int(1)]]))).toEqual(["FAILED_PRECONDITION"]);
});

test("a row past the limit is refused, and what is there stays", async () => {
  await table.write(store, ["v"], [upsert(KEY, [text("v")])]);
  const large = upsert(KEY, [Buffer.alloc(17 * 1024 * 1024)], Date.now() * 1000);
  expect(codesOf(await table.write(store, ["v"], [large]))).toEqual(["INVALID_ARGUMENT"]);
  expect(await table.read(store, ["v"], [KEY])).toEqual([[text("v")]]);
});

test("behind many rows that have expired the first that has not is found", async () => {
  const tables = new EmbeddedRowTables({ environment, tenant: "a" });
  let nowMs = 1_800_000_000_000;
  const timed = new EmbeddedRowStore({ environment, tenant: "a", now: () => nowMs });
  await tables.setTtl("users", 60);
  const rows = Array.from({ length: 3500 }, (_, index) => upsert([text("k"), int(index)], []));
  await table.write(timed, [], rows);
  nowMs += 60_000;
  expect(await table.read(timed, ["c"], [[text("k")], [text("k")]])).toEqual([
    undefined,
    undefined,
  ]);
  await table.write(timed, [], [upsert([text("k"), int(5000)], [])]);
  const abort = new AbortController();
  const limits = { signal: abort.signal };
  expect(await table.read(timed, ["c"], [[text("k")], [text("other")]], limits)).toEqual([
    [int(5000)],
    undefined,
  ]);
  expect(await table.scan(timed, ["c"], [text("k")])).toEqual([[int(5000)]]);
  const read = table.read(timed, ["c"], [[text("k")]], limits);
  abort.abort();
  expect(codesOf(await read)).toEqual(["CANCELLED"]);
});

test("what was given before the folder is closed is written", async () => {
  const write = table.write(store, ["v"], [upsert(KEY, [text("late")])]);
  await store.close();
  await environment.close();
  expect(await write).toEqual([undefined]);
  environment = openEmbeddedEnvironment(folder.path);
  const again = new EmbeddedRowStore({ environment, tenant: "a" });
  expect(await table.read(again, ["v"], [KEY])).toEqual([[text("late")]]);
});

test("a damaged row fails alone, and is not written over", async () => {
  const other = [text("k"), int(2)];
  await table.write(store, ["v"], [upsert(KEY, [text("v")]), upsert(other, [text("v")])]);
  await environment.commit(() => {
    const rows = environment.table("rows");
    const [first] = [...rows.getRange({ limit: 1 })];
    if (first === undefined) throw new Error("no row was written");
    rows.putSync(first.key, first.value.subarray(0, first.value.length - 1));
  }, 0);
  expect(codesOf(await table.read(store, ["v"], [KEY, other]))).toEqual(["INTERNAL", [text("v")]]);
  const writes = [upsert(KEY, [text("w")]), upsert(other, [text("w")])];
  expect(codesOf(await table.write(store, ["v"], writes))).toEqual(["INTERNAL", undefined]);
  await expect(table.scan(store, ["v"], [text("k")])).rejects.toMatchObject({ code: "INTERNAL" });
});
