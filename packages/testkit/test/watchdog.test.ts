import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { isAlive } from "../src/install/file-lock.ts";
import { startProcess } from "../src/process.ts";
import { createDataFolder, emptyFolder } from "../src/servers/server-node.ts";
import { waitUntil } from "../src/wait-until.ts";

const script = fileURLToPath(new URL("fixtures/start-sleeper.ts", import.meta.url));
const sleepers: number[] = [];
/** Each test starts compilers for its runners: slow beside busy neighbours. */
const TIMEOUT_MS = 60_000;

afterEach(() => {
  for (const pid of sleepers.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
});

/** A process that starts another one, as a test run starts a server. */
async function startRunner(...args: readonly string[]) {
  const line = /sleeper (\d+)/;
  const options = { script, args, nodeOptions: ["--import", "tsx"], ready: { line } };
  const runner = await startProcess(options);
  const sleeper = Number((await runner.waitForLine(line))[1]);
  sleepers.push(sleeper);
  return { runner, sleeper };
}

test(
  "a guarded process and its folder go when their starter is killed",
  async () => {
    const folder = await createDataFolder("watchdog-test");
    const { runner, sleeper } = await startRunner(folder);
    expect(isAlive(sleeper)).toBe(true);
    await runner.kill();
    await waitUntil(() => !isAlive(sleeper), { what: `the end of process ${sleeper}` });
    await waitUntil(() => !existsSync(folder), { what: `the end of ${folder}` });
  },
  TIMEOUT_MS,
);

test(
  "a detached process and its folder outlive their starter",
  async () => {
    const folder = await emptyFolder(await createDataFolder("watchdog-test"));
    const guarded = await startRunner(folder);
    const detached = await startRunner("", "--detach");
    await detached.runner.kill();
    await guarded.runner.kill();
    await waitUntil(() => !isAlive(guarded.sleeper), { what: "the guarded one's end" });
    expect(isAlive(detached.sleeper)).toBe(true);
  },
  TIMEOUT_MS,
);
