import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ofsVersion } from "../src/index.ts";

/** Processes from source, on machines that have other work. */
const TIMEOUT_MS = 60_000;
/** Of a thousand bytes each: more than may wait. */
const TALK_LINES = 20_000;
const SCRIPT = join(import.meta.dirname, "fixture-service.ts");

let child: ChildProcess;
let output = "";

afterEach(() => {
  child.kill("SIGKILL");
});

function start(fixture: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): void {
  output = "";
  const options = ["--conditions=@ofs/source", "--import", "tsx", SCRIPT, ...args];
  child = spawn(process.execPath, options, { env: { ...process.env, FIXTURE: fixture, ...env } });
  const started = child;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      if (child !== started) return; // what the one of an earlier test left behind
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
  start("misconfigured", ["--version"]);
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

test("its last lines keep their order, however late the first of them is written", {
  timeout: TIMEOUT_MS,
}, async () => {
  start("busy", [], { UV_THREADPOOL_SIZE: "1" });
  await waitFor("starting");
  child.kill("SIGTERM");
  expect(await exitCode()).toBe(0);
  expect(output).toMatch(/started[\s\S]*closed[\s\S]*shut down/);
});

test("it ends though nobody reads its log", { timeout: TIMEOUT_MS }, async () => {
  start("talkative", [], { TALK_LINES: String(TALK_LINES) });
  child.stdout?.pause();
  await waitFor("talked");
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
});

test("lines that nobody reads wait within a bound; those beyond are counted", {
  timeout: TIMEOUT_MS,
}, async () => {
  start("talkative", [], { TALK_LINES: String(TALK_LINES) });
  child.stdout?.pause();
  await waitFor("talked");
  child.stdout?.resume();
  await waitFor("lines were dropped");
  const dropped = Number(/"dropped":(\d+)/.exec(output)?.[1]);
  const written = output.match(/"msg":"talk"/g)?.length ?? 0;
  expect(written + dropped).toBe(TALK_LINES);
  expect(output.length).toBeGreaterThan(4 * 1024 * 1024);
  expect(output.length).toBeLessThan(10 * 1024 * 1024);
});

test("it goes on, and ends well, when the reader of its log has gone", {
  timeout: TIMEOUT_MS,
}, async () => {
  start("talkative", [], { TALK_LINES: "1" });
  await waitFor("starting");
  child.stdout?.destroy();
  await waitFor("talked");
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
});
