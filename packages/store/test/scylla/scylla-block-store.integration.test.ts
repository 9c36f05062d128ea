import { FeatureStoreError } from "@ofs/platform";
import type { FeatureGroup } from "@ofs/registry";
import {
  type BlockTable,
  connectScylla,
  type KeyValues,
  type RowOutcome,
  ScyllaBlockStore,
  type StoredCell,
} from "@ofs/store";
import type { types } from "cassandra-driver";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  blockOf,
  entity,
  featureGroup,
  storeDefinition,
  textBlock,
  uniqueName,
} from "../fixtures.ts";
import { openTestKeyspace, type TestKeyspace } from "./scylla-fixtures.ts";

const T0 = 1_750_000_000_000_000;

let keyspace: TestKeyspace;
let store: ScyllaBlockStore;

beforeAll(async () => {
  keyspace = await openTestKeyspace();
  store = new ScyllaBlockStore({ connection: keyspace.connection });
});

afterAll(async () => {
  await keyspace.drop();
});

/** A table that is prepared, with small columns. */
async function preparedTable(
  groups: readonly FeatureGroup[],
  keys: readonly string[] = ["user_id"],
): Promise<BlockTable> {
  const table = {
    entity: entity("user", keys, groups),
    store: storeDefinition({
      dbType: "scylla",
      table: uniqueName("t"),
      primaryKeys: keys,
      maxColumnSizeBytes: 16,
    }),
  };
  await store.prepare(table, groups);
  return table;
}

/** @returns cells with plain bytes: whether they are a Buffer is no matter */
async function read(
  table: BlockTable,
  groups: readonly FeatureGroup[],
  keys: readonly KeyValues[],
  from: ScyllaBlockStore = store,
): Promise<StoredCell[]> {
  const request = { ...table, groups, keys, deadlineMs: Number.POSITIVE_INFINITY };
  const cells = await from.read(request);
  return cells.map((cell) => (cell instanceof Uint8Array ? new Uint8Array(cell) : cell));
}

function write(
  table: BlockTable,
  groups: readonly FeatureGroup[],
  rows: readonly (readonly [key: KeyValues, ...blocks: Uint8Array[]])[],
): Promise<RowOutcome[]> {
  return store.write({
    ...table,
    groups,
    rows: rows.map(([key, ...blocks]) => ({ key, blocks })),
    writeTimeMicros: T0,
    deadlineMs: Number.POSITIVE_INFINITY,
  });
}

async function storedRow(table: BlockTable, columns: string): Promise<types.Row | undefined> {
  const query = `SELECT ${columns} FROM ${keyspace.connection.keyspace}.${table.store.table}`;
  const { rows } = await keyspace.connection.client.execute(query);
  return rows[0];
}

const wide = featureGroup({ label: "wide", id: 0, columns: ["seg_10", "seg_11", "seg_9"] });
const narrow = featureGroup({ label: "narrow", id: 1, columns: ["seg_2"] });

test("pieces lie in the columns sorted as text, spare columns hold empty blobs", async () => {
  const table = await preparedTable([wide]);
  const block = blockOf(20, 7);
  expect(await write(table, [wide], [[["u"], block]])).toEqual([undefined]);
  const row = await storedRow(table, "seg_10, seg_11, seg_9, writetime(seg_10) AS time");
  expect(row?.get("seg_10")).toEqual(block.subarray(0, 16));
  expect(row?.get("seg_11")).toEqual(block.subarray(16));
  expect(row?.get("seg_9")).toEqual(Buffer.alloc(0));
  expect(row?.get("time").toString()).toBe(String(T0));
});

test("rows of another implementation are read: without a write time, with columns left out", async () => {
  const table = await preparedTable([wide, narrow]);
  const { client, keyspace: name } = keyspace.connection;
  const into = `INSERT INTO ${name}.${table.store.table}`;
  const block = blockOf(20, 3);
  await client.execute(`${into} (user_id, seg_10, seg_11) VALUES (?, ?, ?)`, [
    "old",
    block.subarray(0, 16),
    block.subarray(16),
  ]);
  await client.execute(`${into} (user_id, seg_2) VALUES (?, ?)`, ["empty", Buffer.alloc(0)]);
  const cells = await read(table, [wide, narrow], [["old"], ["empty"]]);
  expect(cells).toEqual([new Uint8Array(block), undefined, undefined, undefined]);
});

test("an empty block erases what was stored", async () => {
  const table = await preparedTable([narrow]);
  await write(table, [narrow], [[["u"], textBlock("x")]]);
  const later = { ...table, groups: [narrow], writeTimeMicros: T0 + 1 };
  const rows = [{ key: ["u"], blocks: [new Uint8Array(0)] }];
  expect(await store.write({ ...later, rows, deadlineMs: Infinity })).toEqual([undefined]);
  expect(await read(table, [narrow], [["u"]])).toEqual([undefined]);
});

