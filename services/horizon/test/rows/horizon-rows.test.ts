import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@ofs/platform";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FirstAdmin, type Horizon, loadConfig, startHorizon } from "../../src/index.ts";
import { entityBody, groupBody } from "./support/bodies.ts";

const READY_MS = 30_000;
const TIMEOUT_MS = 60_000;

let folder: string;
let horizon: Horizon | undefined;
let admin: FirstAdmin | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ofs-horizon-rows-"));
});

afterEach(async () => {
  await horizon?.close();
  horizon = undefined;
  rmSync(folder, { recursive: true });
});

async function start(env: NodeJS.ProcessEnv): Promise<void> {
  const config = loadConfig({
    OFS_DATA_FOLDER: folder,
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    ROW_ENABLED: "true",
    ...env,
  });
  horizon = await startHorizon(config, {
    log: createLogger({ service: "horizon", level: "DISABLED" }),
    metrics: new Registry(),
    onFirstAdmin: (made) => {
      admin = made;
    },
  });
  await horizon.waitUntilReady(READY_MS);
}

/** As clients of the row dialect do: also GET has a body. */
function call(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; body: unknown }> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const length = { "content-length": String(Buffer.byteLength(text)) };
    const address = { host: "127.0.0.1", port: horizon?.port, method, path };
    const sent = request({ ...address, headers: { ...length, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const answer = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode, body: JSON.parse(answer) });
      });
    });
    sent.on("error", reject);
    sent.end(text);
  });
}

describe("the row dialect on the port of the control plane", { timeout: TIMEOUT_MS }, () => {
  it("needs no session, and keeps what it made over a restart", async () => {
    await start({});
    expect(await call("POST", "/entity", entityBody("users"))).toMatchObject({ status: 200 });
    const group = groupBody("stats", "users");
    expect(await call("POST", "/feature-group", group)).toMatchObject({
      status: 200,
      body: { data: { version: "v1" } },
    });
    expect(await call("POST", "/feature-group", group, { upgrade: "true" })).toMatchObject({
      status: 200,
      body: { data: { version: "v2" } },
    });
    expect(await call("GET", "/search/entities", { searchPattern: "use" })).toMatchObject({
      status: 200,
      body: { data: { entities: [{ name: "users" }] } },
    });
    const health = { status: "UP", message: "true" };
    expect(await call("GET", "/health")).toEqual({ status: 200, body: health });
    const checks = { metastore: "UP", rows: "UP" };
    expect(await call("GET", "/healthcheck")).toEqual({ status: 200, body: { data: checks } });
    await horizon?.close();
    await start({});
    expect(await call("GET", "/feature-group/schema?name=stats")).toMatchObject({ status: 200 });
    await horizon?.close();
    const environment = openEmbeddedEnvironment(folder);
    const source = new EmbeddedRegistrySource(environment, "row");
    const { entries } = await source.load(AbortSignal.timeout(TIMEOUT_MS));
    expect([...entries.keys()].sort()).toEqual([
      "entities/users",
      "feature-groups/stats/v1",
      "feature-groups/stats/v2",
      "versions/stats",
    ]);
    await source.close();
    await environment.close();
  });

  it("leaves the other endpoints as they are", async () => {
    await start({});
    expect(await call("GET", "/api/v1/online-feature-store/drift", {})).toMatchObject({
      status: 401,
      body: { code: "Unauthenticated" },
    });
    expect(await call("GET", "/nothing")).toMatchObject({
      status: 404,
      body: { code: "NotFound" },
    });
  });

  it("can be put behind sign-in: reads for everybody, changes for those who decide", async () => {
    await start({ ROW_AUTH_ENABLED: "true" });
    const refused = await call("GET", "/entity?name=users");
    expect(refused).toMatchObject({
      status: 401,
      body: { error: { message: expect.any(String), cause: expect.any(String) } },
    });
    const credentials = { email: admin?.email, password: admin?.madePassword };
    const login = await call("POST", "/login", credentials, { "content-type": "application/json" });
    const own = { authorization: `Bearer ${(login.body as { token: string }).token}` };
    expect(await call("POST", "/entity", entityBody("users"), own)).toMatchObject({ status: 200 });
    expect(await call("GET", "/entity?name=users", {}, own)).toMatchObject({ status: 200 });
  });
});
