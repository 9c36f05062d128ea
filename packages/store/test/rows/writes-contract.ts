import { expect, test } from "vitest";
import {
  acknowledged,
  codesOf,
  type RowStoreSubject,
  shuffled,
  T0,
  TestTable,
  upsert,
} from "./contract-tables.ts";
import { int, text } from "./sample-values.ts";

const [K, K2, C, C2] = [text("k"), text("k2"), text("c"), text("c2")] as const;

export function writesContract(subject: () => RowStoreSubject): void {
  const create = (keys: readonly string[] = ["k TEXT", "c TEXT"]): Promise<TestTable> =>
    TestTable.create(subject(), keys, ["v TEXT", "w INT", "x BLOB"]);

  test("no rows are no outcomes, and no keys no answers", async () => {
    const table = await create();
    expect(await table.write(subject().store, ["v"], [])).toEqual([]);
    expect(await table.read(subject().store, ["v"], [])).toEqual([]);
  });

  test("a row that was never written is undefined, and its partition empty", async () => {
    const { store } = subject();
    const table = await create();
    expect(
      await table.read(
        store,
        ["v"],
        [
          [K, C],
          [K2, C],
        ],
      ),
    ).toEqual([undefined, undefined]);
    expect(await table.read(store, ["v"], [[K], [K2]])).toEqual([undefined, undefined]);
    expect(await table.scan(store, ["v"], [K])).toEqual([]);
  });

  test("columns that are not written keep their values", async () => {
    const { store } = subject();
    const table = await create();
    await table.write(store, ["w", "v"], [upsert([K, C], [int(1), text("one")])]);
    await table.write(store, ["x"], [upsert([K, C], [text("bytes")], T0 + 1)]);
    await table.write(store, ["v"], [upsert([K, C], [text("two")], T0 + 2)]);
    expect(await table.read(store, ["v", "w", "x"], [[K, C]])).toEqual([
      [text("two"), int(1), text("bytes")],
    ]);
    await table.write(store, ["v"], [upsert([K, C2], [text("three")])]);
    expect(await table.read(store, ["x", "v", "w"], [[K, C2]])).toEqual([
      [null, text("three"), null],
    ]);
  });

  test("the newest write of each cell wins, in whatever order they come", async () => {
    const { store } = subject();
    const table = await create();
    await table.write(store, ["v", "w"], [upsert([K, C], [text("new"), int(2)], T0 + 2)]);
    await table.write(store, ["v", "x"], [upsert([K, C], [text("old"), text("x")], T0 + 1)]);
    await table.write(store, ["w"], [upsert([K, C], [int(3)], T0 + 3)]);
    expect(await table.read(store, ["v", "w", "x"], [[K, C]])).toEqual([
      [text("new"), int(3), text("x")],
    ]);
  });

  test("at one time the greater bytes win", async () => {
    const { store } = subject();
    const table = await create();
    for (const [v, w] of shuffled([
      ["a", -1],
      ["b", 5],
      ["ab", 7],
      ["", 0],
    ] as const)) {
      await table.write(store, ["v", "w"], [upsert([K, C], [text(v), int(w)])]);
    }
    // Of an integer, too, the bytes count: -1 is ffffffff.
    expect(await table.read(store, ["v", "w"], [[K, C]])).toEqual([[text("b"), int(-1)]]);
  });

  test("write times may be as old and as new as they like", async () => {
    const { store } = subject();
    const table = await create(["k TEXT"]);
    const times = [-5, 0, 1, T0, 4_000_000_000_000_000];
    for (const time of shuffled(times)) {
      await table.write(store, ["v"], [upsert([K], [text(String(time))], time)]);
    }
    expect(await table.read(store, ["v"], [[K]])).toEqual([[text("4000000000000000")]]);
    expect(
      codesOf(
        await table.write(store, ["v"], [upsert([K], [text("x")], 0.5), upsert([K2], [text("x")])]),
      ),
    ).toEqual(["INVALID_ARGUMENT", undefined]);
  });

  test("a row without columns exists", async () => {
    const { store } = subject();
    const table = await create();
    await table.write(store, [], [upsert([K, C], []), upsert([K, C2], [])]);
    expect(await table.read(store, ["c"], [[K, C]])).toEqual([[C]]);
    expect(await table.read(store, ["v"], [[K, C]])).toEqual([[null]]);
    expect(
      await table.read(
        store,
        [],
        [
          [K, C],
          [K, text("absent")],
        ],
      ),
    ).toEqual([[], undefined]);
    expect(await table.scan(store, ["c", "v"], [K])).toEqual([
      [C, null],
      [C2, null],
    ]);
    expect(await table.scan(store, [], [K])).toEqual([[], []]);
  });

  test.each([["k TEXT"], ["k TEXT", "c TEXT"]])(
    "many keys are answered in their order, repeated ones too",
    async (...keys) => {
      const { store } = subject();
      const table = await create(keys);
      const keyOf = (index: number): Buffer[] => keys.map(() => text(`key ${index}`));
      const rows = Array.from({ length: 350 }, (_, index) => upsert(keyOf(index), [int(index)]));
      expect(await table.write(store, ["w"], rows)).toEqual(acknowledged(350));
      const asked = [...Array.from({ length: 700 }, (_, index) => 699 - index), 7, 7, 699];
      expect(await table.read(store, ["w"], asked.map(keyOf))).toEqual(
        asked.map((index) => (index < 350 ? [int(index)] : undefined)),
      );
      expect(await table.read(store, ["w", "w"], [keyOf(3), keyOf(3)])).toEqual([
        [int(3), int(3)],
        [int(3), int(3)],
      ]);
    },
  );

  test("with fewer keys the first row in clustering order is read", async () => {
    const { store } = subject();
    const table = await create(["k TEXT", "c INT", "d INT"]);
    const places = [
      [3, 1],
      [-1, 9],
      [-1, 2],
      [5, 0],
    ] as const;
    const rows = [K, K2].flatMap((k) =>
      places.map(([c, d]) => upsert([k, int(c), int(d)], [int(c * 10 + d)])),
    );
    expect(await table.write(store, ["w"], rows)).toEqual(acknowledged(8));
    expect(await table.read(store, ["c", "d"], [[K], [text("none")], [K2]])).toEqual([
      [int(-1), int(2)],
      undefined,
      [int(-1), int(2)],
    ]);
    expect(
      await table.read(
        store,
        ["d"],
        [
          [K, int(3)],
          [K, int(4)],
          [K2, int(-1)],
        ],
      ),
    ).toEqual([[int(1)], undefined, [int(2)]]);
  });

  test("a key that cannot be stored is refused, and the other rows are not", async () => {
    const { store } = subject();
    const table = await create();
    const long = Buffer.alloc(65_536, 0x61);
    const keys = [
      [text(""), C],
      [K, C],
      [long, C],
      [K, long],
      [K, text("")],
    ];
    expect(keys.map((key) => store.refuseKey(table, key) === undefined)).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
    expect(store.refuseKey(table, [text(""), C])).toContain("key k is empty");
    const outcomes = await table.write(
      store,
      ["v"],
      keys.map((key) => upsert(key, [text("v")])),
    );
    expect(codesOf(outcomes)).toEqual([
      "INVALID_ARGUMENT",
      undefined,
      "INVALID_ARGUMENT",
      "INVALID_ARGUMENT",
      undefined,
    ]);
    expect(await table.read(store, ["v"], keys)).toEqual([
      undefined,
      [text("v")],
      undefined,
      undefined,
      [text("v")],
    ]);
  });

  test("keys of another length than the first, or than there can be, are refused", async () => {
    const { store } = subject();
    const table = await create();
    await table.write(store, ["v"], [upsert([K, C], [text("v")])]);
    const found = [text("v")];
    const refused = "INVALID_ARGUMENT";
    const mixed = await table.read(store, ["v"], [[K, C], [K], [], [K, C, C], [K, C]]);
    expect(codesOf(mixed)).toEqual([found, refused, refused, refused, found]);
    expect(codesOf(await table.read(store, ["v"], [[K], [K, C]]))).toEqual([found, refused]);
    expect(codesOf(await table.read(store, ["v"], [[]]))).toEqual([refused]);
    for (const prefix of [[], [K, C, C]]) {
      await expect(table.scan(store, ["v"], prefix)).rejects.toMatchObject({ code: refused });
    }
    const rows = [upsert([K], [text("v")]), upsert([K, C2], []), upsert([K, C2], [text("w")])];
    expect(codesOf(await table.write(store, ["v"], rows))).toEqual([refused, refused, undefined]);
  });

  test("rows past the size of a batch are written", async () => {
    const { store } = subject();
    const table = await create();
    const rows = [1000, 44_000, 60_000, 20_000, 20_000, 20_000, 300_000].map((size, index) =>
      upsert([K, text(`c${index}`)], [Buffer.alloc(size, index)]),
    );
    expect(await table.write(store, ["x"], rows)).toEqual(acknowledged(rows.length));
    expect(await table.scan(store, ["x"], [K], 2)).toEqual(rows.map(({ values }) => values));
  });

  test("writers at work at once leave the newest of each cell", async () => {
    const table = await create();
    const stores = await Promise.all([subject().connect(), subject().connect()]);
    const names = ["v", "w", "x"];
    const writes = Array.from({ length: 120 }, (_, index) => index);
    await Promise.all(
      shuffled(writes).map(async (index) => {
        const store = stores[index % 2] ?? subject().store;
        const name = names[index % 3] as string;
        const value = name === "w" ? int(index) : text(`write ${index}`);
        const outcomes = await table.write(store, [name], [upsert([K, C], [value], T0 + index)]);
        expect(outcomes).toEqual([undefined]);
      }),
    );
    for (const store of [subject().store, ...stores]) {
      expect(await table.read(store, ["v", "w", "x"], [[K, C]])).toEqual([
        [text("write 117"), int(118), text("write 119")],
      ]);
    }
    await Promise.all(stores.map((store) => store.close()));
  });

  test("values belong to the caller", async () => {
    const { store } = subject();
    const table = await create();
    await table.write(
      store,
      ["v"],
      [upsert([K, C], [text("first")]), upsert([K, C2], [text("other")])],
    );
    const request = { table, columns: table.some(["v", "c"]), deadlineMs: Infinity };
    const [kept] = await store.read({ ...request, keys: [[K, C]] });
    await store.read({ ...request, keys: [[K, C2]] });
    await table.scan(store, ["v"], [K]);
    expect((kept as Uint8Array[]).map((cell) => Buffer.from(cell))).toEqual([text("first"), C]);
    for (const cell of kept as Uint8Array[]) cell.fill(0);
    expect(await table.read(store, ["v"], [[K, C]])).toEqual([[text("first")]]);
  });
}
