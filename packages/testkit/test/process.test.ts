import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { freePort } from "../src/free-ports.ts";
import { isAlive } from "../src/install/file-lock.ts";
import { type ProcessOptions, startProcess, type TestProcess } from "../src/process.ts";
import { waitUntil } from "../src/wait-until.ts";

const script = fileURLToPath(new URL("fixtures/http-server.mjs", import.meta.url));
const running: TestProcess[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.kill()));
});

async function start(options: ProcessOptions): Promise<TestProcess> {
  const started = await startProcess(options);
  running.push(started);
  return started;
}

test("waits for a line and hands out what it matched", async () => {
  const server = await start({ script, ready: { line: /listening on (\d+)/ } });
  const [, port] = await server.waitForLine(/listening on (\d+)/);
  const response = await fetch(`http://127.0.0.1:${port}/ready`);
  expect(await response.text()).toBe("/ready");
});

test("waits for a port and passes the environment on", async () => {
  const port = await freePort();
  const server = await start({ script, env: { PORT: String(port) }, ready: { port } });
  expect(server.isRunning).toBe(true);
  expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200);
});

test("waits for a good HTTP answer", async () => {
  const port = await freePort();
  const env = { PORT: String(port) };
  const server = await start({ script, env, ready: { http: `http://127.0.0.1:${port}/ready` } });
  expect(server.output).toContain(`listening on ${port}`);
});

test("a bad HTTP answer is not ready", async () => {
  const port = await freePort();
  const http = `http://127.0.0.1:${port}/missing`;
  const starting = start({
    script,
    env: { PORT: String(port) },
    ready: { http },
    readyTimeoutMs: 500,
  });
  await expect(starting).rejects.toThrow(`waited 500 ms in vain for ${http}`);
});

test("a process that ends early fails the start with its output", async () => {
  const crash = { command: "sh", args: ["-c", "echo out of order >&2; exit 3"] };
  const starting = start({ ...crash, ready: { line: /ready/ } });
  await expect(starting).rejects.toThrow(/it ended before a line like .*out of order/s);
});

test("a command that does not exist fails the start", async () => {
  await expect(start({ command: "/nonexistent/program" })).rejects.toThrow(
    "/nonexistent/program cannot be started",
  );
});

test("stop sends SIGTERM and answers how the process ended", async () => {
  const server = await start({ script, ready: { line: /listening/ } });
  expect(await server.stop()).toEqual({ code: 7, signal: null });
  expect(server.output).toContain("asked to stop");
  expect(await server.stop()).toEqual({ code: 7, signal: null });
});

test("stop kills a process that does not react within the grace period", async () => {
  const server = await start({ script, args: ["--stubborn"], ready: { line: /listening/ } });
  expect(await server.stop(200)).toEqual({ code: null, signal: "SIGKILL" });
});

test("kill ends a paused process", async () => {
  const server = await start({ script, ready: { line: /listening/ } });
  server.pause();
  expect(await server.kill()).toEqual({ code: null, signal: "SIGKILL" });
});

test("a stopped process leaves no child behind", async () => {
  const parent = await start({
    command: "sh",
    args: ["-c", "sleep 600 & echo child $!; wait"],
    ready: { line: /child (\d+)/ },
  });
  const child = Number((await parent.waitForLine(/child (\d+)/))[1]);
  expect(isAlive(child)).toBe(true);
  await parent.stop();
  await waitUntil(() => !isAlive(child), { what: `the end of process ${child}` });
});

test("a variable set to undefined is taken out of the environment", async () => {
  const shell = { command: "sh", args: ["-c", 'echo "home=$HOME."'] };
  const started = await start({ ...shell, env: { HOME: undefined }, ready: { line: /home=/ } });
  expect(started.output).toContain("home=.");
});
