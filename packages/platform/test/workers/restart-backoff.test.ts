import { expect, test } from "vitest";
import { RestartBackoff } from "../../src/workers/restart-backoff.ts";

const TIMES = { stableMs: 1_000, minMs: 10, maxMs: 75 };

test("a worker that was open for long is restarted at once", () => {
  const backoff = new RestartBackoff(TIMES);
  expect([backoff.next(1_000), backoff.next(5_000)]).toEqual([0, 0]);
});

test("early ends double the wait up to its limit; one good worker forgives them", () => {
  const backoff = new RestartBackoff(TIMES);
  const waits = [0, 1, 2, 3, 999].map((openMs) => backoff.next(openMs));
  expect(waits).toEqual([10, 20, 40, 75, 75]);
  expect(backoff.next(1_000)).toBe(0);
  expect(backoff.next(0)).toBe(10);
});

test("the wait stays finite however often a worker dies", () => {
  const backoff = new RestartBackoff(TIMES);
  for (let end = 0; end < 2_000; end += 1) backoff.next(0);
  expect(backoff.next(0)).toBe(75);
});
