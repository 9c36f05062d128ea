import { FeatureStoreError } from "@ofs/platform";
import type { StoreDefinition } from "@ofs/registry";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StoreGate } from "../src/store-gate.ts";

const WINDOW_MS = 250;
/** More than a call has waited by then. */
const IN_TIME_MS = 300;

const STORE: StoreDefinition = {
  id: "1",
  dbType: "scylla",
  confId: 4,
  table: "t",
  maxColumnSizeBytes: 1024,
  maxRowSizeBytes: 102_400,
  primaryKeys: [],
  tableTtlSeconds: 0,
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Lets calls in until one is refused, and all of them out again after some time, with so much left. @returns how many were let in, and the refusal */
function fill(gate: StoreGate, waitMs: number, leftMs: number, atMost = 10_000) {
  const entered: number[] = [];
  let refusal: FeatureStoreError | undefined;
  while (refusal === undefined && entered.length < atMost) {
    const outcome = gate.enter(STORE);
    if (outcome instanceof FeatureStoreError) refusal = outcome;
    else entered.push(outcome);
  }
  vi.advanceTimersByTime(waitMs);
  for (const atMs of entered) gate.leave(STORE, atMs, leftMs);
  return { count: entered.length, refusal };
}

test("a connection takes STORE_MAX_IN_FLIGHT calls, however long they take, while they are in time", () => {
  const gate = new StoreGate(100, new Registry());
  for (let round = 0; round < 20; round++) {
    const { count, refusal } = fill(gate, WINDOW_MS, IN_TIME_MS);
    expect(count).toBe(100);
    expect(refusal).toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      message:
        "store 1 (scylla, conf-id 4): too many calls wait for it: the limit STORE_MAX_IN_FLIGHT is 100",
    });
  }
});

test("fewer are let in while calls end late, but some always are; all when they are in time again", () => {
  const gate = new StoreGate(1_000, new Registry());
  const counts: number[] = [];
  for (let round = 0; round < 20; round++) counts.push(fill(gate, WINDOW_MS, 0).count);
  expect(counts.slice(0, 4)).toEqual([1_000, 600, 360, 216]);
  expect(counts.at(-1)).toBe(2);
  expect(fill(gate, WINDOW_MS, IN_TIME_MS).refusal?.message).toBe(
    "store 1 (scylla, conf-id 4): too many calls wait for it: calls end late, so only 2 are let in for now",
  );
  let rounds = 0;
  while (fill(gate, WINDOW_MS, IN_TIME_MS).count < 1_000) rounds += 1;
  expect(rounds).toBeLessThan(70);
});

test("calls that barely are in time: more are let in, but slowly", () => {
  const gate = new StoreGate(1_000, new Registry());
  for (let round = 0; round < 20; round++) fill(gate, WINDOW_MS, 0);
  const counts: number[] = [];
  for (let round = 0; round < 20; round++) counts.push(fill(gate, WINDOW_MS, 200).count);
  expect(counts[0]).toBe(2);
  expect(counts.at(-1)).toBeGreaterThan(2);
  expect(counts.at(-1)).toBeLessThan(6);
});

test("callers in a hurry say nothing of the store", () => {
  const gate = new StoreGate(50, new Registry());
  for (let round = 0; round < 20; round++) {
    expect(fill(gate, 99, 0).count).toBe(50);
    vi.advanceTimersByTime(WINDOW_MS);
  }
});

test("a few late calls do not shut out many", () => {
  const gate = new StoreGate(1_000, new Registry());
  for (let round = 0; round < 20; round++) {
    fill(gate, WINDOW_MS, 0, 7);
  }
  expect(fill(gate, WINDOW_MS, IN_TIME_MS).count).toBe(1_000);
});

/**
 * A store that does one call after the other, also those whose callers have left at their deadline, and 800 callers a second.
 *
 * @returns answers in time, second by second
 */
function answersInTime(gate: StoreGate, serviceMs: number, seconds: number): number[] {
  const DEADLINE_MS = 500;
  const TICK_MS = 5;
  const CALLS_PER_TICK = 4;
  const startMs = performance.now();
  const counts = new Array<number>(seconds).fill(0);
  let freeAtMs = startMs;
  let waiting: { enteredAtMs: number; doneAtMs: number }[] = [];
  for (let nowMs = startMs; nowMs < startMs + seconds * 1000; nowMs += TICK_MS) {
    for (let call = 0; call < CALLS_PER_TICK; call++) {
      const enteredAtMs = gate.enter(STORE);
      if (enteredAtMs instanceof FeatureStoreError) break;
      freeAtMs = Math.max(freeAtMs, nowMs) + serviceMs;
      waiting.push({ enteredAtMs, doneAtMs: freeAtMs });
    }
    vi.advanceTimersByTime(TICK_MS);
    waiting = waiting.filter(({ enteredAtMs, doneAtMs }) => {
      const leftMs = enteredAtMs + DEADLINE_MS - performance.now();
      if (doneAtMs > performance.now() && leftMs > 0) return true;
      gate.leave(STORE, enteredAtMs, Math.max(0, leftMs));
      if (leftMs > 0) (counts[Math.floor((nowMs - startMs) / 1000)] as number) += 1;
      return false;
    });
  }
  return counts;
}

test.each([
  [60, 8],
  [30, 16],
  [5, 100],
])(
  "a store that needs %i ms for a call, %i in half a second, does most of what it can for far more callers",
  (serviceMs) => {
    const gate = new StoreGate(1_000, new Registry());
    // What was let in before anything was late keeps the slowest one busy for a minute.
    const counts = answersInTime(gate, serviceMs, 130).slice(70);
    const perSecond = counts.reduce((sum, count) => sum + count) / counts.length;
    expect((perSecond * serviceMs) / 1000).toBeGreaterThan(0.8);
  },
);
