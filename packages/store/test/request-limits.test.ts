import { setImmediate } from "node:timers/promises";
import { FeatureStoreError } from "@ofs/platform";
import { afterEach, expect, test, vi } from "vitest";
import { endOf, waitWithin } from "../src/redis/redis-call.ts";
import { passedLimit, withinLimits } from "../src/request-limits.ts";

const NOW_MS = 1_750_000_000_000;
const never = new Promise<string>(() => undefined);

afterEach(() => {
  vi.useRealTimers();
});

test("a request may go on up to its deadline", () => {
  expect(passedLimit({ deadlineMs: NOW_MS }, NOW_MS, "store")).toBeUndefined();
  expect(passedLimit({ deadlineMs: NOW_MS }, NOW_MS + 1, "store")?.code).toBe("DEADLINE_EXCEEDED");
  expect(passedLimit({ deadlineMs: Number.POSITIVE_INFINITY }, NOW_MS, "store")).toBeUndefined();
});

test("a cancelled request must not go on, and says who cancelled it", () => {
  const signal = AbortSignal.abort("client went away");
  const stop = passedLimit({ deadlineMs: NOW_MS - 1, signal }, NOW_MS, "store 1");
  expect(stop).toMatchObject({ code: "CANCELLED", cause: "client went away" });
  expect(stop?.message).toBe("store 1: the request was cancelled");
});

test("work that is done in time gives its result", async () => {
  const signal = new AbortController().signal;
  const limits = { deadlineMs: Date.now() + 60_000, signal };
  expect(await withinLimits(Promise.resolve("done"), limits, "store")).toBe("done");
  expect(await withinLimits(Promise.resolve("done"), { deadlineMs: Infinity }, "store")).toBe(
    "done",
  );
});

test("any number of requests may share a signal, without a warning of listeners", async () => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error): number => warnings.push(name);
  process.on("warning", onWarning);
  const controller = new AbortController();
  const { signal } = controller;
  const ofLimits = Array.from({ length: 20 }, () =>
    withinLimits(never, { deadlineMs: Number.POSITIVE_INFINITY, signal }, "store"),
  );
  const end = endOf({ signal }, 60_000);
  const ofRedis = Array.from({ length: 20 }, () =>
    waitWithin(new Promise(() => {}), end, { signal }),
  );
  await setImmediate();
  controller.abort();
  const outcomes = await Promise.all([...ofLimits, ...ofRedis]);
  process.off("warning", onWarning);
  expect(new Set(outcomes.map((o) => (o as FeatureStoreError).code))).toEqual(
    new Set(["CANCELLED"]),
  );
  expect(warnings).toEqual([]);
});

test("work is not waited for past the deadline", async () => {
  vi.useFakeTimers({ now: NOW_MS });
  const outcome = withinLimits(never, { deadlineMs: NOW_MS + 500 }, "store 1");
  vi.advanceTimersByTime(499);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await outcome).toEqual(
    new FeatureStoreError("DEADLINE_EXCEEDED", "store 1: no answer within the deadline"),
  );
});

test("work is not waited for once it is cancelled", async () => {
  const controller = new AbortController();
  const limits = { deadlineMs: Number.POSITIVE_INFINITY, signal: controller.signal };
  const outcome = withinLimits(never, limits, "store");
  controller.abort();
  expect(await outcome).toMatchObject({ code: "CANCELLED" });
  expect(await withinLimits(never, limits, "store")).toMatchObject({ code: "CANCELLED" });
});

test("no timer is left behind, and none is set for a deadline out of its reach", async () => {
  vi.useFakeTimers({ now: NOW_MS });
  const work = Promise.resolve("done");
  await withinLimits(work, { deadlineMs: NOW_MS + 500 }, "store");
  expect(vi.getTimerCount()).toBe(0);
  const outcome = withinLimits(work, { deadlineMs: NOW_MS + 3_000_000_000 }, "store");
  expect(vi.getTimerCount()).toBe(0);
  expect(await outcome).toBe("done");
});
