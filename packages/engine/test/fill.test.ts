import { expect, test } from "vitest";
import { jitteredTtlSeconds } from "../src/read/fill.ts";

function ttl(ttlSeconds: number, jitterPercent: number, random: number): number {
  const settings = { isEnabled: true, ttlSeconds, jitterPercent, confId: 1 };
  return jitteredTtlSeconds(settings, () => random);
}

const ALMOST_ONE = 0.999_999;

test.each([
  [600, 10, 0, 540],
  [600, 10, 0.5, 600],
  [600, 10, ALMOST_ONE, 660],
  [600, 0, 0.3, 600],
  [60, 1, 0, 60],
])("a TTL of %i s with %i %% of jitter at %d is %i s", (seconds, percent, random, expected) => {
  expect(ttl(seconds, percent, random)).toBe(expected);
});

test("what would fall below a second keeps the TTL, and 0 stays without expiry", () => {
  expect(ttl(3, 100, 0)).toBe(3);
  expect(ttl(0, 50, 0.1)).toBe(0);
});
