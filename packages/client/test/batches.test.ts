import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runBatches, splitByCount, splitBySize } from "../src/batches.ts";
import { OfsClientError } from "../src/errors.ts";
import { backoffMs } from "../src/retry.ts";

const LIMITS = { deadlineAtMs: Number.POSITIVE_INFINITY, signal: undefined };

describe("splitting", () => {
  test("by count covers everything in order", () => {
    expect(splitByCount(5, 2)).toEqual([
      { start: 0, end: 2 },
      { start: 2, end: 4 },
      { start: 4, end: 5 },
    ]);
    expect(splitByCount(0, 2)).toEqual([]);
  });

  test("by size covers everything in order, in as few batches as going in order allows", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 100 }));
    fc.assert(
      fc.property(sizes, fc.integer({ min: 100, max: 300 }), (all, room) => {
        const ranges = splitBySize(all, room);
        const sum = (start: number, end: number) =>
          all.slice(start, end).reduce((total, size) => total + size, 0);
        let next = 0;
        ranges.forEach(({ start, end }, i) => {
          expect(start).toBe(next);
          expect(end).toBeGreaterThan(start);
          expect(sum(start, end)).toBeLessThanOrEqual(room);
          if (i + 1 < ranges.length) expect(sum(start, end + 1)).toBeGreaterThan(room);
          next = end;
        });
        expect(next).toBe(all.length);
      }),
    );
  });
});

describe("runBatches", () => {
  const failing = (index: number) =>
    index === 1 ? Promise.reject(new OfsClientError("INTERNAL", "broken")) : Promise.resolve(index);

  test("goes on after a failure if told to", async () => {
    const settings = { concurrency: 1, onFailure: "go-on" } as const;
    const run = await runBatches([0, 1, 2], settings, LIMITS, failing);
    expect(run.outcomes).toEqual([
      { value: 0 },
      { error: new OfsClientError("INTERNAL", "broken") },
      { value: 2 },
    ]);
    expect(run.firstError?.details).toBe("broken");
  });

  test("sends no more after a failure, but waits for what is on its way", async () => {
    const settings = { concurrency: 2, onFailure: "stop-sending" } as const;
    const run = await runBatches([0, 1, 2], settings, LIMITS, async (index, { signal }) => {
      const value = await failing(index);
      await Promise.resolve();
      expect(signal).toBeUndefined();
      return value;
    });
    expect(run.outcomes[0]).toEqual({ value: 0 });
    expect(run.outcomes[2]).toBeUndefined();
  });

  test("does not take a defect for a failure", async () => {
    const settings = { concurrency: 1, onFailure: "go-on" } as const;
    const defect = new TypeError("defect");
    await expect(runBatches([0], settings, LIMITS, () => Promise.reject(defect))).rejects.toBe(
      defect,
    );
  });
});

describe("backoffMs", () => {
  const policy = { attempts: 10, baseDelayMs: 20, maxDelayMs: 100 };

  test("is random up to a limit that doubles and then stays", () => {
    const longest = [1, 2, 3, 4, 5, 100].map((attempt) => backoffMs(attempt, policy, 0.999_999));
    expect(longest).toEqual([20, 40, 80, 100, 100, 100]);
    expect(backoffMs(3, policy, 0)).toBe(0);
    expect(backoffMs(3, policy, 0.5)).toBe(40);
  });
});
