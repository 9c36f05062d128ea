import { expect, test } from "vitest";
import { waitUntil } from "../src/wait-until.ts";

test("answers with what the check answers first", async () => {
  const answers = [undefined, false, 0];
  expect(await waitUntil(() => answers.shift() as 0, { what: "zero", intervalMs: 1 })).toBe(0);
  expect(answers).toHaveLength(0);
});

test("names what it waited for when the time is over", async () => {
  const waited = waitUntil(() => false, { what: "the end", timeoutMs: 5, intervalMs: 1 });
  await expect(waited).rejects.toThrow("waited 5 ms in vain for the end");
});

test("an error of the check ends the wait", async () => {
  const failing = (): never => {
    throw new Error("broken");
  };
  await expect(waitUntil(failing, { what: "nothing" })).rejects.toThrow("broken");
});
