import {
  type EmbeddedEnvironment,
  EmbeddedRowStore,
  EmbeddedRowSweeper,
  EmbeddedRowTables,
  openEmbeddedEnvironment,
} from "@ofs/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { T0, TestTable, upsert } from "../../rows/contract-tables.ts";
import { int, text } from "../../rows/sample-values.ts";
import { type TemporaryFolder, temporaryFolder } from "../temporary-folder.ts";

const START_MS = 1_800_000_000_000;
const TTL_SECONDS = 60;
const EXPIRED_MS = START_MS + TTL_SECONDS * 1000;
const GRACE_MS = 10 * 24 * 3600 * 1000;

let folder: TemporaryFolder;
let environment: EmbeddedEnvironment;
let store: EmbeddedRowStore;
let tables: EmbeddedRowTables;
let table: TestTable;
let nowMs: number;

beforeEach(async () => {
  folder = temporaryFolder();
  environment = openEmbeddedEnvironment(folder.path);
  nowMs = START_MS;
  store = new EmbeddedRowStore({ environment, tenant: "t", now: () => nowMs });
  tables = new EmbeddedRowTables({ environment, tenant: "t" });
  const keys = [
    { name: "k", type: "TEXT" },
    { name: "c", type: "INT" },
  ] as const;
  table = new TestTable("events", keys, [
    { name: "v", type: "TEXT" },
    { name: "w", type: "TEXT" },
  ]);
  await tables.ensure(table, table.columns, TTL_SECONDS);
});

afterEach(async () => {
  await environment.close();
  folder.remove();
});

const K = text("k");

async function write(from: number, to: number, names: readonly string[], time = T0): Promise<void> {
  const rows = Array.from({ length: to - from }, (_, index) =>
    upsert(
      [K, int(from + index)],
      names.map(() => text("value".repeat(50))),
      time,
    ),
  );
  await table.write(store, names, rows);
}

test("nothing is dropped before it has expired", async () => {
  await write(0, 10, ["v", "w"]);
  const report = await new EmbeddedRowSweeper(environment).sweep(EXPIRED_MS - 1000, 100);
  expect(report).toEqual({
    scannedRows: 10,
    trimmedRows: 0,
    droppedRows: 0,
    damagedRows: 0,
    isRoundComplete: true,
  });
  expect(await table.scan(store, ["v"], [K])).toHaveLength(10);
});

test("values that have expired go at once, their times after ten days, what lives stays", async () => {
  await write(0, 3, ["v", "w"]);
  await tables.setTtl(table.name, 0);
  await write(1, 2, ["w"], T0 + 1);
  const sweeper = new EmbeddedRowSweeper(environment);
  nowMs = EXPIRED_MS;
  expect(await sweeper.sweep(nowMs, 100)).toMatchObject({
    scannedRows: 3,
    trimmedRows: 3,
    droppedRows: 0,
  });
  expect(await sweeper.sweep(nowMs, 100)).toMatchObject({
    scannedRows: 3,
    trimmedRows: 0,
    droppedRows: 0,
  });
  expect(await table.scan(store, ["c", "v"], [K])).toEqual([[int(1), null]]);
  // Their times are still known.
  await write(0, 3, ["v"], T0 - 1);
  expect(await table.scan(store, ["c", "v"], [K])).toEqual([[int(1), null]]);

  nowMs = EXPIRED_MS + GRACE_MS;
  expect(await sweeper.sweep(nowMs, 100)).toMatchObject({
    scannedRows: 3,
    trimmedRows: 1,
    droppedRows: 2,
  });
  expect(await sweeper.sweep(nowMs, 100)).toMatchObject({
    scannedRows: 1,
    trimmedRows: 0,
    droppedRows: 0,
  });
  await write(0, 2, ["v"], T0 - 1);
  expect((await table.scan(store, ["c"], [K])).flat()).toEqual([int(0), int(1)]);
});

test("a round goes on where the last sweep ended", async () => {
  await write(0, 25, ["v"]);
  const sweeper = new EmbeddedRowSweeper(environment);
  const reports = [];
  for (let count = 0; count < 4; count++)
    reports.push(await sweeper.sweep(EXPIRED_MS + GRACE_MS, 10));
  expect(reports.map(({ droppedRows, isRoundComplete }) => [droppedRows, isRoundComplete])).toEqual(
    [
      [10, false],
      [10, false],
      [5, true],
      [0, true],
    ],
  );
});

test("damaged rows are counted and left", async () => {
  await write(0, 2, ["v"]);
  await environment.commit(() => {
    const rows = environment.table("rows");
    const [first] = [...rows.getRange({ limit: 1 })];
    if (first === undefined) throw new Error("no row was written");
    rows.putSync(first.key, first.value.subarray(0, first.value.length - 3));
  }, 0);
  const report = await new EmbeddedRowSweeper(environment).sweep(EXPIRED_MS + GRACE_MS, 100);
  expect(report).toMatchObject({ scannedRows: 2, droppedRows: 1, damagedRows: 1 });
});
