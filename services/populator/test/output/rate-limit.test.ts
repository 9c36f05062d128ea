import { expect, it } from "vitest";
import { RateLimit } from "../../src/output/rate-limit.ts";

it("makes each tenant wait for what it sent before, and no other", () => {
  let nowMs = 0;
  const limit = new RateLimit(1_000, () => nowMs);
  expect(limit.reserve("a", 500)).toBe(0);
  expect(limit.reserve("a", 1_000)).toBe(500);
  expect(limit.reserve("b", 10)).toBe(0);
  nowMs = 1_000;
  expect(limit.reserve("a", 1)).toBe(500);
  nowMs = 9_000;
  // Time that passed without sending is not saved up.
  expect(limit.reserve("a", 1_000)).toBe(0);
  expect(limit.reserve("a", 0)).toBe(0);
  expect(limit.reserve("a", 1)).toBe(1_000);
});

it("is none where none is set", () => {
  const limit = new RateLimit(undefined, () => 0);
  expect([limit.reserve("a", 1_000_000), limit.reserve("a", 1)]).toEqual([0, 0]);
});
