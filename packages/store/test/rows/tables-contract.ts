import { COLUMN_TYPES, type ColumnType } from "@ofs/rows";
import type { RowColumn, RowTable } from "@ofs/store";
import { expect, test } from "vitest";
import { uniqueName } from "../fixtures.ts";
import { codesOf, type RowStoreSubject, TestTable, upsert } from "./contract-tables.ts";
import { int, text } from "./sample-values.ts";

const ID: RowColumn = { name: "id", type: "INT" };

function tableOf(...keys: [RowColumn, ...RowColumn[]]): RowTable {
  return { name: uniqueName("rows"), keys };
}

/** Columns in no order: a store may keep its own. */
function byName(columns: readonly RowColumn[] | undefined): RowColumn[] {
  return [...(columns ?? [])].sort((left, right) => (left.name < right.name ? -1 : 1));
}

export function tablesContract(subject: () => RowStoreSubject): void {
  const anyType = (type: ColumnType): ColumnType => (type === "VARCHAR" ? "TEXT" : type);

  test("a table is described as it was made, VARCHAR as TEXT", async () => {
    const { tables } = subject();
    const keys = COLUMN_TYPES.map((type) => ({ name: `k_${type.toLowerCase()}`, type }));
    const columns = COLUMN_TYPES.map((type) => ({ name: `c_${type.toLowerCase()}`, type }));
    const table = tableOf(ID, ...keys);
    expect(await tables.describe(table.name)).toBeUndefined();
    await tables.ensure(table, columns, 77);
    const described = await tables.describe(table.name);
    expect(described).toMatchObject({ name: table.name, ttlSeconds: 77 });
    const asStored = ({ name, type }: RowColumn): RowColumn => ({ name, type: anyType(type) });
    expect(described?.keys).toEqual([ID, ...keys.map(asStored)]);
    expect(byName(described?.columns)).toEqual(byName(columns.map(asStored)));
  });

  test("columns that are missing are added, and what is there stays", async () => {
    const { store, tables } = subject();
    const table = await TestTable.create(subject(), ["id INT"], ["a TEXT"], 500);
    await table.write(store, ["a"], [upsert([int(1)], [text("kept")])]);
    const all: RowColumn[] = [
      { name: "z", type: "DECIMAL" },
      { name: "a", type: "VARCHAR" },
      { name: "b", type: "BLOB" },
    ];
    await tables.ensure(table, all, 0);
    await tables.ensure(table, all, 0);
    await tables.ensure(table, [], 0);
    const described = await tables.describe(table.name);
    expect(byName(described?.columns).map(({ name }) => name)).toEqual(["a", "b", "z"]);
    // The TTL of a table that is there is changed by nothing but `setTtl`.
    expect(described?.ttlSeconds).toBe(500);
    const grown = new TestTable(table.name, table.keys, all);
    expect(await grown.read(store, ["a", "b"], [[int(1)]])).toEqual([[text("kept"), null]]);
    expect(await grown.write(store, ["b"], [upsert([int(1)], [text("new")])])).toEqual([undefined]);
    expect(await grown.read(store, ["a", "b"], [[int(1)]])).toEqual([[text("kept"), text("new")]]);
  });

  test("those who make a table and its columns at once all have them", async () => {
    const { tables } = subject();
    const table = tableOf(ID);
    const names = Array.from({ length: 6 }, (_, index) => `c${index}`);
    await Promise.all(names.map((name) => tables.ensure(table, [{ name, type: "INT" }], 0)));
    expect(byName((await tables.describe(table.name))?.columns).map(({ name }) => name)).toEqual(
      names,
    );
  });

  test("a table that is there with other keys or types is refused, naming them", async () => {
    const { tables } = subject();
    const made = tableOf({ name: "k", type: "TEXT" }, { name: "c", type: "INT" });
    await tables.ensure(made, [{ name: "v", type: "INT" }], 0);
    const refusals: [readonly [RowColumn, ...RowColumn[]], RowColumn[], string][] = [
      [made.keys, [{ name: "v", type: "BIGINT" }], "column v is of type int, not bigint"],
      [
        made.keys,
        [
          { name: "w", type: "INT" },
          { name: "v", type: "TEXT" },
        ],
        "column v is of type int, not text",
      ],
      [[made.keys[0]], [], "its keys are (k text, c int), the entity's (k text)"],
      [[made.keys[0], { name: "c", type: "BIGINT" }], [], "the entity's (k text, c bigint)"],
      [[made.keys[0], { name: "d", type: "INT" }], [], "the entity's (k text, d int)"],
      [[{ name: "c", type: "INT" }, made.keys[0]], [], "the entity's (c int, k text)"],
    ];
    for (const [keys, columns, message] of refusals) {
      await expect(tables.ensure({ name: made.name, keys }, columns, 0)).rejects.toMatchObject({
        code: "FAILED_PRECONDITION",
        message: expect.stringContaining(message),
      });
    }
    expect((await tables.describe(made.name))?.columns).toEqual([{ name: "v", type: "INT" }]);
  });

  test("names that are words of a language are names, in lower case", async () => {
    const { store, tables } = subject();
    const names = [
      "select",
      "from",
      "order",
      "token",
      "table",
      "f__v1__a",
      "x9_",
      "c0",
      "k",
      "n".repeat(120),
    ];
    const name = uniqueName("table");
    const keys = ["primary", "key"] as const;
    const table = new TestTable(
      name,
      [
        { name: keys[0], type: "TEXT" },
        { name: keys[1], type: "INT" },
      ],
      names.map((each) => ({ name: each, type: "TEXT" })),
    );
    await tables.ensure({ ...table, name: name.toUpperCase(), keys: table.keys }, table.columns, 0);
    const values = names.map((each) => text(`value of ${each}`));
    expect(await table.write(store, names, [upsert([text("p"), int(1)], values)])).toEqual([
      undefined,
    ]);
    const asked = [...names, ...keys];
    const expected = [...values, text("p"), int(1)];
    expect(
      await table.read(store, asked, [
        [text("p"), int(1)],
        [text("p"), int(2)],
      ]),
    ).toEqual([expected, undefined]);
    expect(await table.scan(store, asked, [text("p")])).toEqual([expected]);
  });

  test.each(["", "9a", "a-b", 'a"b', "a b", "_a", "ä"])("the name %j is refused", async (name) => {
    const { tables } = subject();
    const isInvalid = {
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining(JSON.stringify(name)),
    };
    await expect(tables.ensure({ name, keys: [ID] }, [], 0)).rejects.toMatchObject(isInvalid);
    await expect(tables.ensure(tableOf({ name, type: "INT" }), [], 0)).rejects.toMatchObject(
      isInvalid,
    );
    await expect(tables.ensure(tableOf(ID), [{ name, type: "INT" }], 0)).rejects.toMatchObject(
      isInvalid,
    );
    await expect(tables.describe(name)).rejects.toMatchObject(isInvalid);
  });

  test("a column that is named twice, and a TTL out of range, are refused", async () => {
    const { tables } = subject();
    const isInvalid = { code: "INVALID_ARGUMENT" };
    await expect(tables.ensure(tableOf(ID, ID), [], 0)).rejects.toMatchObject(isInvalid);
    await expect(
      tables.ensure(tableOf(ID), [{ name: "ID", type: "TEXT" }], 0),
    ).rejects.toMatchObject(isInvalid);
    for (const ttlSeconds of [-1, 0.5, 630_720_001, Number.NaN]) {
      await expect(tables.ensure(tableOf(ID), [], ttlSeconds)).rejects.toMatchObject(isInvalid);
      await expect(tables.setTtl("absent", ttlSeconds)).rejects.toMatchObject(isInvalid);
    }
    const table = tableOf(ID);
    await tables.ensure(table, [], 630_720_000);
    await tables.setTtl(table.name, 0);
    expect((await tables.describe(table.name))?.ttlSeconds).toBe(0);
    await tables.setTtl(table.name, 630_720_000);
    expect((await tables.describe(table.name))?.ttlSeconds).toBe(630_720_000);
    await expect(tables.setTtl(uniqueName("absent"), 5)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });

  test("rows of a table or column that is not there are refused one by one", async () => {
    const { store } = subject();
    const table = await TestTable.create(subject(), ["id INT"], ["a TEXT"]);
    const absent = new TestTable(uniqueName("absent"), table.keys, table.columns);
    const wider = new TestTable(table.name, table.keys, [{ name: "b", type: "TEXT" }]);
    const rows = [upsert([int(1)], [text("v")]), upsert([int(2)], [text("v")])];
    const refused = ["FAILED_PRECONDITION", "FAILED_PRECONDITION"];
    const keys = rows.map(({ key }) => key);
    expect(codesOf(await absent.write(store, ["a"], rows))).toEqual(refused);
    expect(codesOf(await absent.read(store, ["a"], keys))).toEqual(refused);
    expect(codesOf(await wider.write(store, ["b"], rows))).toEqual(refused);
    expect(codesOf(await wider.read(store, ["b"], keys))).toEqual(refused);
    await expect(absent.scan(store, ["a"], [int(1)])).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
    });
    expect(await table.read(store, ["a"], keys)).toEqual([undefined, undefined]);
  });

  test("tables answer a ping", async () => {
    await expect(subject().tables.ping()).resolves.toBeUndefined();
  });
}
