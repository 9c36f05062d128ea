import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  BATCH_COUNT_MAX,
  ChangeBuffer,
  DELAY_MS_MAX,
  QUIET_MS,
} from "../../src/live/change-buffer.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the change buffer", () => {
  it("folds once it has been quiet", () => {
    const folded: number[] = [];
    const buffer = new ChangeBuffer((batches) => folded.push(batches.length));
    buffer.add({ changes: [], revision: 1 });
    vi.advanceTimersByTime(QUIET_MS - 1);
    buffer.add({ changes: [], revision: 2 });
    vi.advanceTimersByTime(QUIET_MS - 1);
    expect(folded).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(folded).toEqual([2]);
  });

  it("does not wait longer than its limit, however long the burst", () => {
    const foldedAt: number[] = [];
    const buffer = new ChangeBuffer(() => foldedAt.push(performance.now()));
    const start = performance.now();
    for (let revision = 1; revision <= 1_000; revision += 1) {
      buffer.add({ changes: [], revision });
      vi.advanceTimersByTime(1);
    }
    expect(foldedAt[0]).toBe(start + DELAY_MS_MAX);
    expect(foldedAt.length).toBe(1_000 / DELAY_MS_MAX);
  });

  it("does not hold more than its limit", () => {
    const folded: number[] = [];
    const buffer = new ChangeBuffer((batches) => folded.push(batches.length));
    for (let revision = 1; revision <= BATCH_COUNT_MAX + 1; revision += 1) {
      buffer.add({ changes: [], revision });
    }
    expect(folded).toEqual([BATCH_COUNT_MAX]);
    vi.advanceTimersByTime(QUIET_MS);
    expect(folded).toEqual([BATCH_COUNT_MAX, 1]);
  });
});
