import { retrieve } from "@ofs/proto";
import { expect, it } from "vitest";
import { inOrder, readRequest, scattered } from "../../src/scale/scale-cases.ts";

it.each([
  [1_000, 100],
  [10_000, 1],
])("asks for each of %d keys once before any a second time, %d at a time", (keyCount, each) => {
  const keys = scattered(keyCount, keyCount / each, each).flat();
  expect(new Set(keys).size).toBe(keyCount);
  expect(Math.max(...keys)).toBe(keyCount - 1);
});

it("asks for keys from all over", () => {
  const [first = []] = scattered(1_000_000, 1, 100);
  const tenths = new Set(first.map((key) => Math.floor(key / 100_000)));
  expect(tenths.size).toBeGreaterThanOrEqual(8);
});

it("writes all keys once, the last batch as long as there are keys", () => {
  expect(inOrder(5, 2)).toEqual([[0, 1], [2, 3], [4]]);
});

it("asks for as many features as it says", () => {
  const { featureGroups, keys } = retrieve.Query.decode(readRequest(100, [3, 4]));
  expect(featureGroups?.map(({ label }) => label)).toEqual(["fp32_100"]);
  expect(featureGroups?.[0]?.featureLabels).toHaveLength(100);
  expect(keys?.map(({ cols }) => cols)).toEqual([["user-3"], ["user-4"]]);
});
