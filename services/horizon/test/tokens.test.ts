import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@ofs/platform";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FirstAdmin, type Horizon, loadConfig, startHorizon } from "../src/index.ts";
import { type Answer, Operator } from "./support/operator.ts";

const READY_MS = 30_000;
const PASSWORD = "Correct-Horse-7";
const JOB = { "job-type": "writer", "job-id": "feeder" };
const DAY_SECONDS = 86_400;

let folder: string;
let horizon: Horizon;
let origin: string;
let admin: Operator;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ofs-tokens-"));
});

afterEach(async () => {
  await horizon.close();
  rmSync(folder, { recursive: true });
});

async function start(env: NodeJS.ProcessEnv = {}): Promise<void> {
  const admins: FirstAdmin[] = [];
  const config = loadConfig({
    OFS_DATA_FOLDER: folder,
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    ...env,
  });
  horizon = await startHorizon(config, {
    log: createLogger({ service: "horizon", level: "DISABLED" }),
    metrics: new Registry(),
    onFirstAdmin: (first) => void admins.push(first),
  });
  await horizon.waitUntilReady(READY_MS);
  origin = `http://127.0.0.1:${horizon.port}`;
  admin = await Operator.signIn(origin, admins[0]);
}

/** @returns somebody with the role */
async function someone(role: "viewer" | "author" | "approver"): Promise<Operator> {
  const email = `${role}@example.org`;
  const send = (method: string, path: string, body: object, headers = {}) =>
    fetch(origin + path, {
      method,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const names = { first_name: "Ada", last_name: "Example" };
  await send("POST", "/register", { ...names, email, password: PASSWORD });
  const change = { email, is_active: true, "access-role": role };
  const updated = await send("PUT", "/update-user", change, admin.headers);
  expect(updated.status).toBe(200);
  return Operator.signIn(origin, { email, madePassword: PASSWORD });
}

function decide(id: number, by = admin, status = "APPROVED"): Promise<Answer> {
  return by.call("POST", "process-job", { "request-id": id, status });
}

async function register(body: Readonly<Record<string, unknown>> = JOB): Promise<string> {
  const { body: made } = await admin.call("POST", "register-job", body);
  expect(await decide(made["request-id"])).toMatchObject({ status: 200 });
  return made.token;
}

/** Asks for a rotation and approves it. @returns the token that was shown */
async function rotate(body: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const asked = await admin.call("POST", "rotate-job-token", { ...JOB, ...body });
  expect(asked).toMatchObject({ status: 200, body: { status: "PENDING APPROVAL" } });
  expect(await decide(asked.body["request-id"])).toMatchObject({ status: 200 });
  return asked.body.token;
}

/** Status of what a job asks with its token. */
async function statusFor(token: string): Promise<number> {
  const headers = { "ofs-job-id": "feeder", "ofs-job-token": token };
  const path = "/api/v1/online-feature-store/get-source-mapping";
  const reply = await fetch(origin + path, { method: "POST", headers });
  await reply.arrayBuffer();
  return reply.status;
}

async function shown(): Promise<Record<string, unknown>> {
  const { body } = await admin.call("GET", "jobs?jobType=writer");
  return body[0];
}

async function actions(): Promise<string[]> {
  const reply = await fetch(`${origin}/api/v1/horizon/audit`, { headers: admin.headers });
  const text = await reply.text();
  return [...text.matchAll(/"action":"([a-z.]+)"/g)].flatMap(([, action]) => action ?? []);
}

describe("a rotation", () => {
  it("shows the new token once, and lets both in from the approval on", async () => {
    await start();
    const first = await register();
    const asked = await admin.call("POST", "rotate-job-token", JOB);
    const { token, "request-id": id } = asked.body;
    expect(token).toMatch(/^[\w-]{32}$/);
    expect([await statusFor(first), await statusFor(token)]).toEqual([200, 401]);
    const before = Math.floor(Date.now() / 1_000);
    expect(await decide(id)).toMatchObject({ status: 200, body: { status: "APPROVED" } });
    expect([await statusFor(first), await statusFor(token)]).toEqual([200, 200]);
    const { "previous-token-until": until, revoked } = await shown();
    expect(until).toBeGreaterThanOrEqual(before + DAY_SECONDS);
    expect(until).toBeLessThanOrEqual(Date.now() / 1_000 + DAY_SECONDS);
    expect(revoked).toBe(false);
    for (const path of ["get-job-requests", `requests/job-rotate/${id}`, "jobs"]) {
      const { status, text } = await admin.call("GET", path);
      expect(status).toBe(200);
      expect(text).not.toContain(token);
    }
    expect((await actions()).slice(0, 3)).toEqual([
      "request.applied",
      "request.approved",
      "request.submitted",
    ]);
  });

  it("without an overlap ends the old token at once", async () => {
    await start();
    const first = await register();
    const second = await rotate({ "overlap-seconds": 0 });
    expect([await statusFor(first), await statusFor(second)]).toEqual([401, 200]);
    expect(await shown()).toMatchObject({ "previous-token-until": null });
  });

  it("takes the token of a client that makes its own", async () => {
    await start();
    await register();
    expect(await rotate({ token: "chosen-by-us" })).toBeUndefined();
    expect(await statusFor("chosen-by-us")).toBe(200);
  });

  it("is listed among the requests of jobs, for existing clients as one of their rows", async () => {
    await start();
    await register();
    await admin.call("POST", "rotate-job-token", { ...JOB, token: "s3cret-one" });
    const { body, text } = await admin.call("GET", "get-job-requests");
    expect(body).toMatchObject([
      { RequestId: 2, JobId: "feeder", Kind: "job-rotate", RequestType: "EDIT" },
      { RequestId: 1, JobId: "feeder", Kind: "job", RequestType: "CREATE" },
    ]);
    expect(JSON.parse(body[0].Payload)).toMatchObject({ ...JOB, "user-id": expect.any(String) });
    expect(text).not.toContain("s3cret-one");
    const { body: preview } = await admin.call("GET", "requests/job-rotate/2/preview");
    expect(preview.keys).toMatchObject([{ path: "security/writer/feeder" }]);
    expect(JSON.stringify(preview)).not.toContain("s3cret-one");
  });

  it.each<[string, object, number, string]>([
    ["nobody", { ...JOB, "job-id": "nobody" }, 400, "job-id"],
    ["another type", { ...JOB, "job-type": "reader" }, 400, "job-id"],
    ["no type", { "job-id": "feeder" }, 400, "job-type"],
    ["an endless overlap", { ...JOB, "overlap-seconds": 1e12 }, 400, "overlap-seconds"],
    ["a blank token", { ...JOB, token: " " }, 400, "token"],
  ])("refuses %s", async (_, body, status, field) => {
    await start();
    await register();
    const refused = await admin.call("POST", "rotate-job-token", body);
    expect(refused).toMatchObject({ status, body: { problems: [{ field }] } });
  });

  it("may wait only once, and is made once for one Idempotency-Key", async () => {
    await start();
    await register();
    const key = { "idempotency-key": "one" };
    const first = await admin.call("POST", "rotate-job-token", JOB, key);
    const again = await admin.call("POST", "rotate-job-token", JOB, key);
    expect(again.body["request-id"]).toBe(first.body["request-id"]);
    expect(again.body.token).toBeUndefined();
    expect((await admin.call("POST", "rotate-job-token", JOB)).status).toBe(409);
  });

  it("that is rejected changes nothing", async () => {
    await start();
    const first = await register();
    const { body } = await admin.call("POST", "rotate-job-token", JOB);
    expect((await decide(body["request-id"], admin, "REJECTED")).status).toBe(200);
    expect([await statusFor(first), await statusFor(body.token)]).toEqual([200, 401]);
  });
});

describe("a revocation", () => {
  it("refuses all tokens at once, and a rotation that was asked for before does not undo it", async () => {
    await start();
    const first = await register();
    const second = await rotate();
    const waiting = await admin.call("POST", "rotate-job-token", JOB);
    const revocation = { ...JOB, reason: "found in a repository" };
    const done = await admin.call("POST", "revoke-job-tokens", revocation);
    expect(done).toMatchObject({ status: 200, body: { message: expect.any(String) } });
    expect([await statusFor(first), await statusFor(second)]).toEqual([401, 401]);
    expect(await shown()).toMatchObject({ revoked: true, "previous-token-until": null });
    expect((await admin.call("GET", "drift")).body.total).toBe(0);
    expect((await actions())[0]).toBe("tokens.revoked");

    expect(await decide(waiting.body["request-id"])).toMatchObject({ status: 412 });
    expect(await statusFor(waiting.body.token)).toBe(401);
    const third = await rotate({ restore: true });
    expect([await statusFor(second), await statusFor(third)]).toEqual([401, 200]);
    expect(await shown()).toMatchObject({ revoked: false, "previous-token-until": null });
  });

  it("may be repeated, and keeps a client's scopes", async () => {
    await start();
    const client = { "job-type": "reader", "job-id": "ranker" };
    await register({ ...client, scopes: { access: ["read"] } });
    for (let time = 0; time < 2; time += 1) {
      expect((await admin.call("POST", "revoke-job-tokens", client)).status).toBe(200);
    }
    const { body } = await admin.call("GET", "jobs?jobType=reader");
    expect(body).toMatchObject([{ revoked: true, "may-read": true, "may-write": false }]);
  });

  it.each<[string, object, number]>([
    ["nobody", { ...JOB, "job-id": "nobody" }, 404],
    ["no name", { "job-type": "writer" }, 400],
    ["an unknown type", { ...JOB, "job-type": "admin" }, 400],
    ["a long reason", { ...JOB, reason: "x".repeat(256) }, 400],
  ])("of %s is refused", async (_, body, status) => {
    await start();
    const refused = await admin.call("POST", "revoke-job-tokens", body);
    expect(refused).toMatchObject({ status, body: { error: expect.any(String) } });
  });
});

it("viewers may do nothing, authors ask, approvers decide and revoke", async () => {
  await start();
  const first = await register();
  const viewer = await someone("viewer");
  const author = await someone("author");
  const approver = await someone("approver");
  expect((await viewer.call("POST", "rotate-job-token", JOB)).status).toBe(403);
  expect((await viewer.call("POST", "revoke-job-tokens", JOB)).status).toBe(403);
  expect((await author.call("POST", "revoke-job-tokens", JOB)).status).toBe(403);
  expect(await statusFor(first)).toBe(200);
  const asked = await author.call("POST", "rotate-job-token", JOB);
  expect(asked.status).toBe(200);
  const id = asked.body["request-id"];
  expect((await decide(id, author)).status).toBe(403);
  expect((await decide(id, approver)).status).toBe(200);
  expect((await approver.call("POST", "revoke-job-tokens", JOB)).status).toBe(200);
  expect(await statusFor(asked.body.token)).toBe(401);
});

it("four eyes look at a rotation; a revocation does not wait for the second two", async () => {
  await start({ HORIZON_FOUR_EYES: "true" });
  const approver = await someone("approver");
  const { body: made } = await admin.call("POST", "register-job", JOB);
  await decide(made["request-id"], approver);
  const { body } = await approver.call("POST", "rotate-job-token", JOB);
  expect((await decide(body["request-id"], approver)).status).toBe(412);
  expect((await decide(body["request-id"], admin)).status).toBe(200);
  expect((await approver.call("POST", "revoke-job-tokens", JOB)).status).toBe(200);
  expect([await statusFor(made.token), await statusFor(body.token)]).toEqual([401, 401]);
});
