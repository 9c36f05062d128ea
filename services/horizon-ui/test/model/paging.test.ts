import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageOf, searchRows } from "../../src/model/paging.ts";

describe("pageOf", () => {
  it("shows each row on exactly one page", () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 30 }), (rows, size) => {
        const { pageCount } = pageOf(rows, 1, size);
        const shown = Array.from({ length: pageCount }, (_, at) => pageOf(rows, at + 1, size).rows);
        expect(shown.flat()).toEqual(rows);
        expect(shown.every((page) => page.length <= size)).toBe(true);
      }),
    );
  });

  it.each([[-3], [0], [Number.NaN], [99]])("keeps page %d within bounds", (wanted) => {
    const { page, rows } = pageOf([1, 2, 3], wanted, 2);
    expect(page).toBe(wanted === 99 ? 2 : 1);
    expect(rows.length).toBeGreaterThan(0);
  });

  it("has one page of nothing", () => {
    expect(pageOf([], 1)).toEqual({ rows: [], page: 1, pageCount: 1, total: 0 });
  });
});

describe("searchRows", () => {
  const rows = [
    ["user", "core"],
    ["user", "Embedding"],
    ["item", "core"],
  ];

  it.each([
    ["", 3],
    ["USER", 2],
    ["user embed", 1],
    ["core  user ", 1],
    ["nothing", 0],
  ])("finds by all words of %j", (search, count) => {
    expect(searchRows(rows, search, (row) => row)).toHaveLength(count);
  });
});
