import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createLogger } from "@ofs/platform";
import { KeptConnection, starve } from "@ofs/testkit";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FirstAdmin, type Horizon, loadConfig, startHorizon } from "../src/index.ts";
import { ONBOARDING } from "./support/onboarding.ts";
import { Operator } from "./support/operator.ts";

const READY_MS = 10_000;

let folder: string;
let horizon: Horizon | undefined;
let admins: FirstAdmin[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ofs-horizon-"));
  admins = [];
});

afterEach(async () => {
  await horizon?.close();
  horizon = undefined;
  rmSync(folder, { recursive: true });
});

async function start(env: NodeJS.ProcessEnv = {}): Promise<string> {
  const config = loadConfig({
    OFS_DATA_FOLDER: folder,
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    IN_MEMORY_CACHE_ACTIVE_CONFIG_IDS: "3",
    DISTRIBUTED_CACHE_ACTIVE_CONFIG_IDS: "2",
    ...env,
  });
  horizon = await startHorizon(config, {
    log: createLogger({ service: "horizon", level: "DISABLED" }),
    metrics: new Registry(),
    onFirstAdmin: (admin) => void admins.push(admin),
  });
  await horizon.waitUntilReady(READY_MS);
  return `http://127.0.0.1:${horizon.port}`;
}

describe("a control plane in a data folder", () => {
  it("takes an entity with its store, job and group from the request to the registry", async () => {
    const operator = await Operator.signIn(await start(), admins[0]);
    for (const step of ONBOARDING) {
      const submitted = await operator.call("POST", step.submit, step.body);
      expect(submitted).toMatchObject({ status: 200, body: { status: "PENDING APPROVAL" } });
      const decision = { "request-id": submitted.body["request-id"], status: "APPROVED" };
      expect(await operator.call("POST", step.decide, decision)).toMatchObject({
        status: 200,
        body: { status: "APPROVED" },
      });
    }
    const groups = await operator.call("GET", "retrieve-feature-groups?entity=user");
    expect(groups.body).toMatchObject([
      { "feature-group-label": "core", "active-version": "1", "job-id": "user_job" },
    ]);
    const list = await operator.call("GET", "get-job-requests");
    expect(list.text).not.toContain("s3cret");
    const drift = await operator.call("GET", "drift");
    expect(drift).toMatchObject({ status: 200, body: { total: 0 } });
  });

  it("answers each request of a kept connection that arrives before it ends", async () => {
    const client = await KeptConnection.open(Number(new URL(await start()).port));
    client.send("/health");
    expect(await client.answer()).toMatch(/^HTTP\/1.1 200 OK[\s\S]*connection: keep-alive/i);
    const closed = horizon?.close();
    await pause(50);
    // No core meanwhile, for longer than kept connections have.
    await starve(1_200, () => client.send("/health"));
    expect(await client.answer()).toMatch(/^HTTP\/1.1 200 OK[\s\S]*connection: close/i);
    await closed;
  });

  it("keeps users, sessions and the secret over a restart, and makes no second administrator", async () => {
    const operator = await Operator.signIn(await start(), admins[0]);
    await horizon?.close();
    const again = operator.at(await start());
    expect(admins).toHaveLength(1);
    expect((await again.call("GET", "get-store-requests")).status).toBe(200);
  });

  it("lets nobody approve their own request where four eyes are asked for", async () => {
    const operator = await Operator.signIn(await start({ HORIZON_FOUR_EYES: "true" }), admins[0]);
    const [step] = ONBOARDING;
    await operator.call("POST", step.submit, step.body);
    const decision = { "request-id": 1, status: "APPROVED" };
    expect((await operator.call("POST", step.decide, decision)).status).toBe(412);
  });

  it("refuses a payload with the field that is at fault, and a repeated one", async () => {
    const operator = await Operator.signIn(await start(), admins[0]);
    const [step] = ONBOARDING;
    const bad = await operator.call("POST", step.submit, { ...step.body, table: "a b" });
    expect(bad).toMatchObject({ status: 400, body: { problems: [{ field: "table" }] } });
    await operator.call("POST", step.submit, step.body);
    const second = await operator.call("POST", step.submit, step.body);
    expect(second).toMatchObject({ status: 409, body: { problems: [{ reason: "conflict" }] } });
  });

  it("tells that it is ready", async () => {
    const origin = await start();
    const ready = await fetch(`${origin}/ready`);
    expect(await ready.json()).toMatchObject({
      status: "ready",
      checks: { database: { status: "ok" }, registry: { status: "ok" }, stores: { status: "ok" } },
    });
  });

  it("opens nothing to strangers but what is named here", async () => {
    const origin = await start({ HORIZON_REQUESTS_PER_MINUTE: "100000" });
    const { paths } = (await (await fetch(`${origin}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const ids = new Set(operations.map(({ operationId }) => operationId));
    expect(ids.size).toBe(operations.length);
    const open: string[] = [];
    for (const [path, methods] of Object.entries(paths)) {
      const url = origin + path.replace(/\{[^}]+\}/g, "1");
      for (const method of Object.keys(methods)) {
        const reply = await fetch(url, { method: method.toUpperCase() });
        if (reply.status !== 401) open.push(path);
        await reply.arrayBuffer();
      }
    }
    expect(Object.keys(paths).length).toBeGreaterThan(50);
    expect(open.toSorted()).toEqual(["/health", "/login", "/metrics", "/ready", "/register"]);
  });
});
