import { createLogger } from "@ofs/platform";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Backend, BackendMonitor } from "../src/backend-monitor.ts";

const log = createLogger({ service: "t", level: "DISABLED" });
const TIMES = { intervalMs: 1_000, minBackoffMs: 100, maxBackoffMs: 300, timeoutMs: 500 };

class FakeBackend implements Backend {
  readonly name = "scylla 1";
  readonly isRequired: boolean;
  pingCount = 0;
  answer: () => Promise<void> = () => Promise.resolve();

  constructor(isRequired = true) {
    this.isRequired = isRequired;
  }

  ping(): Promise<void> {
    this.pingCount += 1;
    return this.answer();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const refuse = () => Promise.reject(new Error("connection refused"));

test("a required backend must answer once; afterwards a failure is a warning", async () => {
  const backend = new FakeBackend();
  backend.answer = refuse;
  const monitor = new BackendMonitor([backend], log, TIMES);
  expect(monitor.check()).toEqual({
    status: "failing",
    detail: { "scylla 1": { state: "connecting" } },
  });
  monitor.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(monitor.check()).toEqual({
    status: "failing",
    detail: { "scylla 1": { state: "connecting", error: "connection refused" } },
  });
  backend.answer = () => Promise.resolve();
  await vi.advanceTimersByTimeAsync(100);
  expect(monitor.check()).toEqual({ status: "ok", detail: { "scylla 1": { state: "up" } } });
  backend.answer = refuse;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(monitor.check()).toEqual({
    status: "warning",
    detail: { "scylla 1": { state: "down", error: "connection refused" } },
  });
  await monitor.close();
});

test("one that is not required never keeps the process out of service", () => {
  const monitor = new BackendMonitor([new FakeBackend(false)], log, TIMES);
  expect(monitor.check().status).toBe("warning");
});

test("without backends all is well", () => {
  expect(new BackendMonitor([], log).check()).toEqual({ status: "ok", detail: {} });
});

test("failures are followed by ever longer pauses, up to a limit; success resets them", async () => {
  const backend = new FakeBackend();
  backend.answer = refuse;
  const monitor = new BackendMonitor([backend], log, TIMES);
  const counts: number[] = [];
  monitor.start();
  for (let elapsedMs = 0; elapsedMs < 1_000; elapsedMs += 100) {
    await vi.advanceTimersByTimeAsync(elapsedMs === 0 ? 0 : 100);
    counts.push(backend.pingCount);
  }
  // Pings at 0, 100, 300, 600 and 900 ms.
  expect(counts).toEqual([1, 2, 2, 3, 3, 3, 4, 4, 4, 5]);
  await monitor.close();
});

test("a ping that hangs counts as failed after its time", async () => {
  const backend = new FakeBackend();
  backend.answer = () => new Promise(() => undefined);
  const monitor = new BackendMonitor([backend], log, TIMES);
  monitor.start();
  await vi.advanceTimersByTimeAsync(500);
  expect(monitor.statuses()).toEqual([
    { name: "scylla 1", state: "connecting", error: "no answer within 500 ms" },
  ]);
  await monitor.close();
});

test("closing ends the pinging at once, also a ping that hangs", async () => {
  const hanging = new FakeBackend();
  hanging.answer = () => new Promise(() => undefined);
  const waiting = new FakeBackend();
  const monitor = new BackendMonitor([hanging, waiting], log, TIMES);
  monitor.start();
  await vi.advanceTimersByTimeAsync(0);
  await monitor.close();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([hanging.pingCount, waiting.pingCount]).toEqual([1, 1]);
  expect(vi.getTimerCount()).toBe(0);
});

test("the first round is over when each backend has answered or failed once", async () => {
  const [up, down, slow] = [new FakeBackend(), new FakeBackend(), new FakeBackend()];
  down.answer = refuse;
  let answer: () => void = () => undefined;
  slow.answer = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const monitor = new BackendMonitor([up, down, slow], log, TIMES);
  monitor.start();
  let isOver = false;
  const round = monitor.firstRound(400).then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(100);
  expect(isOver).toBe(false);
  answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(isOver).toBe(true);
  await round;
  await monitor.close();
});

test("a backend that does not answer is waited for no longer than is said", async () => {
  const backend = new FakeBackend();
  backend.answer = () => new Promise(() => undefined);
  const monitor = new BackendMonitor([backend], log, TIMES);
  monitor.start();
  const round = monitor.firstRound(300);
  await vi.advanceTimersByTimeAsync(300);
  await round;
  expect(monitor.statuses()).toMatchObject([{ state: "connecting" }]);
  await monitor.close();
});
