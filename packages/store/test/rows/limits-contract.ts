import { expect, test } from "vitest";
import { codesOf, type RowStoreSubject, TestTable, upsert } from "./contract-tables.ts";
import { int, text } from "./sample-values.ts";

const [K, K2] = [text("k"), text("k2")] as const;
const MANY_ROWS = 20_000;

export function limitsContract(subject: () => RowStoreSubject): void {
  const create = (): Promise<TestTable> =>
    TestTable.create(subject(), ["k TEXT", "c INT"], ["v TEXT"]);
  const past = { deadlineMs: Date.now() - 60_000 };
  const aborted = { signal: AbortSignal.abort(new Error("gone")) };

  test.each([
    ["DEADLINE_EXCEEDED", past],
    ["CANCELLED", aborted],
  ])("nothing is done past the limits: %s", async (code, limits) => {
    const { store } = subject();
    const table = await create();
    const rows = [upsert([K, int(1)], [text("v")]), upsert([K2, int(1)], [text("v")])];
    expect(codesOf(await table.write(store, ["v"], rows, limits))).toEqual([code, code]);
    expect(await table.read(store, ["v"], [[K], [K2]])).toEqual([undefined, undefined]);
    expect(codesOf(await table.read(store, ["v"], [[K], [K2]], limits))).toEqual([code, code]);
    const request = {
      table,
      columns: table.some(["v"]),
      keyPrefix: [K],
      pageSize: 1,
      deadlineMs: Infinity,
    };
    const scan = store.scan({ ...request, ...limits })[Symbol.asyncIterator]();
    await expect(scan.next()).rejects.toMatchObject({ code });
  });

  test("a write that is aborted answers at once, and sends nothing more", async () => {
    const { store } = subject();
    const table = await create();
    const rows = Array.from({ length: MANY_ROWS }, (_, index) =>
      upsert([text(`k${index}`), int(1)], [text("v")]),
    );
    const abort = new AbortController();
    const write = table.write(store, ["v"], rows, { signal: abort.signal });
    abort.abort();
    const codes = codesOf(await write);
    expect(codes).toHaveLength(MANY_ROWS);
    expect(codes.at(-1)).toBe("CANCELLED");
    expect(new Set(codes).size).toBeLessThanOrEqual(2);
    // The store takes other work meanwhile, and answers for each row that it acknowledged.
    expect(await table.write(store, ["v"], [upsert([K, int(1)], [text("other")])])).toEqual([
      undefined,
    ]);
    const found = await table.read(
      store,
      ["v"],
      rows.map(({ key }) => key),
    );
    const isLost = (index: number): boolean =>
      codes[index] === undefined && found[index] === undefined;
    expect(found.findIndex((_, index) => isLost(index))).toBe(-1);
    expect(found.at(-1)).toBeUndefined();
  });

  test("a scan that is aborted between two pages ends with it", async () => {
    const { store } = subject();
    const table = await create();
    const rows = Array.from({ length: 30 }, (_, index) => upsert([K, int(index)], [text("v")]));
    await table.write(store, ["v"], rows);
    const abort = new AbortController();
    const request = {
      table,
      columns: table.some(["v"]),
      keyPrefix: [K],
      pageSize: 10,
      deadlineMs: Infinity,
    };
    const scan = store.scan({ ...request, signal: abort.signal })[Symbol.asyncIterator]();
    expect((await scan.next()).value).toHaveLength(10);
    abort.abort();
    await expect(scan.next()).rejects.toMatchObject({ code: "CANCELLED" });
    expect((await scan.next()).done).toBe(true);
  });

  test("a deadline in the future is no obstacle", async () => {
    const { store } = subject();
    const table = await create();
    const limits = { deadlineMs: Date.now() + 120_000, signal: new AbortController().signal };
    expect(await table.write(store, ["v"], [upsert([K, int(1)], [text("v")])], limits)).toEqual([
      undefined,
    ]);
    expect(await table.read(store, ["v"], [[K, int(1)]], limits)).toEqual([[text("v")]]);
  });

  test("a closed store is unavailable", async () => {
    const table = await create();
    const store = await subject().connect();
    await store.ping();
    await store.close();
    await store.close();
    expect(codesOf(await table.write(store, ["v"], [upsert([K, int(1)], [text("v")])]))).toEqual([
      "UNAVAILABLE",
    ]);
    expect(codesOf(await table.read(store, ["v"], [[K]]))).toEqual(["UNAVAILABLE"]);
    await expect(table.scan(store, ["v"], [K])).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(store.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
}
