import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ofsVersion } from "../src/index.ts";

/** Processes from source, on machines that have other work. */
const TIMEOUT_MS = 60_000;
const SCRIPT = join(import.meta.dirname, "fixture-service.ts");

let child: ChildProcess;
let output = "";

afterEach(() => {
  child.kill("SIGKILL");
});

function start(fixture: string, ...args: readonly string[]): void {
  output = "";
  const options = ["--conditions=@ofs/source", "--import", "tsx", SCRIPT, ...args];
  child = spawn(process.execPath, options, { env: { ...process.env, FIXTURE: fixture } });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      child.emit("output");
    });
  }
}

async function exitCode(): Promise<unknown> {
  const [code] = await once(child, "close");
  return code;
}

async function waitFor(text: string): Promise<void> {
  while (!output.includes(text)) await once(child, "output");
}

test("it says its version and does nothing else", { timeout: TIMEOUT_MS }, async () => {
  start("misconfigured", "--version");
  expect(await exitCode()).toBe(0);
  expect(output).toContain(`fixture ${ofsVersion()}, Node`);
});

test("a wrong environment is told fault by fault", { timeout: TIMEOUT_MS }, async () => {
  start("misconfigured");
  expect(await exitCode()).toBe(1);
  expect(output).toContain('"faults":["PORT: not a number (value \\"x\\")"]');
  expect(output).toContain("invalid environment");
});

test("what keeps it from starting is told", { timeout: TIMEOUT_MS }, async () => {
  start("broken");
  expect(await exitCode()).toBe(1);
  expect(output).toContain("the disk is gone");
  expect(output).toContain('"msg":"could not start"');
});

test("a signal during the start waits for its end", { timeout: TIMEOUT_MS }, async () => {
  start("good");
  await waitFor("starting");
  child.kill("SIGTERM");
  expect(await exitCode()).toBe(0);
  expect(output).toMatch(/starting[\s\S]*shutting down[\s\S]*started[\s\S]*closed[\s\S]*shut down/);
});
