import { rmSync } from "node:fs";
import { join } from "node:path";
import { SinkError } from "@ofs/ingest";
import { decodePersistQuery } from "@ofs/proto";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { headerText } from "./support/memory-sink.ts";
import { TestPopulator } from "./support/test-populator.ts";
import { TestTable } from "./support/test-table.ts";

/** Rows that versions take away, from tables on disk to messages in memory. */
const COLUMNS = { user_id: "string", a: "long", b: "long" };
const START_TIMEOUT_MS = 60_000;
const TEST_TIMEOUT_MS = 120_000;
const BATCH_KEYS = 2_000;

let populator: TestPopulator;
let table: TestTable;
let tableCount = 0;

beforeAll(async () => {
  populator = await TestPopulator.start();
}, START_TIMEOUT_MS);

afterAll(() => populator.close(), START_TIMEOUT_MS);

afterEach(async () => {
  await populator.call("DELETE", "/table?name=users");
  populator.sink.forget();
});

function rows(from: number, to: number): string {
  return `select 'u' || i as user_id, i as a, i * 2 as b from range(${from}, ${to}) t(i)`;
}

function newTable(): TestTable {
  tableCount += 1;
  return new TestTable(join(populator.folder, `deletes-${tableCount}`), COLUMNS);
}

function read(more: object = {}) {
  const range = { startVersion: 1, endVersion: 1 };
  const what = { tableName: "users", path: table.path, entityLabel: "user", deletes: "tombstone" };
  return populator.call("POST", "/table/read", { ...what, ...range, ...more });
}

/** Keys by what is done to them, with the time and groups of the deletes. */
function sent() {
  const written: string[] = [];
  const deleted: string[] = [];
  const groups = new Set<string>();
  for (const record of populator.sink.records) {
    const { data, featureGroups } = decodePersistQuery(record.value as Uint8Array);
    const isDelete = headerText(record, "operation") === "delete";
    const keys = data.map(({ keyValues }) => keyValues[0] as string);
    (isDelete ? deleted : written).push(...keys);
    if (!isDelete) continue;
    for (const { label } of featureGroups) groups.add(label);
    expect(Number(headerText(record, "write-time"))).toBeGreaterThan(0);
    expect(data.every(({ featureValues }) => featureValues.length === 0)).toBe(true);
  }
  return { written: written.sort(), deleted: deleted.sort(), groups: [...groups] };
}

it(
  "sends deletes for keys that are gone, and writes for those that were written again",
  async () => {
    table = newTable();
    await table.commit(
      rows(0, 10),
      "select null::varchar as user_id, 1::bigint as a, 1::bigint as b",
    );
    await table.replace(rows(5, 12));
    expect((await read()).body.data).toMatchObject({ deletes: "tombstone" });
    const done = await populator.whenState("users", "COMPLETED");
    expect(done).toMatchObject({
      sentCount: 7,
      deletedCount: 5,
      rejectedCount: 0,
      ignoredDeleteFileCount: 0,
    });
    expect(sent()).toEqual({
      written: ["u10", "u11", "u5", "u6", "u7", "u8", "u9"],
      deleted: ["u0", "u1", "u2", "u3", "u4"],
      groups: ["numbers"],
    });
    const times = populator.sink.records.map((record) => headerText(record, "write-time"));
    expect(new Set(times).size).toBe(1);
  },
  TEST_TIMEOUT_MS,
);

it(
  "counts files with deletes and sends none unless asked to",
  async () => {
    table = newTable();
    await table.commit(rows(0, 10));
    await table.replace(rows(5, 10));
    await read({ deletes: undefined });
    const done = await populator.whenState("users", "COMPLETED");
    expect(done).toMatchObject({ sentCount: 5, deletedCount: 0, ignoredDeleteFileCount: 1 });
    expect(sent().deleted).toEqual([]);
  },
  TEST_TIMEOUT_MS,
);

it(
  "deletes what leaves the rows that the filter selects",
  async () => {
    table = newTable();
    await table.commit(rows(0, 4));
    await table.replace("select 'u' || i as user_id, i * 10 as a, i as b from range(1, 4) t(i)");
    await read({ filter: [{ column: "a", operator: "<", value: "15" }] });
    await populator.whenState("users", "COMPLETED");
    expect(sent()).toMatchObject({ written: ["u1"], deleted: ["u0", "u2", "u3"] });
  },
  TEST_TIMEOUT_MS,
);

it(
  "goes on after the last batch of deletes that was noted, and counts each once",
  async () => {
    table = newTable();
    await table.commit(rows(0, 2 * BATCH_KEYS + 100));
    await table.replace();
    let batchCount = 0;
    populator.sink.beforeProduce = () => {
      batchCount += 1;
      if (batchCount === 1) return Promise.resolve();
      // The log took the batch, and the answer was lost.
      const [first] = populator.sink.records;
      if (batchCount === 2 && first !== undefined) populator.sink.records.push(first);
      const isAway = batchCount < 4;
      return isAway ? Promise.reject(new SinkError("UNAVAILABLE", "away")) : Promise.resolve();
    };
    await read();
    const done = await populator.whenState("users", "COMPLETED");
    expect(done).toMatchObject({ sentCount: 0, deletedCount: 2 * BATCH_KEYS + 100 });
    expect(new Set(sent().deleted).size).toBe(2 * BATCH_KEYS + 100);
    const metrics = (await populator.call("GET", "/metrics")).body as string;
    expect(metrics).toMatch(/ofs_populator_deletes_total\{.*table_name="users".*\} 4/);
  },
  TEST_TIMEOUT_MS,
);

it(
  "fails, naming file and version, where a removed file is not there any more",
  async () => {
    table = newTable();
    await table.commit(rows(0, 10));
    const [gone = ""] = await table.replace(rows(5, 10));
    rmSync(gone);
    await read();
    const failed = await populator.whenState("users", "FAILED");
    expect(failed.error).toMatch(
      /^version 1: 1 files failed: .*: version 1 took rows of file part-.*parquet away, .* with deletes report none are sent$/,
    );
    await read({ deletes: "report" });
    await populator.whenState("users", "COMPLETED");
  },
  TEST_TIMEOUT_MS,
);

it("refuses deletes where nothing tells of them", async () => {
  table = newTable();
  await table.commit(rows(0, 1));
  const none = { startVersion: undefined, endVersion: undefined };
  expect(await read({ mode: "snapshot", ...none })).toMatchObject({
    status: 400,
    body: {
      error: { message: expect.stringMatching(/^deletes tombstone .* a snapshot does not/) },
    },
  });
  expect(await read({ deletes: "forget" })).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringMatching(/^deletes: .*report.*tombstone/) } },
  });
});
