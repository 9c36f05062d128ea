import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RefreshGate } from "../../src/live/refresh-gate.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

async function countRuns(gate: RefreshGate, seconds: number): Promise<number> {
  const before = gate.count;
  for (let ms = 0; ms < seconds * 1_000; ms += 100) {
    await gate.run();
    vi.advanceTimersByTime(100);
  }
  return gate.count - before;
}

describe("the gate of forced reads", () => {
  it("lets one through a second while they bring something", async () => {
    const gate = new RefreshGate(async () => true);
    expect(await countRuns(gate, 10)).toBe(10);
  });

  it("lets fewer and fewer through while they bring nothing", async () => {
    const gate = new RefreshGate(async () => false);
    // At 0, 1, 3, 7, 15, 31 s, then each 30 s.
    expect(await countRuns(gate, 60)).toBe(6);
    expect(await countRuns(gate, 300)).toBe(10);
  });

  it("begins anew when something came another way", async () => {
    const gate = new RefreshGate(async () => false);
    await countRuns(gate, 60);
    gate.reset();
    vi.advanceTimersByTime(1_000);
    expect(await countRuns(gate, 1)).toBe(1);
  });
});
