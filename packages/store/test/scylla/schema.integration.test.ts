import type { FeatureGroup } from "@ofs/registry";
import { type BlockTable, connectScylla, ensureKeyspace, ScyllaBlockStore } from "@ofs/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { entity, featureGroup, storeDefinition, uniqueName } from "../fixtures.ts";
import { openTestKeyspace, type TestKeyspace } from "./scylla-fixtures.ts";

let keyspace: TestKeyspace;
let store: ScyllaBlockStore;

beforeAll(async () => {
  keyspace = await openTestKeyspace();
  store = new ScyllaBlockStore({ connection: keyspace.connection });
});

afterAll(async () => {
  await keyspace.drop();
});

function tableOf(keys: readonly string[], ttlSeconds = 0, name = uniqueName("t")): BlockTable {
  return {
    entity: entity("user", keys, []),
    store: storeDefinition({ dbType: "scylla", table: name, tableTtlSeconds: ttlSeconds }),
  };
}

function groupOf(id: number, columns: readonly string[]): FeatureGroup {
  return featureGroup({ label: `g${id}`, id, columns });
}

/** `name kind type` of each column. */
async function columnsOf(table: BlockTable): Promise<string[]> {
  const { client, keyspace: name } = keyspace.connection;
  const { rows } = await client.execute(
    "SELECT column_name, kind, position, type FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?",
    [name, table.store.table],
    { prepare: true },
  );
  return rows.map((row) => row.values().join(" ")).sort();
}

async function create(table: BlockTable, columns: string): Promise<void> {
  const { client, keyspace: name } = keyspace.connection;
  await client.execute(`CREATE TABLE ${name}.${table.store.table} (${columns})`);
}

test("a table has all keys in its partition key, the groups' columns and the store's TTL", async () => {
  const table = tableOf(["user_id", "item_id"], 3600);
  await store.prepare(table, [groupOf(0, ["seg_0", "seg_1"]), groupOf(1, ["seg_10"])]);
  expect(await columnsOf(table)).toEqual([
    "item_id partition_key 1 text",
    "seg_0 regular -1 blob",
    "seg_1 regular -1 blob",
    "seg_10 regular -1 blob",
    "user_id partition_key 0 text",
  ]);
  const { client, keyspace: name } = keyspace.connection;
  const { rows } = await client.execute(
    "SELECT default_time_to_live FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?",
    [name, table.store.table],
    { prepare: true },
  );
  expect(rows[0]?.values()).toEqual([3600]);
});

test("a table made by the control plane, with its key only, gets the columns it lacks", async () => {
  const table = tableOf(["user_id"]);
  await create(table, "user_id text, seg_0 blob, PRIMARY KEY (user_id)");
  await store.prepare(table, [groupOf(0, ["seg_0", "seg_1"]), groupOf(1, ["seg_2"])]);
  expect(await columnsOf(table)).toEqual([
    "seg_0 regular -1 blob",
    "seg_1 regular -1 blob",
    "seg_2 regular -1 blob",
    "user_id partition_key 0 text",
  ]);
});

test("connections that add different columns at once all succeed", async () => {
  const table = tableOf(["user_id"]);
  await store.prepare(table, [groupOf(0, ["seg_0"])]);
  const connections = await Promise.all([1, 2, 3].map(() => connectScylla(keyspace.options)));
  await Promise.all(
    connections.map((connection, index) =>
      new ScyllaBlockStore({ connection }).prepare(table, [
        groupOf(0, ["seg_0", "shared_1", "shared_2", `own_${index}`]),
      ]),
    ),
  );
  expect((await columnsOf(table)).map((column) => column.split(" ")[0])).toEqual([
    ...["own_0", "own_1", "own_2", "seg_0", "shared_1", "shared_2", "user_id"],
  ]);
  await Promise.all(connections.map((connection) => connection.close()));
});

test.each([
  ["user_id text, item_id text, PRIMARY KEY (user_id, item_id)", "(user_id text)"],
  ["user_id text, item_id text, PRIMARY KEY ((item_id, user_id))", "(item_id text, user_id text)"],
  ["user_id int, item_id text, PRIMARY KEY ((user_id, item_id))", "(user_id int, item_id text)"],
])("a table of other keys is refused: %s", async (columns, found) => {
  const table = tableOf(["user_id", "item_id"]);
  await create(table, columns);
  await expect(store.prepare(table, [groupOf(0, ["seg_0"])])).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: `scylla store 1, table ${table.store.table}: its partition key is ${found}, the entity's (user_id text, item_id text)`,
  });
});

test("a column of another type is refused", async () => {
  const table = tableOf(["user_id"]);
  await create(table, "user_id text PRIMARY KEY, seg_0 text");
  await expect(store.prepare(table, [groupOf(0, ["seg_0"])])).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: `scylla store 1, table ${table.store.table}: column seg_0 is of type text, not blob`,
  });
});

test("what the server refuses is told as it says it", async () => {
  const table = tableOf(["user_id"], 0, `t_${"x".repeat(300)}`);
  await expect(store.prepare(table, [groupOf(0, ["seg_0"])])).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: expect.stringContaining(`table ${table.store.table}: `),
  });
});

test("a keyspace is made once, in either form of replication", async () => {
  const { client, localDatacenter } = keyspace.connection;
  for (const replication of [{ factor: 1 }, { factors: { [localDatacenter]: 1 } }]) {
    const options = { ...keyspace.options, keyspace: uniqueName("ofs_test") };
    await ensureKeyspace(options, replication);
    await ensureKeyspace(options, replication);
    const { rows } = await client.execute(
      "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?",
      [options.keyspace],
      { prepare: true },
    );
    expect(Object.values(rows[0]?.get("replication"))).toContain("1");
    await client.execute(`DROP KEYSPACE ${options.keyspace}`);
  }
});

test.each([
  ["a name that CQL does not take", { keyspace: "a b" }, { factor: 1 }, "INVALID_ARGUMENT"],
  ["no copies", { keyspace: "ofs_none" }, { factor: 0 }, "INVALID_ARGUMENT"],
  [
    "an unknown data centre",
    { keyspace: "ofs_x" },
    { factors: { "no'where": 1 } },
    "FAILED_PRECONDITION",
  ],
])("a keyspace with %s is refused", async (_, options, replication, code) => {
  const refused = ensureKeyspace({ ...keyspace.options, ...options }, replication);
  await expect(refused).rejects.toMatchObject({ code });
});
