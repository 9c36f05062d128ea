import { createLogger } from "@ofs/platform";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EmbeddedSweep } from "../src/embedded-sweep.ts";

const log = createLogger({ service: "test", level: "DISABLED" });
const REPORT = {
  scannedRows: 1,
  droppedGroups: 1,
  droppedRows: 0,
  damagedRows: 1,
  isRoundComplete: true,
};

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("sweeps again and again, also after a failure, until it is closed", async () => {
  let sweeps = 0;
  const store = {
    async sweep() {
      sweeps += 1;
      if (sweeps === 2) throw new Error("the disk is full");
      return REPORT;
    },
  };
  const sweep = new EmbeddedSweep(store, log, 100);
  sweep.start();
  await vi.advanceTimersByTimeAsync(350);
  expect(sweeps).toBe(3);
  await sweep.close();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sweeps).toBe(3);
});

test("closing waits for the sweep that is under way, and starts no other", async () => {
  let finish = () => {};
  let sweeps = 0;
  const store = {
    sweep() {
      sweeps += 1;
      return new Promise<typeof REPORT>((resolve) => {
        finish = () => resolve(REPORT);
      });
    },
  };
  const sweep = new EmbeddedSweep(store, log, 100);
  sweep.start();
  await vi.advanceTimersByTimeAsync(100);
  let isClosed = false;
  const closing = sweep.close().then(() => {
    isClosed = true;
  });
  await vi.advanceTimersByTimeAsync(10);
  expect(isClosed).toBe(false);
  finish();
  await closing;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sweeps).toBe(1);
});
