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

/** Rounds of calls that all are late, with one after them that tells that the store has done them. @returns how many were let in */
function allLate(gate: StoreGate): number {
  const { count } = fill(gate, WINDOW_MS, 0);
  fill(gate, 0, IN_TIME_MS, 1);
  return count;
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
  for (let round = 0; round < 20; round++) counts.push(allLate(gate));
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
  for (let round = 0; round < 20; round++) allLate(gate);
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
  fill(gate, 0, IN_TIME_MS, 1);
  expect(fill(gate, WINDOW_MS, IN_TIME_MS).count).toBe(1_000);
});

test("late calls keep their places until one is answered that was let in after them", () => {
  const gate = new StoreGate(100, new Registry());
  const before = gate.enter(STORE) as number;
  vi.advanceTimersByTime(1);
  fill(gate, 150, 0, 20);
  // Let in before them: says nothing of them.
  gate.leave(STORE, before, IN_TIME_MS);
  const { count, refusal } = fill(gate, 0, IN_TIME_MS);
  expect(count).toBe(80);
  expect(refusal?.message).toMatch(
    /: the limit STORE_MAX_IN_FLIGHT is 100, of which 20 are taken by late ones$/,
  );
  expect(fill(gate, 0, IN_TIME_MS).count).toBe(100);
});

test("the first calls of all may be slow: they bound nothing, and slow ones of long ago neither", () => {
  const gate = new StoreGate(1_000, new Registry());
  for (let round = 0; round < 5; round++) fill(gate, 200, IN_TIME_MS, 7);
  for (let round = 0; round < 5; round++) expect(fill(gate, 200, IN_TIME_MS, 100).count).toBe(100);
  const { count, refusal } = fill(gate, 200, IN_TIME_MS);
  expect(count).toBe(175);
  expect(refusal?.message).toMatch(/: calls take long, so only 175 are let in for now$/);
  vi.advanceTimersByTime(5_000);
  expect(fill(gate, 0, IN_TIME_MS).count).toBe(1_000);
});

test("a store whose answers came at once, and that nobody asked for a day, is bounded by nothing", () => {
  const gate = new StoreGate(1_000, new Registry());
  for (let round = 0; round < 3; round++) {
    fill(gate, 0, Number.POSITIVE_INFINITY, 100);
    vi.advanceTimersByTime(100);
  }
  vi.advanceTimersByTime(86_400_000);
  for (let round = 0; round < 3; round++)
    expect(fill(gate, WINDOW_MS, IN_TIME_MS).count).toBe(1_000);
});

test("while late calls have all places, two at a time find out whether the store is done with them", () => {
  const gate = new StoreGate(100, new Registry());
  fill(gate, WINDOW_MS, 0);
  for (let round = 0; round < 3; round++) expect(fill(gate, WINDOW_MS, 0).count).toBe(2);
});

test("after a second without a call late ones are forgotten", () => {
  const gate = new StoreGate(1_000, new Registry());
  fill(gate, WINDOW_MS, 0);
  vi.advanceTimersByTime(WINDOW_MS + 1_000);
  expect(fill(gate, WINDOW_MS, IN_TIME_MS).count).toBe(600);
});

/**
 * A store, some way away, that does one call after the other, also those whose callers have left at their deadline, and 800
 * callers a second.
 *
 * @returns answers in time, second by second
 */
