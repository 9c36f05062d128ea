import type { RowCells } from "@ofs/store";
import { expect, test } from "vitest";
import { acknowledged, type RowStoreSubject, TestTable, upsert } from "./contract-tables.ts";
import { int, text } from "./sample-values.ts";

const LARGE_PARTITION_ROWS = 100_000;
const LARGE_PARTITION_TIMEOUT_MS = 300_000;
const ROWS_PER_WRITE = 10_000;

export function scansContract(subject: () => RowStoreSubject): void {
  test("a scan gives every row below the prefix, in order, in pages", async () => {
    const { store } = subject();
    const table = await TestTable.create(subject(), ["k TEXT", "c INT", "d TEXT"], ["v INT"]);
    const places = [-7, 0, 300].flatMap((c) =>
      ["a", "b", "c"].map((d) => [int(c), text(d)] as const),
    );
    for (const k of ["j", "k", "k\u0000", "l"]) {
      const rows = places.map(([c, d], index) => upsert([text(k), c, d], [int(index)]));
      expect(await table.write(store, ["v"], rows.reverse())).toEqual(acknowledged(9));
    }
    const expected = places.map(([c, d], index) => [d, int(index), text("k"), c]);
    for (const pageSize of [1, 2, 4, 9, 1000]) {
      const pages: number[] = [];
      const columns = table.some(["d", "v", "k", "c"]);
      const request = { table, columns, keyPrefix: [text("k")], pageSize, deadlineMs: Infinity };
      const rows: unknown[] = [];
      for await (const page of store.scan(request)) {
        pages.push(page.length);
        rows.push(...page.map((row) => row.map((cell) => Buffer.from(cell as Uint8Array))));
      }
      expect(rows).toEqual(expected);
      expect(Math.max(...pages)).toBeLessThanOrEqual(pageSize);
      expect(Math.min(...pages)).toBeGreaterThan(0);
    }
    expect(await table.scan(store, ["v"], [text("k"), int(0)])).toEqual([
      [int(3)],
      [int(4)],
      [int(5)],
    ]);
    expect(await table.scan(store, ["v"], [text("k"), int(0), text("b")])).toEqual([[int(4)]]);
    expect(await table.scan(store, ["v"], [text("k"), int(1)])).toEqual([]);
    expect(await table.scan(store, ["v"], [text("")])).toEqual([]);
  });

  test("of a table with one key a scan gives the one row", async () => {
    const { store } = subject();
    const table = await TestTable.create(subject(), ["k BIGINT"], ["v INT"]);
    const key = Buffer.alloc(8, 0xff);
    await table.write(store, ["v"], [upsert([key], [int(1)]), upsert([Buffer.alloc(8)], [int(2)])]);
    expect(await table.scan(store, ["v", "k"], [key])).toEqual([[int(1), key]]);
  });

  test("a reader who stops early is not ahead of himself, and a page that makes no sense is refused", async () => {
    const { store } = subject();
    const table = await TestTable.create(subject(), ["k TEXT", "c INT"], ["v INT"]);
    const rows = Array.from({ length: 50 }, (_, index) =>
      upsert([text("k"), int(index)], [int(index)]),
    );
    await table.write(store, ["v"], rows);
    const request = {
      table,
      columns: table.some(["v"]),
      keyPrefix: [text("k")],
      deadlineMs: Infinity,
    };
    const seen: RowCells[] = [];
    for await (const page of store.scan({ ...request, pageSize: 10 })) {
      seen.push(...page);
      if (seen.length >= 20) break;
    }
    expect(seen.map(([cell]) => Buffer.from(cell as Uint8Array))).toEqual(
      rows.slice(0, seen.length).map(({ values }) => values[0]),
    );
    expect(seen.length).toBeLessThanOrEqual(29);
    for (const pageSize of [0, -1, 0.5, Number.NaN]) {
      const scan = store.scan({ ...request, pageSize })[Symbol.asyncIterator]();
      await expect(scan.next()).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    }
  });

  test(
    "a partition of 100 000 rows is scanned page by page, while it is written to",
    async () => {
      const { store } = subject();
      const table = await TestTable.create(subject(), ["k TEXT", "c INT"], ["v TEXT"]);
      for (let start = 0; start < LARGE_PARTITION_ROWS; start += ROWS_PER_WRITE) {
        const rows = Array.from({ length: ROWS_PER_WRITE }, (_, index) =>
          upsert([text("k"), int(start + index)], [text(`value ${start + index}`)]),
        );
        expect(new Set(await table.write(store, ["v"], rows))).toEqual(new Set([undefined]));
      }
      const request = {
        table,
        columns: table.some(["c", "v"]),
        keyPrefix: [text("k")],
        deadlineMs: Infinity,
      };
      let expected = 0;
      let largestPage = 0;
      for await (const page of store.scan({ ...request, pageSize: 700 })) {
        largestPage = Math.max(largestPage, page.length);
        assertRows(page, expected);
        expected += page.length;
        // Rows behind the reader do not turn up.
        const behind =
          expected === LARGE_PARTITION_ROWS
            ? []
            : [upsert([text("k"), int(-expected)], [text("-")])];
        await table.write(store, ["v"], behind);
      }
      expect(expected).toBe(LARGE_PARTITION_ROWS);
      expect(largestPage).toBeLessThanOrEqual(700);
    },
    LARGE_PARTITION_TIMEOUT_MS,
  );
}

/** Rows `c`, `v` from a number on. */
function assertRows(page: readonly RowCells[], first: number): void {
  for (const [index, cells] of page.entries()) {
    const wanted = [int(first + index), text(`value ${first + index}`)];
    const isRight = wanted.every((cell, place) => cell.equals(cells[place] as Uint8Array));
    if (!isRight) throw new Error(`row ${first + index} is wrong or missing`);
  }
}
