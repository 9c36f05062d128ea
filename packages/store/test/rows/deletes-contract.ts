import { expect, test } from "vitest";
import {
  acknowledged,
  codesOf,
  type RowStoreSubject,
  TestTable,
  upsert,
} from "./contract-tables.ts";
import { int, text } from "./sample-values.ts";

/** Now, so that what was deleted is still remembered whatever clock the store goes by. */
const T = Date.now() * 1000;
const TIMEOUT_MS = 60_000;
const [K, K2, C, C2] = [text("k"), text("k2"), text("c"), text("c2")] as const;

export function deletesContract(subject: () => RowStoreSubject): void {
  const create = (ttlSeconds = 0): Promise<TestTable> =>
    TestTable.create(subject(), ["k TEXT", "c TEXT"], ["v TEXT", "w INT", "x BLOB"], ttlSeconds);

  /** A row without values may stay for a moment. */
  async function untilGone(table: TestTable, key: readonly Buffer[]): Promise<void> {
    const { store, tick } = subject();
    for (;;) {
      const [row] = await table.read(store, ["v", "w", "x"], [key]);
      if (row === undefined) break;
      expect(row).toEqual([null, null, null]);
      await tick();
    }
    expect(await table.scan(store, ["c"], [key[0] as Buffer])).toEqual([]);
  }

  test("the columns are gone, the others stay", async () => {
    const { store } = subject();
    const table = await create();
    const row = upsert([K, C], [text("v"), int(1), text("x")], T);
    await table.write(store, ["v", "w", "x"], [row, { ...row, key: [K, C2] }]);
    expect(await table.remove(store, ["v", "x"], [[K, C]], T + 1)).toEqual([undefined]);
    expect(await table.scan(store, ["c", "v", "w", "x"], [K])).toEqual([
      [C, null, int(1), null],
      [C2, text("v"), int(1), text("x")],
    ]);
  });

  test.each([
    ["without a TTL", 0],
    ["with a TTL", 1000],
  ])(
    "a row goes with its last value, in a table %s",
    async (_, ttlSeconds) => {
      const { store } = subject();
      const table = await create(ttlSeconds);
      const names = ["v", "w"];
      await table.write(store, names, [upsert([K, C], [text("v"), int(1)], T)]);
      await table.write(store, ["x"], [upsert([K, C], [text("x")], T)]);
      await table.remove(store, ["x"], [[K, C]], T + 1);
      expect(await table.read(store, names, [[K, C]])).toEqual([[text("v"), int(1)]]);
      await table.remove(store, names, [[K, C]], T + 1);
      await untilGone(table, [K, C]);
      await table.write(store, names, [upsert([K, C], [text("old"), int(2)], T)]);
      expect(await table.read(store, names, [[K, C]])).toEqual([undefined]);
      await table.write(store, names, [upsert([K, C], [text("new"), int(3)], T + 2)]);
      expect(await table.read(store, names, [[K, C]])).toEqual([[text("new"), int(3)]]);
    },
    TIMEOUT_MS,
  );

  test(
    "a row that was never written stays absent, and older writes of it stay without effect",
    async () => {
      const { store } = subject();
      const table = await create();
      expect(await table.remove(store, ["v", "w", "x"], [[K, C]], T)).toEqual([undefined]);
      await untilGone(table, [K, C]);
      await table.write(store, ["v"], [upsert([K, C], [text("older")], T - 1)]);
      expect(await table.read(store, ["v"], [[K, C]])).toEqual([undefined]);
    },
    TIMEOUT_MS,
  );

  test("what is newer stays, whether it comes before or after", async () => {
    const { store } = subject();
    const table = await create();
    await table.write(store, ["v"], [upsert([K, C], [text("v")], T + 1)]);
    await table.write(store, ["w"], [upsert([K, C], [int(1)], T - 1)]);
    await table.remove(store, ["v", "w", "x"], [[K, C]], T);
    await table.write(store, ["x"], [upsert([K, C], [text("x")], T + 2)]);
    expect(await table.read(store, ["v", "w", "x"], [[K, C]])).toEqual([
      [text("v"), null, text("x")],
    ]);
  });

  test("of one time the delete wins, whichever comes first", async () => {
    const { store } = subject();
    const table = await create();
    await table.write(store, ["x"], [upsert([K, C], [text("x")], T + 9)]);
    await table.write(store, ["v"], [upsert([K, C], [text("zz")], T)]);
    await table.remove(store, ["v", "w"], [[K, C]], T);
    await table.write(store, ["v", "w"], [upsert([K, C], [text("zz"), int(-1)], T)]);
    expect(await table.read(store, ["v", "w", "x"], [[K, C]])).toEqual([[null, null, text("x")]]);
    await table.remove(store, ["v", "w"], [[K, C]], T);
    await table.write(store, ["v"], [upsert([K, C], [text("a")], T + 1)]);
    expect(await table.read(store, ["v", "w"], [[K, C]])).toEqual([[text("a"), null]]);
  });

  test("many rows at once, of which some cannot be", async () => {
    const { store } = subject();
    const table = await create();
    const keys = Array.from({ length: 300 }, (_, index) => [
      text(`k${index % 7}`),
      text(`c${index}`),
    ]);
    const rows = keys.map((key) => upsert(key, [text("v")], T));
    expect(await table.write(store, ["v"], rows)).toEqual(acknowledged(300));
    // What is not gone shows that the row is.
    await table.write(
      store,
      ["w"],
      rows.map(({ key }) => upsert(key, [int(1)], T + 5)),
    );
    expect(await table.remove(store, ["v"], keys.slice(0, 299), T + 1)).toEqual(acknowledged(299));
    const read = await table.read(store, ["v", "w"], keys);
    expect(read.slice(0, 299)).toEqual(Array(299).fill([null, int(1)]));
    expect(read[299]).toEqual([text("v"), int(1)]);
    const refused = await table.remove(store, ["v"], [[text(""), C], [K2, C], [K2]], T);
    expect(codesOf(refused)).toEqual(["INVALID_ARGUMENT", undefined, "INVALID_ARGUMENT"]);
    const valued = { table, columns: table.some(["v"]), isDelete: true, deadlineMs: Infinity };
    const outcomes = await store.write({ ...valued, rows: [upsert([K, C], [text("v")], T)] });
    expect(codesOf(outcomes)).toEqual(["INVALID_ARGUMENT"]);
  });
}
