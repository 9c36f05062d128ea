import { COLUMN_TYPES, type ColumnType } from "@ofs/rows";
import { expect, test } from "vitest";
import {
  acknowledged,
  type RowStoreSubject,
  shuffled,
  TestTable,
  upsert,
} from "./contract-tables.ts";
import { decimal, ORDERED_VALUES, text } from "./sample-values.ts";

const EMPTY = Buffer.alloc(0);
const TYPES_WITH_EMPTY_KEYS: readonly ColumnType[] = ["ASCII", "BLOB", "TEXT", "VARCHAR"];

/** Each type as a column, as the partition key and as a clustering key. */
export function valuesContract(subject: () => RowStoreSubject): void {
  test("values of all types come back byte by byte, the empty ones too", async () => {
    const { store } = subject();
    const names = COLUMN_TYPES.map((type) => `v_${type.toLowerCase()}`);
    const columns = COLUMN_TYPES.map((type, index) => `${names[index]} ${type}`);
    const table = await TestTable.create(subject(), ["id INT"], columns);
    const rowCount = Math.max(...COLUMN_TYPES.map((type) => ORDERED_VALUES[type].length)) + 1;
    const rows = Array.from({ length: rowCount }, (_, row) =>
      COLUMN_TYPES.map((type) => ORDERED_VALUES[type][row] ?? EMPTY),
    );
    const keys = rows.map((_, row) =>
      [ORDERED_VALUES.INT[0] as Buffer].map((key) => keyAt(key, row)),
    );
    const upserts = rows.map((values, row) => upsert(keys[row] as Buffer[], values));
    expect(await table.write(store, names, upserts)).toEqual(acknowledged(rowCount));
    expect(await table.read(store, names, keys)).toEqual(rows);
    const reversed = [...names].reverse();
    expect(await table.read(store, reversed, keys)).toEqual(rows.map((row) => [...row].reverse()));
  });

  test.each(COLUMN_TYPES)("%s partitions rows by the bytes of the value", async (type) => {
    const { store } = subject();
    const table = await TestTable.create(subject(), [`k ${type}`], ["v TEXT"]);
    const values = ORDERED_VALUES[type];
    const keys = values.map((value) => [value]);
    const rows = values.map((value, index) => upsert([value], [text(`row ${index}`)]));
    expect(await table.write(store, ["v"], shuffled(rows))).toEqual(acknowledged(rows.length));
    expect(await table.read(store, ["v", "k"], keys)).toEqual(
      values.map((value, index) => [text(`row ${index}`), value]),
    );
    const last = values.at(-1) as Buffer;
    expect(await table.scan(store, ["k"], [last])).toEqual([[last]]);
  });

  test.each(COLUMN_TYPES)("%s orders the rows of a partition by value", async (type) => {
    const { store } = subject();
    const table = await TestTable.create(subject(), ["k TEXT", `c ${type}`], ["v TEXT"]);
    const key = text("partition");
    const values = [
      ...(TYPES_WITH_EMPTY_KEYS.includes(type) ? [EMPTY] : []),
      ...ORDERED_VALUES[type],
    ];
    const rows = values.map((value, index) => upsert([key, value], [text(`row ${index}`)]));
    expect(await table.write(store, ["v"], shuffled(rows))).toEqual(acknowledged(rows.length));
    const expected = values.map((value, index) => [value, text(`row ${index}`)]);
    expect(await table.scan(store, ["c", "v"], [key], 3)).toEqual(expected);
    expect(
      await table.read(
        store,
        ["c", "v"],
        values.map((value) => [key, value]),
      ),
    ).toEqual(expected);
    expect(await table.read(store, ["v"], [[key]])).toEqual([[text("row 0")]]);
  });

  test.each(COLUMN_TYPES)("%s may be followed by another clustering key", async (type) => {
    const { store } = subject();
    const table = await TestTable.create(subject(), ["k INT", `c ${type}`, "d TEXT"], []);
    const key = keyAt(Buffer.alloc(4), 1);
    const values = ORDERED_VALUES[type];
    const keys = values.flatMap((value) => ["", "a", "b"].map((last) => [key, value, text(last)]));
    const rows = shuffled(keys).map((each) => upsert(each, []));
    expect(await table.write(store, [], rows)).toEqual(acknowledged(rows.length));
    expect(await table.scan(store, ["k", "c", "d"], [key])).toEqual(keys);
    for (const value of values) {
      const below = keys.filter((each) => each[1] === value);
      expect(await table.scan(store, ["k", "c", "d"], [key, value])).toEqual(below);
    }
    expect(
      await table.read(
        store,
        ["d"],
        values.map((value) => [key, value]),
      ),
    ).toEqual(values.map(() => [text("")]));
  });

  test("decimals of one value are two partitions, and one row of a partition", async () => {
    const { store } = subject();
    const spellings = [decimal(10n, 1), decimal(100n, 2)] as const;
    const partitions = await TestTable.create(subject(), ["k DECIMAL"], ["v TEXT"]);
    const [one, other] = spellings;
    await partitions.write(
      store,
      ["v"],
      [upsert([one], [text("one")]), upsert([other], [text("other")])],
    );
    expect(await partitions.read(store, ["v"], [[one], [other]])).toEqual([
      [text("one")],
      [text("other")],
    ]);

    const rows = await TestTable.create(subject(), ["k TEXT", "c DECIMAL"], ["v TEXT", "w TEXT"]);
    await rows.write(store, ["v"], [upsert([text("k"), one], [text("one")])]);
    await rows.write(store, ["w"], [upsert([text("k"), other], [text("other")])]);
    expect(await rows.scan(store, ["v", "w"], [text("k")])).toEqual([[text("one"), text("other")]]);
    expect(await rows.read(store, ["v"], [[text("k"), other]])).toEqual([[text("one")]]);
  });

  test("long keys keep their order and their rows apart", async () => {
    const { store } = subject();
    const table = await TestTable.create(subject(), ["k BLOB", "c TEXT", "d TEXT"], ["v TEXT"]);
    const partition = Buffer.alloc(65_535, 0xff);
    const long = "x".repeat(20_000);
    const texts = [
      long,
      `${long}\u0000`,
      `${long}a`,
      `${long}a${"y".repeat(480)}`,
      `${long}b`,
      `${long}${long}`,
      "y",
    ];
    const keys = texts.flatMap((each) =>
      ["", long].map((last) => [partition, text(each), text(last)]),
    );
    const rows = keys.map((key, index) => upsert(key, [text(`row ${index}`)]));
    expect(await table.write(store, ["v"], shuffled(rows))).toEqual(acknowledged(rows.length));
    const expected = keys.map((key, index) => [key[1], text(`row ${index}`)]);
    expect(await table.scan(store, ["c", "v"], [partition], 2)).toEqual(expected);
    expect(await table.read(store, ["c", "v"], keys)).toEqual(expected);
    expect(await table.scan(store, ["v"], [partition, text(`${long}a`)])).toEqual([
      [text("row 4")],
      [text("row 5")],
    ]);
    expect(await table.scan(store, ["v"], [partition, text("absent".repeat(1000))])).toEqual([]);
    expect(await table.read(store, ["v"], [[text("absent".repeat(1000))]])).toEqual([undefined]);
  });
}

function keyAt(like: Buffer, index: number): Buffer {
  const key = Buffer.from(like);
  key.writeInt32BE(index);
  return key;
}
