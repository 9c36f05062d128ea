import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestPopulator } from "./support/test-populator.ts";
import { TestTable } from "./support/test-table.ts";

/** What people who look at runs are told beyond counts: how far each is, who has which file, which field was wrong. */
const START_TIMEOUT_MS = 60_000;
const LIMIT = { timeout: 120_000 };
const COLUMNS = { user_id: "string", a: "long", b: "long" };

let populator: TestPopulator;
let table: TestTable;

beforeAll(async () => {
  populator = await TestPopulator.start({ POPULATOR_ROWS_PER_SHARD: "4000" });
  table = new TestTable(join(populator.folder, "table"), COLUMNS);
  await table.commit(rows(0, 10_000));
  await table.commit(rows(10_000, 10_001));
}, START_TIMEOUT_MS);

afterAll(() => populator.close(), START_TIMEOUT_MS);

function rows(from: number, to: number): string {
  return `select 'u' || i as user_id, i as a, i * 2 as b from range(${from}, ${to}) t(i)`;
}

function begin(more: object): ReturnType<TestPopulator["call"]> {
  const request = { tableName: "users", path: table.path, entityLabel: "user", ...more };
  return populator.call("POST", "/table/read", request);
}

it("lists parts of files with what is done of them, and how far runs are", LIMIT, async () => {
  await begin({ startVersion: 0, endVersion: 1 });
  await populator.whenState("users", "COMPLETED");
  const { body } = await populator.call("GET", "/table/list");
  expect(body.data).toMatchObject([
    {
      name: "users",
      path: table.path,
      entityLabel: "user",
      mode: "changes",
      follow: "none",
      startVersion: 0,
      currentVersion: 1,
      endVersion: 1,
      fileCount: 1,
      doneShare: 1,
    },
  ]);
  await begin({ startVersion: 0, endVersion: 0 });
  await populator.whenState("users", "COMPLETED");
  const { body: files } = await populator.call("GET", "/table/files?name=users");
  expect(files.data).toMatchObject({ name: "users", version: 0 });
  const counts = files.data.files.map((file: Record<string, unknown>) => [
    file["number"],
    file["state"],
    file["fromRow"],
    file["rowCount"],
    file["doneRowCount"],
    file["sentCount"],
  ]);
  expect(counts).toEqual([
    [0, "COMPLETED", 0, 4_000, 4_000, 4_000],
    [1, "COMPLETED", 4_000, 4_000, 4_000, 4_000],
    [2, "COMPLETED", 8_000, 2_000, 2_000, 2_000],
  ]);
});

it("names the file that failed, and why, before those that wait", LIMIT, async () => {
  populator.sink.beforeProduce = async () => {
    throw new Error("the broker says no");
  };
  await begin({ startVersion: 0, endVersion: 0 });
  const failed = await populator.whenState("users", "FAILED");
  populator.sink.forget();
  expect(failed).toMatchObject({ fileCount: 3, error: expect.stringContaining("says no") });
  expect(failed.doneShare).toBeLessThan(1);
  const { body } = await populator.call("GET", "/table/files?name=users&limit=1");
  expect(body.data.files).toHaveLength(1);
  expect(body.data.files[0]).toMatchObject({
    state: "FAILED",
    path: expect.stringMatching(/\.parquet$/),
    error: expect.stringContaining("the broker says no"),
  });
});

it.each(["0", "1001", "-1", "many"])("refuses a limit of %s", async (limit) => {
  const { status, body } = await populator.call("GET", `/table/files?name=users&limit=${limit}`);
  expect([status, body.error.message]).toEqual([
    400,
    `query parameter limit must be from 1 to 1000, not ${limit}`,
  ]);
});

it("says which fields of a body are at fault", async () => {
  const { status, body } = await begin({ startVersion: -1, filter: [{ column: "a" }] });
  expect(status).toBe(400);
  const fields = body.error.fields.map(({ field }: { field: string }) => field);
  expect(fields).toEqual(expect.arrayContaining(["startVersion", "filter.0.operator"]));
  expect(body.error.message).toContain("startVersion: ");
});
