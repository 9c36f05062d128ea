import { expect, test } from "vitest";
import { killAfter } from "../../src/faults/kill-after.ts";
import { startProcess } from "../../src/process.ts";

const sleeper = { command: "sleep", args: ["600"] };

test("kills at a moment that the seed decides", async () => {
  const processes = await Promise.all([startProcess(sleeper), startProcess(sleeper)]);
  const exits = await Promise.all(
    processes.map((each) => killAfter(each, { random: 11, minMs: 10, maxMs: 100 })),
  );
  expect(exits[0]).toEqual(exits[1]);
  expect(exits[0]).toMatchObject({ code: null, signal: "SIGKILL" });
  expect(exits[0]?.delayMs).toBeGreaterThanOrEqual(10);
  expect(exits[0]?.delayMs).toBeLessThanOrEqual(100);
});

test("tells of an end that came before", async () => {
  const short = await startProcess({ command: "sh", args: ["-c", "exit 3"] });
  expect(await killAfter(short, { random: 1, minMs: 300, maxMs: 300 })).toEqual({
    code: 3,
    signal: null,
    delayMs: 300,
  });
});

test("a range that is none is refused", async () => {
  const never = { kill: () => Promise.reject(new Error("killed")) };
  await expect(killAfter(never, { random: 1, minMs: 5, maxMs: 4 })).rejects.toThrow(RangeError);
});
