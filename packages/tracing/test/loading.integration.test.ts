import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const SCRIPT = fileURLToPath(new URL("loaded-modules.mjs", import.meta.url));
const TIMEOUT_MS = 60_000;

/** What a process of its own has loaded: it runs what is built. */
async function loaded(...args: string[]): Promise<{ hasTracer: boolean; loaded: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, ...args]);
  return JSON.parse(stdout);
}

test("OpenTelemetry is loaded only where traces go somewhere", {
  timeout: TIMEOUT_MS,
}, async () => {
  expect(await loaded()).toEqual({ hasTracer: false, loaded: 0 });
  const on = await loaded("http://127.0.0.1:9");
  expect(on.hasTracer).toBe(true);
  expect(on.loaded).toBeGreaterThan(0);
});
