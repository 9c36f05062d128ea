import { connectScylla, type ScyllaTablePlan, ScyllaTables } from "@ofs/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { uniqueName } from "../fixtures.ts";
import { openTestKeyspace, type TestKeyspace } from "./scylla-fixtures.ts";

let keyspace: TestKeyspace;
let tables: ScyllaTables;

beforeAll(async () => {
  keyspace = await openTestKeyspace();
  tables = new ScyllaTables(keyspace.connection);
});

afterAll(async () => {
  await keyspace.drop();
});

function planOf(changes: Partial<ScyllaTablePlan> = {}): ScyllaTablePlan {
  return {
    table: uniqueName("t"),
    primaryKeys: ["user_id"],
    columns: [],
    ttlSeconds: 0,
    mayHoldMore: false,
    ...changes,
  };
}

async function create(table: string, columns: string): Promise<void> {
  const { client, keyspace: name } = keyspace.connection;
  await client.execute(`CREATE TABLE ${name}.${table} (${columns})`);
}

async function ttlOf(table: string): Promise<unknown> {
  const { client, keyspace: name } = keyspace.connection;
  const { rows } = await client.execute(
    "SELECT default_time_to_live FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?",
    [name, table],
    { prepare: true },
  );
  return rows[0]?.values()[0];
}

test("a table is made with its keys and TTL, and again without any change", async () => {
  const plan = planOf({ primaryKeys: ["user_id", "item_id"], ttlSeconds: 3600 });
  expect(await tables.describe(plan.table)).toBeUndefined();
  await tables.make(plan);
  await tables.make({ ...plan, ttlSeconds: 60 });
  expect(await tables.describe(plan.table)).toEqual({
    primaryKeys: ["user_id", "item_id"],
    columns: new Map(),
  });
  expect(await ttlOf(plan.table)).toBe(3600);
});

test("columns are added, names that are CQL's own words too, whatever their case", async () => {
  const plan = planOf({ primaryKeys: ["Select"], mayHoldMore: true });
  await tables.make(plan);
  await tables.make({ ...plan, columns: ["seg_0", "From"] });
  await tables.make({ ...plan, table: plan.table.toUpperCase(), columns: ["seg_1"] });
  expect(await tables.describe(plan.table)).toEqual({
    primaryKeys: ["select"],
    columns: new Map([
      ["from", "blob"],
      ["seg_0", "blob"],
      ["seg_1", "blob"],
    ]),
  });
});

test("a table that was made by others counts as long as its keys are the same", async () => {
  const plan = planOf();
  await create(plan.table, "user_id text PRIMARY KEY, note text");
  await expect(tables.make(plan)).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: expect.stringMatching(
      /table ofs_test\w+\.t\w+: it is there already, with a column note/,
    ),
  });
  await tables.make({ ...plan, mayHoldMore: true });
  expect((await tables.describe(plan.table))?.columns).toEqual(new Map([["note", "text"]]));
});

test.each([
  ["item_id text PRIMARY KEY", "its partition key is (item_id text), the store's (user_id text)"],
  ["user_id int PRIMARY KEY", "its partition key is (user_id int), the store's (user_id text)"],
  [
    "user_id text, day text, PRIMARY KEY (user_id, day)",
    "column day is a clustering key, and no such key is expected",
  ],
])("a table of other keys is refused: %s", async (columns, message) => {
  const plan = planOf({ mayHoldMore: true });
  await create(plan.table, columns);
  await expect(tables.make(plan)).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: expect.stringContaining(message),
  });
});

test("a column of another type is refused", async () => {
  const plan = planOf({ columns: ["seg_0"], mayHoldMore: true });
  await create(plan.table, "user_id text PRIMARY KEY, seg_0 text");
  await expect(tables.make(plan)).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: expect.stringContaining("column seg_0 is of type text, not blob"),
  });
});

test.each([
  [{ table: 't" (x int)--' }, 'table "t\\" (x int)--"'],
  [{ primaryKeys: ["a b"] }, 'key column "a b"'],
  [{ primaryKeys: [] }, "no key column"],
  [{ columns: ["seg;0"] }, 'column "seg;0"'],
  [{ columns: ["user_id"] }, "column user_id is named twice"],
  [{ ttlSeconds: -1 }, "a TTL of -1 s"],
])("%j is refused before anything is sent", async (changes, message) => {
  await expect(tables.make(planOf(changes))).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining(message),
  });
});

test("several that make the same table at once all succeed, and a refusal stops nobody", async () => {
  const plan = planOf({ columns: ["seg_0"], mayHoldMore: true });
  const connections = await Promise.all([1, 2].map(() => connectScylla(keyspace.options)));
  const others = connections.map((connection) => new ScyllaTables(connection));
  const refused = tables.make({ ...plan, primaryKeys: [] });
  await expect(refused).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await Promise.all(
    [tables, ...others].flatMap((each, index) => [
      each.make(plan),
      each.make({ ...plan, columns: [`own_${index}`] }),
    ]),
  );
  const { columns } = (await tables.describe(plan.table)) ?? { columns: new Map() };
  expect([...columns.keys()]).toEqual(["own_0", "own_1", "own_2", "seg_0"]);
  await Promise.all(connections.map((connection) => connection.close()));
  await expect(others[0]?.make(plan)).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
