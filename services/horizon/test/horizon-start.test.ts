import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@ofs/platform";
import { createTestCertificates, freePort } from "@ofs/testkit";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Horizon, loadConfig, startHorizon } from "../src/index.ts";

const READY_MS = 10_000;

let folder: string;
let horizon: Horizon | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ofs-horizon-"));
});

afterEach(async () => {
  await horizon?.close();
  horizon = undefined;
  rmSync(folder, { recursive: true });
});

async function start(env: NodeJS.ProcessEnv): Promise<Horizon> {
  const own = { OFS_DATA_FOLDER: folder, APP_HOST: "127.0.0.1", APP_PORT: "0" };
  const config = loadConfig({ ...own, ...env });
  horizon = await startHorizon(config, {
    log: createLogger({ service: "horizon", level: "DISABLED" }),
    metrics: new Registry(),
    onFirstAdmin: () => undefined,
  });
  return horizon;
}

function statusOverTls(port: number, ca: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "localhost", port, path: "/health", ca, agent: false });
    call.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on("error", reject);
    call.end();
  });
}

it("answers over TLS, and to nobody without it", async () => {
  const { ca, server } = await createTestCertificates(join(folder, "certificates"));
  const { port } = await start({ TLS_CERT_FILE: server.cert, TLS_KEY_FILE: server.key });
  expect(await statusOverTls(port, readFileSync(ca))).toBe(200);
  await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
});

it("waits for a database that is away, and says so", async () => {
  const { port } = await start({
    JWT_SECRET: "a secret that is long enough for tests",
    MYSQL_MASTER_HOST: "127.0.0.1",
    MYSQL_MASTER_PORT: String(await freePort()),
    MYSQL_MASTER_USERNAME: "horizon",
    MYSQL_DB_NAME: "horizon",
  });
  const origin = `http://127.0.0.1:${port}`;
  expect((await fetch(`${origin}/health`)).status).toBe(200);
  const ready = await fetch(`${origin}/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ checks: { database: { status: "failing" } } });
  const login = await fetch(`${origin}/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "a@example.org", password: "x" }),
  });
  expect(login.status).toBe(503);
  expect(await login.json()).toMatchObject({ code: "Unavailable" });
});

it("leaves nothing open where the port is taken", async () => {
  const { port } = await start({});
  const second = mkdtempSync(join(tmpdir(), "ofs-horizon-"));
  const config = loadConfig({
    OFS_DATA_FOLDER: second,
    APP_HOST: "127.0.0.1",
    APP_PORT: String(port),
  });
  const log = createLogger({ service: "horizon", level: "DISABLED" });
  const starting = startHorizon(config, { log, metrics: new Registry(), onFirstAdmin() {} });
  await expect(starting).rejects.toMatchObject({ code: "EADDRINUSE" });
  rmSync(second, { recursive: true });
});

it("answers what is under way when it ends, and nothing after", async () => {
  const { port, close, waitUntilReady } = await start({});
  await waitUntilReady(READY_MS);
  const body = JSON.stringify({
    first_name: "A",
    last_name: "B",
    email: "a@example.org",
    password: "Correct-Horse-7",
  });
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    expect: "100-continue",
  };
  const target = { host: "127.0.0.1", port, path: "/register", agent: false };
  const call = plainRequest({ ...target, method: "POST", headers });
  const answered = new Promise<IncomingMessage>((resolve) => call.once("response", resolve));
  call.flushHeaders();
  // The server has the head now, and waits for the body.
  await once(call, "continue");
  const closed = close();
  call.end(body);
  const answer = await answered;
  answer.resume();
  expect(answer.statusCode).toBe(200);
  await closed;
  await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
});
