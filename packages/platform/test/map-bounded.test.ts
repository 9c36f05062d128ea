import { expect, test } from "vitest";
import { mapBounded } from "../src/map-bounded.ts";

test("results are in the order of the items, whichever is done first", async () => {
  const release: (() => void)[] = [];
  const running = mapBounded(["a", "b", "c"], 3, async (item) => {
    await new Promise<void>((resolve) => release.push(resolve));
    return item.toUpperCase();
  });
  for (const done of release.toReversed()) done();
  expect(await running).toEqual(["A", "B", "C"]);
});

test("no more items are begun at once than are allowed, in their order", async () => {
  const begun: number[] = [];
  let runningCount = 0;
  let maxRunning = 0;
  const items = Array.from({ length: 20 }, (_, index) => index);
  await mapBounded(items, 3, async (item) => {
    begun.push(item);
    runningCount += 1;
    maxRunning = Math.max(maxRunning, runningCount);
    await new Promise((resolve) => setImmediate(resolve));
    runningCount -= 1;
  });
  expect(begun).toEqual(items);
  expect(maxRunning).toBe(3);
});

test("no items are no work", async () => {
  expect(await mapBounded([], 3, () => Promise.reject(new Error("never asked")))).toEqual([]);
});
