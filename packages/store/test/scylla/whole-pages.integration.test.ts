import type { types } from "cassandra-driver";
import { afterAll, beforeAll, expect, test } from "vitest";
import { uniqueName } from "../fixtures.ts";
import { openTestKeyspace, type TestKeyspace } from "./scylla-fixtures.ts";

const ROW_COUNT = 250;
const table = uniqueName("t");

let keyspace: TestKeyspace;

beforeAll(async () => {
  keyspace = await openTestKeyspace();
  const { client } = keyspace.connection;
  await client.execute(
    `CREATE TABLE ${table} (part text, place int, body blob, note text, PRIMARY KEY (part, place))`,
  );
  const insert = `INSERT INTO ${table} (part, place, body, note) VALUES (?, ?, ?, ?)`;
  for (let place = 0; place < ROW_COUNT; place++) {
    const body = place % 3 === 0 ? null : Buffer.alloc(place * 7, place);
    const note = place % 4 === 0 ? null : `note ${place}`;
    await client.execute(insert, ["p", place, body, note], { prepare: true });
  }
});

afterAll(async () => {
  await keyspace.drop();
});

/** The driver's own way: row by row, before the frame is whole. */
function streamed(query: string, fetchSize: number): Promise<types.Row[]> {
  const { client } = keyspace.connection;
  return new Promise((resolve, reject) => {
    const rows: types.Row[] = [];
    client.eachRow(
      query,
      [],
      { prepare: true, fetchSize, autoPage: true },
      (_, row) => rows.push(row),
      (error) => (error ? reject(error) : resolve(rows)),
    );
  });
}

test.each([
  ["all rows", "", ROW_COUNT],
  ["one row", "LIMIT 1", 1],
  ["no row", "AND place > 9999", 0],
])("%s of a page are those that the driver gives one by one", async (_, rest, count) => {
  const query = `SELECT part AS "0", place AS "1", body AS "2", note AS "3" FROM ${table} WHERE part = 'p' ${rest}`;
  const result = await keyspace.connection.client.execute(query, [], { prepare: true });
  expect(result.rowLength).toBe(count);
  expect(result.rows).toEqual((await streamed(query, 1000)).map((row) => row.values()));
  expect(result.rows.every(Array.isArray)).toBe(true);
});

test("pages follow one another, with answers to other statements between", async () => {
  const { client } = keyspace.connection;
  const query = `SELECT place AS "0", body AS "1" FROM ${table} WHERE part = 'p'`;
  const cells = (row: types.Row): unknown[] => [0, 1].map((place) => row[place]);
  const all = (await streamed(query, 1000)).map(cells);
  const readPages = async (fetchSize: number): Promise<types.Row[]> => {
    const rows: types.Row[] = [];
    let pageState: string | undefined;
    do {
      const page = await client.execute(query, [], {
        prepare: true,
        fetchSize,
        ...(pageState === undefined ? {} : { pageState }),
      });
      rows.push(...page.rows);
      pageState = page.pageState ?? undefined;
    } while (pageState !== undefined);
    return rows;
  };
  const sizes = [1, 7, 100, 249, 250, 251];
  const read = await Promise.all([
    ...sizes.map(readPages),
    ...sizes.map((n) => streamed(query, n)),
  ]);
  for (const rows of read) expect(rows.map(cells)).toEqual(all);
});

test("an answer of several megabytes, in many pieces from the network, is whole", async () => {
  const { client } = keyspace.connection;
  const body = Buffer.alloc(1_000_000, 5);
  const insert = `INSERT INTO ${table} (part, place, body) VALUES (?, ?, ?)`;
  for (let place = 0; place < 4; place++) {
    await client.execute(insert, ["large", place, body], { prepare: true });
  }
  const query = `SELECT body AS "0" FROM ${table} WHERE part = 'large'`;
  const { rows } = await client.execute(query, [], { prepare: true });
  expect(rows.map((row) => Buffer.compare(row[0] as Buffer, body))).toEqual([0, 0, 0, 0]);
});

test("an answer with names has the driver's own rows", async () => {
  const query = `SELECT * FROM ${table} WHERE part = 'p'`;
  const { rows } = await keyspace.connection.client.execute(query, [], { prepare: true });
  expect(rows[0]?.keys()).toEqual(["part", "place", "body", "note"]);
  expect(rows).toEqual(await streamed(query, 1000));
});
