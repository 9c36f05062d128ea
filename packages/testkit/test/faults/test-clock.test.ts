import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { startProcess, type TestProcess } from "../../src/process.ts";
import { waitUntil } from "../../src/wait-until.ts";

const script = fileURLToPath(new URL("../fixtures/clock.mjs", import.meta.url));
const HOUR_MS = 3_600_000;
/** A slow machine may take so long between two looks at a clock. */
const TOLERANCE_MS = 2000;

interface Clocks {
  readonly now: number;
  readonly fresh: number;
  readonly called: number;
  readonly fixed: number;
  readonly utc: number;
  readonly isDate: boolean;
  readonly monotonic: number;
}

const running: TestProcess[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.kill()));
});

async function start(): Promise<{
  child: TestProcess;
  ask: () => Promise<Record<string, Clocks>>;
}> {
  const child = await startProcess({ script, clock: true, ready: { line: /listening on \d+/ } });
  running.push(child);
  const [, port] = await child.waitForLine(/listening on (\d+)/);
  const ask = async () => (await fetch(`http://127.0.0.1:${port}/`)).json();
  return { child, ask: ask as () => Promise<Record<string, Clocks>> };
}

function expectOffset(clocks: Clocks | undefined, offsetMs: number): void {
  const { now = 0, fresh = 0, called = 0, fixed, utc, isDate } = clocks ?? {};
  for (const time of [now, fresh, called]) {
    expect(Math.abs(time - Date.now() - offsetMs)).toBeLessThan(TOLERANCE_MS);
  }
  expect([fixed, utc, isDate]).toEqual([5, 0, true]);
}

test("shifts Date forwards and back, in worker threads too; the monotonic clock stays true", async () => {
  const { child, ask } = await start();
  const first = await ask();
  expectOffset(first["main"], 0);
  for (const offsetMs of [HOUR_MS, -24 * HOUR_MS, 0]) {
    child.clock.set(offsetMs);
    const clocks = await ask();
    expectOffset(clocks["main"], offsetMs);
    expectOffset(clocks["worker"], offsetMs);
  }
  child.clock.jump(HOUR_MS);
  child.clock.jump(-3 * HOUR_MS);
  expect(child.clock.offsetMs).toBe(-2 * HOUR_MS);
  const last = await ask();
  expectOffset(last["main"], -2 * HOUR_MS);
  const passedMs = (last["main"]?.monotonic ?? 0) - (first["main"]?.monotonic ?? 0);
  expect(passedMs).toBeGreaterThan(0);
  expect(passedMs).toBeLessThan(HOUR_MS);
});

test("leaves nothing behind", async () => {
  const { child } = await start();
  const { folder } = child.clock;
  expect(existsSync(folder)).toBe(true);
  await child.kill();
  await waitUntil(() => !existsSync(folder), { what: "the end of the clock's folder" });
  expect(() => child.clock.jump(1)).toThrow("has ended");
});

test("only a script that was started with a clock has one", async () => {
  const plain = await startProcess({ command: "sleep", args: ["600"] });
  running.push(plain);
  expect(() => plain.clock).toThrow("clock: true");
  await expect(startProcess({ command: "sleep", args: ["600"], clock: true })).rejects.toThrow(
    "only a script",
  );
});
