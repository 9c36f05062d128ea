import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAlive, withFileLock } from "../../src/install/file-lock.ts";
import { createDataFolder } from "../../src/servers/server-node.ts";

/** Above the highest pid that Linux gives out by default and macOS at all. */
const NO_PROCESS = 4_999_999;

let folder: string;

beforeAll(async () => {
  folder = await createDataFolder("lock-test");
});
afterAll(() => rm(folder, { recursive: true }));

test("only one holder at a time", async () => {
  const path = join(folder, "contended");
  let holders = 0;
  let mostHolders = 0;
  const work = async (): Promise<void> => {
    holders += 1;
    mostHolders = Math.max(mostHolders, holders);
    await new Promise((resolve) => setImmediate(resolve));
    holders -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withFileLock(path, work)));
  expect(mostHolders).toBe(1);
  expect(existsSync(path)).toBe(false);
});

test("lets go when the work fails, and passes the error on", async () => {
  const path = join(folder, "failing");
  const failing = withFileLock(path, () => Promise.reject(new Error("no luck")));
  await expect(failing).rejects.toThrow("no luck");
  expect(existsSync(path)).toBe(false);
});

test("takes over the lock of a process that is gone", async () => {
  const path = join(folder, "dead");
  expect(isAlive(NO_PROCESS)).toBe(false);
  await writeFile(path, `${NO_PROCESS} 0.5`);
  expect(await withFileLock(path, () => Promise.resolve("done"))).toBe("done");
});
