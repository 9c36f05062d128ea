import { EventEmitter } from "node:events";
import { createLogger, type ProcessPort, runProcess } from "@ofs/platform";
import { expect, test, vi } from "vitest";

const log = createLogger({ service: "t", level: "DISABLED" });

class FakeProcess extends EventEmitter implements ProcessPort {
  readonly exitCodes: number[] = [];
  exit(code: number): void {
    this.exitCodes.push(code);
    this.emit("exit");
  }
}

function exitOf(port: FakeProcess): Promise<void> {
  return new Promise((resolve) => port.once("exit", () => resolve()));
}

test.each(["SIGTERM", "SIGINT"])("%s closes and exits with 0", async (signal) => {
  const port = new FakeProcess();
  let isClosed = false;
  const close = async () => {
    isClosed = true;
  };
  runProcess(close, log, port);
  const exited = exitOf(port);
  port.emit(signal, signal);
  await exited;
  expect([isClosed, port.exitCodes]).toEqual([true, [0]]);
});

test("an unclean shutdown exits with 1", async () => {
  const port = new FakeProcess();
  runProcess(() => Promise.reject(new Error("stuck")), log, port);
  const exited = exitOf(port);
  port.emit("SIGTERM", "SIGTERM");
  await exited;
  expect(port.exitCodes).toEqual([1]);
});

test("a second signal, some time after the first, exits with 1 at once", () => {
  vi.useFakeTimers();
  try {
    const port = new FakeProcess();
    runProcess(() => new Promise(() => {}), log, port);
    port.emit("SIGINT", "SIGINT");
    vi.advanceTimersByTime(1_000);
    port.emit("SIGINT", "SIGINT");
    expect(port.exitCodes).toEqual([1]);
  } finally {
    vi.useRealTimers();
  }
});

test("one Ctrl-C that arrives twice, from the terminal and passed on by npm, is one signal", async () => {
  const port = new FakeProcess();
  runProcess(() => new Promise((resolve) => setImmediate(resolve)), log, port);
  const exited = exitOf(port);
  port.emit("SIGINT", "SIGINT");
  port.emit("SIGINT", "SIGINT");
  await exited;
  expect(port.exitCodes).toEqual([0]);
});

test.each(["unhandledRejection", "uncaughtException"])("%s exits with 1", (event) => {
  const port = new FakeProcess();
  runProcess(() => Promise.resolve(), log, port);
  port.emit(event, new Error("boom"));
  expect(port.exitCodes).toEqual([1]);
});
