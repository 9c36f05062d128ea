import { InFlightLimit } from "@ofs/platform";
import { expect, test } from "vitest";

test("refuses beyond the limit, naming it, and admits again after a leave", () => {
  const limit = new InFlightLimit("MAX_IN_FLIGHT", 2);
  limit.enter();
  limit.enter();
  expect(() => limit.enter()).toThrow(
    expect.objectContaining({
      code: "RESOURCE_EXHAUSTED",
      message: "too many requests in flight: the limit MAX_IN_FLIGHT is 2",
    }),
  );
  expect(limit.count).toBe(2);
  limit.leave();
  limit.enter();
  expect(limit.count).toBe(2);
});

test("a leave without an enter is a broken invariant", () => {
  expect(() => new InFlightLimit("X", 1).leave()).toThrow(/leave without enter/);
});
