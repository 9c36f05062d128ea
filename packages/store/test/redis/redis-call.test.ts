import { FeatureStoreError } from "@ofs/platform";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { endOf, waitWithin } from "../../src/redis/redis-call.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

/** How long a call without an answer waits, where the clock is set to `START_MS + jumpMs` before it does. */
async function waitedMs(call: { deadlineMs?: number }, jumpMs: number): Promise<[number, string]> {
  const end = endOf(call, 200);
  vi.setSystemTime(START_MS + jumpMs);
  const startedMs = performance.now();
  const waiting = waitWithin(new Promise(() => {}), end, call);
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
  const fault = (await waiting) as FeatureStoreError;
  expect(fault).toBeInstanceOf(FeatureStoreError);
  return [end.monotonicMs - startedMs, fault.code];
}

test.each([0, HOUR_MS, -HOUR_MS])(
  "a wait is as long as its timeout when the clock is set by %d ms",
  async (jumpMs) => {
    expect(await waitedMs({}, jumpMs)).toEqual([200, "UNAVAILABLE"]);
    vi.setSystemTime(START_MS);
    expect(await waitedMs({ deadlineMs: START_MS + 50 }, jumpMs)).toEqual([
      50,
      "DEADLINE_EXCEEDED",
    ]);
  },
);

test("gives up after just that time, with the clock set back", async () => {
  const end = endOf({}, 200);
  vi.setSystemTime(START_MS - HOUR_MS);
  let isOver = false;
  void waitWithin(new Promise(() => {}), end, {}).then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(199);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(isOver).toBe(true);
});