test("more kinds of statements than are kept prepared are all answered while the schema changes", async () => {
  const groups = Array.from({ length: 8 }, (_, id) =>
    featureGroup({ label: `g${id}`, id, columns: [`seg_${id}`] }),
  );
  const connection = await connectScylla({ ...keyspace.options, maxPreparedStatements: 3 });
  const forgetful = new ScyllaBlockStore({ connection });
  const table = await preparedTable(groups);
  const blocks = groups.map(({ label }) => textBlock(label));
  await write(table, groups, [[["u"], ...blocks]]);
  const name = `${keyspace.connection.keyspace}.${table.store.table}`;
  let isOver = false;
  const readOn = async (start: number): Promise<number> => {
    let count = 0;
    for (let from = start; !isOver; from = (from + 1) % groups.length) {
      const some = [...groups.slice(from), ...groups.slice(0, from)].slice(0, 1 + (count % 8));
      const cells = await read(table, some, [["u"]], forgetful);
      expect(cells).toEqual(some.map(({ label }) => new Uint8Array(textBlock(label))));
      count += 1;
    }
    return count;
  };
  const readers = Array.from({ length: 16 }, (_, index) => readOn(index % groups.length));
  try {
    // Each makes the server forget what it has prepared of the table.
    for (let change = 0; change < 8; change++) {
      await keyspace.connection.client.execute(`ALTER TABLE ${name} ADD more_${change} blob`);
    }
  } finally {
    isOver = true;
    const counts = await Promise.allSettled(readers);
    await forgetful.close();
    expect(counts).toEqual(counts.map(() => ({ status: "fulfilled", value: expect.any(Number) })));
  }
}, 60_000);

test("answers of many pages are read to the end", async () => {
  const connection = await connectScylla({ ...keyspace.options, pageSize: 3 });
  const paged = new ScyllaBlockStore({ connection });
  const table = await preparedTable([narrow]);
  const keys = Array.from({ length: 250 }, (_, index) => [`u${index}`]);
  const blocks = keys.map(([key]) => textBlock(key ?? ""));
  await write(
    table,
    [narrow],
    keys.map((key, index) => [key, blocks[index] as Buffer]),
  );
  const cells = await read(table, [narrow], keys, paged);
  expect(cells).toEqual(blocks.map((block) => new Uint8Array(block)));
  await paged.close();
});

test("names may be reserved words and have capitals", async () => {
  const group = featureGroup({ label: "words", id: 0, columns: ["Select", "order"] });
  const table = await preparedTable([group], ["Token", "from"]);
  const block = blockOf(30, 5);
  expect(await write(table, [group], [[["1", "2"], block]])).toEqual([undefined]);
  expect(await read(table, [group], [["1", "2"]])).toEqual([new Uint8Array(block)]);
});

test("keys that cannot be stored fail their own rows, and have nothing stored", async () => {
  const table = await preparedTable([narrow]);
  const block = textBlock("ok");
  const huge = "k".repeat(70_000);
  const outcomes = await write(
    table,
    [narrow],
    [
      [[""], block],
      [["good"], block],
      [[huge], block],
    ],
  );
  expect(outcomes).toMatchObject([
    { code: "INVALID_ARGUMENT", message: expect.stringContaining("key is empty") },
    undefined,
    { code: "INVALID_ARGUMENT", message: expect.stringContaining("key of 70000 bytes") },
  ]);
  const cells = await read(table, [narrow], [[""], ["good"], [huge]]);
  expect(cells).toEqual([undefined, new Uint8Array(block), undefined]);
});

test("composite keys may have empty parts", async () => {
  const table = await preparedTable([narrow], ["a", "b"]);
  const keys = [
    ["", "x"],
    ["x", ""],
    ["", ""],
  ];
  const rows = keys.map((key) => [key, textBlock(`${key}`)] as const);
  expect(await write(table, [narrow], rows)).toEqual([undefined, undefined, undefined]);
  const cells = await read(table, [narrow], keys);
  expect(cells).toEqual(rows.map(([, block]) => new Uint8Array(block)));
});

test("a missing table fails every cell and row, naming store and table", async () => {
  const table = {
    entity: entity("user", ["user_id"], [narrow]),
    store: storeDefinition({ id: "17", dbType: "scylla", table: uniqueName("absent") }),
  };
  const keys = [["a"], ["b"]];
  const cells = await read(table, [narrow], keys);
  const outcomes = await write(
    table,
    [narrow],
    keys.map((key) => [key, textBlock("x")]),
  );
  for (const outcome of [...cells, ...outcomes]) {
    expect(outcome).toBeInstanceOf(FeatureStoreError);
    expect(outcome).toMatchObject({
      code: "FAILED_PRECONDITION",
      message: expect.stringContaining(`scylla store 17, table ${table.store.table}: `),
    });
  }
  expect([cells.length, outcomes.length]).toEqual([2, 2]);
});

test("a name that CQL does not take fails every cell and row", async () => {
  const table = await preparedTable([narrow]);
  const odd = { ...narrow, columns: ["seg-1"] };
  const refused = [{ code: "INVALID_ARGUMENT", message: expect.stringContaining('"seg-1"') }];
  expect(await read(table, [odd], [["a"]])).toMatchObject(refused);
  expect(await write(table, [odd], [[["a"], textBlock("x")]])).toMatchObject(refused);
  await expect(store.prepare(table, [odd])).rejects.toMatchObject(refused[0] ?? {});
});

test("rows that a batch would not hold are written, too", async () => {
  const large = featureGroup({ label: "large", id: 0, columns: ["seg_0"] });
  const prepared = await preparedTable([large]);
  const table = { ...prepared, store: { ...prepared.store, maxColumnSizeBytes: 200_000 } };
  const sizes = [100, 40_000, 100, 150_000, 20_000, 20_000];
  const rows = sizes.map((size, index) => [[`r${index}`], blockOf(size, index)] as const);
  expect(await write(table, [large], rows)).toEqual(Array(6).fill(undefined));
  const cells = await read(
    table,
    [large],
    rows.map(([key]) => key),
  );
  expect(cells.map((cell) => (cell as Uint8Array).length)).toEqual(sizes);
});
