import { expect, test } from "vitest";
import { BatchCutter } from "../../src/scylla/batch-writer.ts";

function cut(rows: readonly (readonly [group: string, sizeBytes: number])[]): number[][] {
  const cutter = new BatchCutter<string>({ maxRows: 3, maxBytes: 100 });
  for (const [index, [group, sizeBytes]] of rows.entries()) cutter.add(index, group, sizeBytes);
  return cutter.batches;
}

test("rows of one group go together, up to the limit of rows", () => {
  const rows = [..."ababaab"].map((group) => [group, 1] as const);
  expect(cut(rows)).toEqual([[0, 2, 4], [1, 3, 6], [5]]);
});

test("rows go together up to the limit of bytes; one past it is alone", () => {
  const sizes = [60, 40, 1, 101, 50, 51, 49];
  expect(cut(sizes.map((sizeBytes) => ["a", sizeBytes]))).toEqual([[0, 1], [2], [3], [4], [5, 6]]);
});

test("a row that no other goes with is a batch", () => {
  const cutter = new BatchCutter<string>({ maxRows: 3, maxBytes: 100 });
  cutter.add(0, "a", 1);
  cutter.addAlone(1);
  cutter.add(2, "a", 1);
  expect(cutter.batches).toEqual([[0, 2], [1]]);
});
