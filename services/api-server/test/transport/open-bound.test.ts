import { beforeEach, expect, test } from "vitest";
import { OpenBound } from "../../src/transport/open-bound.ts";

const CALLS_PER_MS = 1;

let bound: OpenBound;

beforeEach(() => {
  bound = new OpenBound();
});

function open(count: number): void {
  for (let i = 0; i < count; i++) bound.add();
}

/** How many more may begin; up to a thousand. */
function room(): number {
  let count = 0;
  for (; count < 1_000 && !bound.isReached; count++) bound.add();
  for (let i = 0; i < count; i++) bound.remove();
  return count;
}

test("there is none before the loop is busy, and after", () => {
  open(500);
  expect(room()).toBe(1_000);
  bound.adapt(2, 0, CALLS_PER_MS);
  expect(room()).toBe(0);
  bound.lift();
  expect(room()).toBe(1_000);
});

test("it begins at what is open, and falls while the loop is busy, down to 8 ms of calls", () => {
  open(100);
  bound.adapt(0, 0, CALLS_PER_MS);
  expect(bound.isReached).toBe(true);
  for (let i = 0; i < 60; i++) bound.remove();
  expect(room()).toBe(60);
  bound.adapt(100, 0, CALLS_PER_MS);
  expect(room()).toBe(Math.ceil(100 * Math.exp(-0.5)) - 40);
  bound.adapt(10_000, 0, CALLS_PER_MS);
  for (let i = 0; i < 40; i++) bound.remove();
  expect(room()).toBe(8);
});

test("calls that take long have four places", () => {
  bound.adapt(10_000, 0, 0.001);
  expect(room()).toBe(4);
});

test("it grows by what the loop is idle while calls are held back, a little from one look to the next", () => {
  open(100);
  bound.adapt(0, 0, CALLS_PER_MS);
  bound.adapt(0, 1, CALLS_PER_MS);
  expect(room()).toBe(Math.ceil(100 * Math.exp(0.2)) - 100);
  // That is no idle loop, but one that had no core.
  bound.adapt(0, 50, CALLS_PER_MS);
  expect(room()).toBe(Math.ceil(100 * Math.exp(0.5)) - 100);
});
