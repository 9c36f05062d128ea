import { FeatureStoreError } from "@ofs/platform";
import type { StoreDefinition } from "@ofs/registry";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StoreGate } from "../src/store-gate.ts";

const WINDOW_MS = 250;

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

/** Lets calls in until one is refused, and all of them out again after some time. @returns how many were let in, and the refusal */
function fill(gate: StoreGate, waitMs: number, isLate: boolean, atMost = 10_000) {
  const entered: number[] = [];
  let refusal: FeatureStoreError | undefined;
  while (refusal === undefined && entered.length < atMost) {
    const outcome = gate.enter(STORE);
    if (outcome instanceof FeatureStoreError) refusal = outcome;
    else entered.push(outcome);
  }
  vi.advanceTimersByTime(waitMs);
  for (const atMs of entered) gate.leave(STORE, atMs, isLate);
  return { count: entered.length, refusal };
}

test("a connection takes STORE_MAX_IN_FLIGHT calls, however long they take, while they are in time", () => {
  const gate = new StoreGate(100, new Registry());
  for (let round = 0; round < 20; round++) {
    const { count, refusal } = fill(gate, WINDOW_MS, false);
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
  for (let round = 0; round < 20; round++) counts.push(fill(gate, WINDOW_MS, true).count);
  expect(counts.slice(0, 4)).toEqual([1_000, 700, 489, 342]);
  expect(counts.at(-1)).toBe(16);
  expect(fill(gate, WINDOW_MS, false).refusal?.message).toBe(
    "store 1 (scylla, conf-id 4): too many calls wait for it: calls end late, so only 16 are let in for now",
  );
  let rounds = 0;
  while (fill(gate, WINDOW_MS, false).count < 1_000) rounds += 1;
  expect(rounds).toBeLessThan(50);
});

test("callers in a hurry say nothing of the store", () => {
  const gate = new StoreGate(50, new Registry());
  for (let round = 0; round < 20; round++) {
    expect(fill(gate, 99, true).count).toBe(50);
    vi.advanceTimersByTime(WINDOW_MS);
  }
});

test("a few late calls do not shut out many", () => {
  const gate = new StoreGate(1_000, new Registry());
  for (let round = 0; round < 20; round++) {
    fill(gate, WINDOW_MS, true, 7);
  }
  expect(fill(gate, WINDOW_MS, false).count).toBe(1_000);
});
