import type { ColumnType } from "@ofs/rows";
import type { RowTable } from "@ofs/store";
import { expect, test } from "vitest";
import {
  planRowDelete,
  planRowInsert,
  planRowSelect,
} from "../../../src/scylla/rows/row-statements.ts";

const table: RowTable = {
  name: "Users",
  keys: [
    { name: "k", type: "VARCHAR" },
    { name: "c", type: "DECIMAL" },
  ],
};
const columns = [
  { name: "fg__v1__a", type: "BLOB" },
  { name: "c", type: "DECIMAL" },
] as const;

test("values are selected as bytes, whatever their type, and numbered", () => {
  expect(planRowSelect("ks", table, columns, 2)).toEqual({
    columnCount: 2,
    pointQuery:
      'SELECT "fg__v1__a" AS "0", decimalasblob("c") AS "1" FROM "ks"."users" WHERE "k" = ? AND "c" = ? LIMIT 1',
    inQuery: undefined,
    scanQuery:
      'SELECT "fg__v1__a" AS "0", decimalasblob("c") AS "1" FROM "ks"."users" WHERE "k" = ? AND "c" = ?',
  });
});

test("many partitions are read by one statement, the first row of each", () => {
  expect(planRowSelect("ks", table, columns, 1).inQuery).toBe(
    'SELECT "fg__v1__a" AS "0", decimalasblob("c") AS "1", textasblob("k") AS "2" FROM "ks"."users" WHERE "k" IN ? PER PARTITION LIMIT 1',
  );
});

test.each<[ColumnType, boolean]>([
  ["INT", true],
  ["UUID", true],
  ["DECIMAL", false],
  ["VARINT", false],
  ["FLOAT", false],
  ["DOUBLE", false],
])("of a key of type %s many may be in one statement: %s", (type, isAllowed) => {
  const { inQuery } = planRowSelect("ks", { name: "t", keys: [{ name: "k", type }] }, [], 1);
  const expected = `SELECT ${type.toLowerCase()}asblob("k") AS "0" FROM "ks"."t" WHERE "k" IN ?`;
  expect(inQuery).toBe(isAllowed ? expected : undefined);
});

test("where no column is asked for, the partition key shows that there is a row", () => {
  expect(planRowSelect("ks", table, [], 2).pointQuery).toBe(
    'SELECT textasblob("k") AS "0" FROM "ks"."users" WHERE "k" = ? AND "c" = ? LIMIT 1',
  );
});

test("rows are written with exactly the columns that are given", () => {
  expect(planRowInsert("ks", table, [{ name: "Select", type: "INT" }])).toBe(
    'INSERT INTO "ks"."users" ("k", "c", "select") VALUES (?, ?, ?) USING TIMESTAMP ?',
  );
  expect(planRowInsert("ks", table, [])).toBe(
    'INSERT INTO "ks"."users" ("k", "c") VALUES (?, ?) USING TIMESTAMP ?',
  );
  expect(() => planRowInsert("ks", { ...table, name: 'a"b' }, [])).toThrow("a name is a letter");
});

test("a delete takes columns away, and ends what older writes said of the row's existence", () => {
  const where = '"ks"."users" USING TIMESTAMP ? WHERE "k" = ? AND "c" = ?';
  const markQuery = 'INSERT INTO "ks"."users" ("k", "c") VALUES (?, ?) USING TIMESTAMP ? AND TTL 1';
  expect(planRowDelete("ks", table, [{ name: "A", type: "INT" }])).toEqual({
    cellsQuery: `DELETE "a" FROM ${where}`,
    markQuery,
  });
  // Without columns it would be one of the whole row.
  expect(planRowDelete("ks", table, [])).toEqual({ cellsQuery: undefined, markQuery });
});
