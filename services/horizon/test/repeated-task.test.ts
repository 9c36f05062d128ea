import { createLogger } from "@ofs/platform";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RepeatedTask } from "../src/repeated-task.ts";

const log = createLogger({ service: "horizon", level: "DISABLED" });

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function create(run: () => Promise<void>): RepeatedTask {
  return new RepeatedTask({ name: "test", intervalMs: 1_000, retryMs: 10, run, log });
}

it("runs at once and then again and again, sooner after a failure", async () => {
  let count = 0;
  const task = create(async () => {
    count += 1;
    if (count === 2) throw new Error("this once");
  });
  await task.start();
  expect(count).toBe(1);
  await vi.advanceTimersByTimeAsync(999);
  expect(count).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(count).toBe(2);
  await vi.advanceTimersByTimeAsync(10);
  expect(count).toBe(3);
  await vi.advanceTimersByTimeAsync(999);
  expect(count).toBe(3);
  await task.close();
});

it("waits at its end for what is under way, and does nothing after", async () => {
  let finish: () => void = () => undefined;
  let count = 0;
  const task = create(
    () =>
      new Promise((resolve) => {
        count += 1;
        finish = resolve;
      }),
  );
  const started = task.start();
  let isClosed = false;
  const closed = task.close().then(() => {
    isClosed = true;
  });
  await vi.advanceTimersByTimeAsync(5);
  expect(isClosed).toBe(false);
  finish();
  await Promise.all([started, closed]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(count).toBe(1);
});
