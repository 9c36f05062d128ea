import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeLauncher } from "../../src/install/launcher.ts";
import { runCommand } from "../../src/install/run-command.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ofs-launcher-"));
});

afterEach(() => rm(folder, { recursive: true }));

test("a launcher passes its own arguments, then the caller's, and its variables", async () => {
  const print = "console.log(JSON.stringify([process.env.WHO, ...process.argv.slice(1)]))";
  await writeLauncher(folder, "tell", {
    command: process.execPath,
    args: ["-e", print, "it's $HOME"],
    env: { WHO: "a 'quoted' \"one\"", NOBODY: undefined },
  });
  const output = await runCommand(join(folder, "tell"), ["last one", "*"]);
  expect(JSON.parse(output)).toEqual(["a 'quoted' \"one\"", "it's $HOME", "last one", "*"]);
});
