import {
  connectScylla,
  type RowColumn,
  type RowTable,
  ScyllaRowStore,
  ScyllaRowTables,
} from "@ofs/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { uniqueName } from "../../fixtures.ts";
import { codesOf, TestTable, upsert } from "../../rows/contract-tables.ts";
import { int, text } from "../../rows/sample-values.ts";
import { openTestKeyspace, type TestKeyspace } from "../scylla-fixtures.ts";

const ID: RowColumn = { name: "id", type: "INT" };

let keyspace: TestKeyspace;
let tables: ScyllaRowTables;

beforeAll(async () => {
  keyspace = await openTestKeyspace();
  tables = new ScyllaRowTables(keyspace.connection);
});

afterAll(async () => {
  await keyspace.drop();
});

/** Makes a table as somebody else would. */
async function create(columns: string, options = ""): Promise<RowTable> {
  const { client, keyspace: keyspaceName } = keyspace.connection;
  const name = uniqueName("theirs");
  await client.execute(`CREATE TABLE ${keyspaceName}.${name} (${columns}) ${options}`);
  return { name, keys: [ID] };
}

test("a table of somebody else is taken over as it is", async () => {
  const table = await create(
    "ID int, Season bigint, wins varint, tags list<text>, fg__v1__Score decimal, PRIMARY KEY (ID, Season)",
    "WITH default_time_to_live = 86400",
  );
  const described = await tables.describe(table.name.toUpperCase());
  expect(described).toEqual({
    name: table.name,
    keys: [ID, { name: "season", type: "BIGINT" }],
    columns: [
      { name: "fg__v1__score", type: "DECIMAL" },
      { name: "wins", type: "VARINT" },
    ],
    ttlSeconds: 86_400,
  });
});

test("columns of types that the dialect lacks are in nobody's way, but their names are taken", async () => {
  const table = await create("id int PRIMARY KEY, tags list<text>, born date");
  await tables.ensure(table, [{ name: "v", type: "TEXT" }], 0);
  expect((await tables.describe(table.name))?.columns).toEqual([{ name: "v", type: "TEXT" }]);
  await expect(
    tables.ensure(table, [{ name: "born", type: "TIMESTAMP" }], 0),
  ).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: expect.stringContaining("column born is of type date, not timestamp"),
  });
});

test.each([
  [
    "id int, c int, v int, PRIMARY KEY ((id, c))",
    "",
    "its partition key is of several columns (id, c)",
  ],
  [
    "id int, c int, PRIMARY KEY (id, c)",
    "WITH CLUSTERING ORDER BY (c DESC)",
    "key c is in descending order",
  ],
])("a table with %s %s is none of the dialect's", async (columns, options, message) => {
  const table = await create(columns, options);
  const refusal = { code: "FAILED_PRECONDITION", message: expect.stringContaining(message) };
  await expect(tables.describe(table.name)).rejects.toMatchObject(refusal);
  await expect(tables.ensure(table, [], 0)).rejects.toMatchObject(refusal);
});

test("a static column and a key of another type are refused", async () => {
  const table = await create("id int, c date, v int static, PRIMARY KEY (id, c)");
  await expect(tables.describe(table.name)).rejects.toMatchObject({
    message: expect.stringContaining("key c is of type date"),
  });
  const other = await create("id int, c int, v int static, PRIMARY KEY (id, c)");
  const keys = [ID, { name: "c", type: "INT" }] as const;
  await expect(
    tables.ensure({ ...other, keys }, [{ name: "v", type: "INT" }], 0),
  ).rejects.toMatchObject({
    message: expect.stringContaining("column v is of type static int, not int"),
  });
});

test("a batch with a row that the server refuses fails that row only", async () => {
  const store = new ScyllaRowStore({ connection: keyspace.connection });
  const keys = [ID, { name: "c", type: "INT" }] as const;
  const table = new TestTable(uniqueName("rows"), keys, [{ name: "v", type: "INT" }]);
  await tables.ensure(table, table.columns, 0);
  const rows = [int(1), Buffer.alloc(3), int(3)].map((value, index) =>
    upsert([int(0), int(index)], [value]),
  );
  const outcomes = await table.write(store, ["v"], rows);
  expect(codesOf(outcomes)).toEqual([undefined, "FAILED_PRECONDITION", undefined]);
  expect(await table.scan(store, ["c", "v"], [int(0)])).toEqual([
    [int(0), int(1)],
    [int(2), int(3)],
  ]);
});

test("more shapes than the driver keeps prepared are no obstacle", async () => {
  const connection = await connectScylla({ ...keyspace.options, maxPreparedStatements: 3 });
  const store = new ScyllaRowStore({ connection });
  const names = Array.from({ length: 12 }, (_, index) => `c${index}`);
  const columns = names.map((name): RowColumn => ({ name, type: "TEXT" }));
  const table = new TestTable(uniqueName("rows"), [ID], columns);
  await tables.ensure(table, columns, 0);
  for (let round = 0; round < 3; round++) {
    const outcomes = await Promise.all(
      names.map((name) =>
        table.write(store, [name], [upsert([int(1)], [text(`${name} ${round}`)], round)]),
      ),
    );
    expect(outcomes.flat()).toEqual(names.map(() => undefined));
    const found = await Promise.all(names.map((name) => table.read(store, [name], [[int(1)]])));
    expect(found).toEqual(names.map((name) => [[text(`${name} ${round}`)]]));
  }
  await store.close();
});
