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
  const query = `SELECT * FROM ${table} WHERE part = 'p' ${rest}`;
  const result = await keyspace.connection.client.execute(query, [], { prepare: true });
  expect(result.rowLength).toBe(count);
  expect(result.rows).toEqual(await streamed(query, 1000));
  expect(result.first()?.keys() ?? []).toEqual(
    count === 0 ? [] : ["part", "place", "body", "note"],
  );
});

test("pages follow one another, with answers to other statements between", async () => {
  const { client } = keyspace.connection;
  const query = `SELECT place, body FROM ${table} WHERE part = 'p'`;
  const all = await streamed(query, 1000);
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
  for (const rows of read) expect(rows).toEqual(all);
});

test("an answer of several megabytes, in many pieces from the network, is whole", async () => {
  const { client } = keyspace.connection;
  const body = Buffer.alloc(1_000_000, 5);
  const insert = `INSERT INTO ${table} (part, place, body) VALUES (?, ?, ?)`;
  for (let place = 0; place < 4; place++) {
    await client.execute(insert, ["large", place, body], { prepare: true });
  }
  const query = `SELECT body FROM ${table} WHERE part = 'large'`;
  const { rows } = await client.execute(query, [], { prepare: true });
  expect(rows.map((row) => Buffer.compare(row["body"] as Buffer, body))).toEqual([0, 0, 0, 0]);
});

test("rows of numbered columns are arrays of the same cells, page by page", async () => {
  const { client } = keyspace.connection;
  const where = `FROM ${table} WHERE part = 'p'`;
  const named = await streamed(`SELECT note, body, place ${where}`, 1000);
  const query = `SELECT note AS "0", body AS "1", place AS "2" ${where}`;
  const rows: unknown[] = [];
  let pageState: string | undefined;
  do {
    const options = {
      prepare: true,
      fetchSize: 99,
      ...(pageState === undefined ? {} : { pageState }),
    };
    const page = await client.execute(query, [], options);
    rows.push(...page.rows);
    pageState = page.pageState ?? undefined;
  } while (pageState !== undefined);
  expect(rows).toEqual(named.map((row) => row.values()));
  expect(rows.every(Array.isArray)).toBe(true);
  // As the driver reads them, they are found by the same places.
  const [first] = await streamed(query, 1000);
  expect([0, 1, 2].map((place) => first?.[place])).toEqual(rows[0]);
});
