import { createLogger, Lifecycle } from "@ofs/platform";
import { expect, test, vi } from "vitest";

const log = createLogger({ service: "t", level: "DISABLED" });

test("closes in reverse order, one after the other, once", async () => {
  const closed: string[] = [];
  const lifecycle = new Lifecycle(log, 1_000);
  lifecycle.register("a", () => void closed.push("a"));
  lifecycle.register("b", async () => {
    await Promise.resolve();
    closed.push("b");
  });
  await Promise.all([lifecycle.close(), lifecycle.close()]);
  expect(closed).toEqual(["b", "a"]);
});

test("goes on after a fault and reports all faults", async () => {
  const close = vi.fn();
  const lifecycle = new Lifecycle(log, 1_000);
  lifecycle.register("a", () => Promise.reject(new Error("a failed")));
  lifecycle.register("b", close);
  lifecycle.register("c", () => {
    throw new Error("c failed");
  });
  const fault = await lifecycle.close().catch((error: unknown) => error);
  expect(close).toHaveBeenCalledOnce();
  expect((fault as AggregateError).errors.map((error: Error) => error.message)).toEqual([
    "closing c failed",
    "closing a failed",
  ]);
});

test("a resource that hangs is left behind when the time is over; the rest is still closed", async () => {
  const lifecycle = new Lifecycle(log, 5);
  const signals: boolean[] = [];
  lifecycle.register("first", (signal) => void signals.push(signal.aborted));
  lifecycle.register("stuck", () => new Promise(() => {}));
  await expect(lifecycle.close()).rejects.toMatchObject({
    errors: [expect.objectContaining({ message: "closing stuck took too long" })],
  });
  expect(signals).toEqual([true]);
});

test("a resource that gives up on the signal is closed in good order", async () => {
  const lifecycle = new Lifecycle(log, 5);
  lifecycle.register("drain", (signal) => {
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  });
  await expect(lifecycle.close()).resolves.toBeUndefined();
});

test("nothing can be opened once the closing has begun", async () => {
  const lifecycle = new Lifecycle(log, 5);
  await lifecycle.close();
  expect(() => lifecycle.register("late", () => {})).toThrow(/'late'/);
});