function answersInTime(
  gate: StoreGate,
  serviceMs: number,
  seconds: number,
  distanceMs = 0,
): number[] {
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
      waiting.push({ enteredAtMs, doneAtMs: freeAtMs + distanceMs });
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

/** A store that does any number of calls at once. @returns the calls of each round that were let in, of those that came */
function letInFarAway(gate: StoreGate, latencyMs: number, comingPerTick: readonly number[]) {
  const TICK_MS = 10;
  const DEADLINE_MS = 500;
  const waiting: { enteredAtMs: number }[] = [];
  return comingPerTick.map((coming) => {
    let count = 0;
    for (let call = 0; call < coming; call++) {
      const enteredAtMs = gate.enter(STORE);
      if (enteredAtMs instanceof FeatureStoreError) break;
      waiting.push({ enteredAtMs });
      count += 1;
    }
    vi.advanceTimersByTime(TICK_MS);
    const nowMs = performance.now();
    while (waiting[0] !== undefined && nowMs - waiting[0].enteredAtMs >= latencyMs) {
      const { enteredAtMs } = waiting.shift() as { enteredAtMs: number };
      gate.leave(STORE, enteredAtMs, enteredAtMs + DEADLINE_MS - nowMs);
    }
    return count;
  });
}

test.each([
  [5, 0],
  [40, 0],
  [100, 0.05],
  [300, 0.2],
])(
  "a store %i ms away that does all calls at once gets as many as come, ten times as many, too",
  (latencyMs, most) => {
    const gate = new StoreGate(1_000, new Registry());
    const few = new Array<number>(300).fill(1);
    const many = new Array<number>(500).fill(10);
    const letIn = letInFarAway(gate, latencyMs, [...few, ...many]);
    const total = letIn.reduce((sum, count) => sum + count);
    expect(total / (300 + 5_000)).toBeGreaterThanOrEqual(1 - most);
  },
);

test.each([0, 100])(
  "a store %i ms away does most of what it can from the first second on",
  (distanceMs) => {
    const counts = answersInTime(new StoreGate(1_000, new Registry()), 5, 10, distanceMs);
    const perSecond = counts.reduce((sum, count) => sum + count) / counts.length;
    expect((perSecond * 5) / 1000).toBeGreaterThan(0.8);
  },
);

/**
 * Callers that call a store again as soon as their call has ended. It answers after 5 ms, but for 10 s of silence, in which calls end at
 * their deadline.
 *
 * @returns when calls were refused, as milliseconds of the silence, by code; and how long after it the last call failed
 */
function throughSilence(gate: StoreGate, callers: number) {
  const DEADLINE_MS = 600;
  const TICK_MS = 5;
  const SILENCE_MS = [1_000, 11_000] as const;
  const startMs = performance.now();
  const refused: { code: string; atMs: number }[] = [];
  let lastFailureMs = 0;
  let waiting: { enteredAtMs: number; isLost: boolean }[] = [];
  for (let nowMs = 0; nowMs < 15_000; nowMs += TICK_MS) {
    const isSilent = nowMs >= SILENCE_MS[0] && nowMs < SILENCE_MS[1];
    for (let caller = waiting.length; caller < callers; caller++) {
      const outcome = gate.enter(STORE);
      if (outcome instanceof FeatureStoreError) {
        refused.push({ code: outcome.code, atMs: nowMs - SILENCE_MS[0] });
        lastFailureMs = nowMs;
      } else {
        waiting.push({ enteredAtMs: outcome, isLost: isSilent });
      }
    }
    vi.advanceTimersByTime(TICK_MS);
    waiting = waiting.filter(({ enteredAtMs, isLost }) => {
      const leftMs = enteredAtMs + DEADLINE_MS - performance.now();
      if (isLost && leftMs > 0) return true;
      if (leftMs <= 0) lastFailureMs = performance.now() - startMs;
      gate.leave(STORE, enteredAtMs, Math.max(0, leftMs));
      return false;
    });
  }
  return { refused, recoveryMs: lastFailureMs - SILENCE_MS[1] };
}

test("a store that answers nothing costs few callers nothing: they find out, and it is back with its first answer", () => {
  const { refused, recoveryMs } = throughSilence(new StoreGate(1_000, new Registry()), 6);
  expect(refused).toEqual([]);
  expect(recoveryMs).toBeLessThanOrEqual(600); // what was let in before the end
});

test("many are told after two seconds that it is unavailable, and find it back as soon", () => {
  const { refused, recoveryMs } = throughSilence(new StoreGate(1_000, new Registry()), 32);
  const codes = refused.map(({ code, atMs }) => (atMs < 2_000 ? "first" : code));
  expect(new Set(codes)).toEqual(new Set(["first", "UNAVAILABLE"]));
  expect(recoveryMs).toBeLessThanOrEqual(600);
});

test("a call that was late long ago does not make a store unavailable that nobody asked since", () => {
  const gate = new StoreGate(10, new Registry());
  fill(gate, WINDOW_MS, 0, 1);
  vi.advanceTimersByTime(60_000);
  expect(fill(gate, 0, IN_TIME_MS).refusal).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
});

test("how long a store has answered nothing is told", () => {
  const gate = new StoreGate(10, new Registry());
  for (let round = 0; round < 2; round++) fill(gate, 950, 0);
  expect(fill(gate, 100, 0).refusal).toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    message: expect.stringMatching(
      /STORE_MAX_IN_FLIGHT is 10, of which 10 are taken by late ones$/,
    ),
  });
  expect(fill(gate, 100, 0).refusal).toMatchObject({
    code: "UNAVAILABLE",
    message:
      "store 1 (scylla, conf-id 4) has answered nothing for 2.0 s, and only a few calls may find out whether it does again",
  });
  vi.advanceTimersByTime(1);
  fill(gate, 0, IN_TIME_MS);
  expect(fill(gate, 0, IN_TIME_MS).refusal).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
});
