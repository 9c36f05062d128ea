import fc from "fast-check";
import { expect, test } from "vitest";
import { FailureWindow } from "../../src/breaker/failure-window.ts";

test("counts what happened within the window", () => {
  const window = new FailureWindow(1000);
  window.record(true, 0);
  window.record(false, 100);
  window.record(false, 500);
  window.record(true, 950);
  expect(window.executionCount(950)).toBe(4);
  expect(window.failureRate(950)).toBe(50);
});

test("forgets slice by slice", () => {
  const window = new FailureWindow(1000);
  window.record(false, 50);
  window.record(true, 450);
  expect(window.executionCount(999)).toBe(2);
  expect(window.executionCount(1000)).toBe(1);
  expect(window.failureRate(1000)).toBe(0);
  expect(window.executionCount(1400)).toBe(0);
});

test("forgets everything after a long silence", () => {
  const window = new FailureWindow(1000);
  for (let ms = 0; ms < 1000; ms += 10) window.record(false, ms);
  expect(window.executionCount(1_000_000_000)).toBe(0);
  expect(window.failureRate(1_000_000_000)).toBe(0);
});

test("a clock that steps back neither forgets nor fails", () => {
  const window = new FailureWindow(1000);
  window.record(false, 5000);
  window.record(true, 10);
  expect(window.executionCount(5000)).toBe(2);
});

test("agrees with a list of everything that happened", () => {
  const step = fc.record({ pauseMs: fc.nat(700), isSuccess: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const window = new FailureWindow(1000);
      const all: { slice: number; isSuccess: boolean }[] = [];
      let nowMs = 0;
      for (const { pauseMs, isSuccess } of steps) {
        nowMs += pauseMs;
        const slice = Math.floor(nowMs / 100);
        window.record(isSuccess, nowMs);
        all.push({ slice, isSuccess });
        const recent = all.filter((one) => one.slice > slice - 10);
        const failures = recent.filter((one) => !one.isSuccess).length;
        expect(window.executionCount(nowMs)).toBe(recent.length);
        expect(window.failureRate(nowMs)).toBeCloseTo((failures / recent.length) * 100);
      }
    }),
    { numRuns: 200 },
  );
});
