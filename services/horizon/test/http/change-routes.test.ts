import { FeatureStoreError } from "@ofs/platform";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SUBMISSIONS } from "../../src/http/request-kinds.ts";
import { TestApp } from "../support/test-app.ts";

const BASE = "/api/v1/online-feature-store";
const STORE = {
  "conf-id": 1,
  "db-type": "scylla",
  table: "t",
  "primary-keys": ["id"],
  "table-ttl": 0,
};

let test: TestApp;

beforeEach(async () => {
  test = await TestApp.create();
});

afterEach(() => test.close());

describe("requests for changes", () => {
  it.each(SUBMISSIONS)("$method $path asks for $kind", async ({ kind, method, path }) => {
    const token = await test.tokenOf("author");
    const body = { "entity-label": "user", "user-id": "somebody@else.org", role: "admin" };
    const reply = await test.call(token, method, `${BASE}/${path}`, body);
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual({
      message: expect.stringMatching(/RequestId 1$/),
      "request-id": 1,
      status: "PENDING APPROVAL",
    });
    const by = { email: "author@example.org", role: "author" };
    expect(test.changes.submitted).toEqual([{ kind, body, by, key: undefined }]);
  });

  it("names all problems of a payload", async () => {
    test.changes.outcome = {
      problems: [
        { field: "conf-id", message: "must be a configured store, not 9", reason: "missing" },
        { field: "table", message: "must be a name", reason: "invalid" },
      ],
    };
    const token = await test.tokenOf("author");
    const reply = await test.call(token, "POST", `${BASE}/register-store`, STORE);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toEqual({
      error: "conf-id: must be a configured store, not 9; table: must be a name",
      code: "InvalidArgument",
      problems: test.changes.outcome.problems,
    });
  });

  it("answers 409 where everything is at odds with what is there", async () => {
    const problem = {
      field: "table",
      message: "is in use by store 1",
      reason: "conflict",
    } as const;
    test.changes.outcome = { problems: [problem] };
    const token = await test.tokenOf("author");
    const reply = await test.call(token, "POST", `${BASE}/register-store`, STORE);
    expect(reply.statusCode).toBe(409);
    expect(reply.json()).toMatchObject({ code: "AlreadyExists" });
  });

  it("shows a token that was made for a job once", async () => {
    test.changes.madeToken = "made-by-the-server";
    const token = await test.tokenOf("author");
    const body = { "job-type": "writer", "job-id": "j" };
    const reply = await test.call(token, "POST", `${BASE}/register-job`, body);
    expect(reply.json()).toMatchObject({ token: "made-by-the-server" });
  });

  it("hands the idempotency key on, and says that an answer is a repeated one", async () => {
    const token = await test.tokenOf("author");
    const request = test.changes.add({
      kind: "store",
      createdBy: "author@example.org",
      payload: STORE,
    });
    test.changes.outcome = { request, isRepeated: true, madeToken: undefined };
    const headers = { "idempotency-key": "abc-1" };
    const reply = await test.call(token, "POST", `${BASE}/register-store`, STORE, headers);
    expect(test.changes.submitted[0]?.key).toBe("abc-1");
    expect(reply.headers["idempotent-replayed"]).toBe("true");
    expect(reply.json()).toMatchObject({ "request-id": request.id });
  });

  it.each([" ", "a b", "k".repeat(201)])("refuses the idempotency key '%s'", async (key) => {
    const token = await test.tokenOf("author");
    const headers = { "idempotency-key": key };
    const reply = await test.call(token, "POST", `${BASE}/register-store`, STORE, headers);
    expect(reply.statusCode).toBe(400);
    expect(test.changes.submitted).toEqual([]);
  });

  it.each([
    ["[]"],
    ['"text"'],
    [""],
    ["{"],
    ['{"__proto__":{"a":1}}'],
    ["[".repeat(40) + "]".repeat(40)],
  ])("refuses the body %s", async (payload) => {
    const token = await test.tokenOf("author");
    const headers = { "content-type": "application/json" };
    const reply = await test.call(token, "POST", `${BASE}/register-store`, payload, headers);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ error: expect.any(String), code: "InvalidArgument" });
    expect(test.changes.submitted).toEqual([]);
  });

  it("refuses bodies that are too large, or no JSON by their type", async () => {
    const token = await test.tokenOf("author");
    const large = { table: "t".repeat(70_000) };
    const reply = await test.call(token, "POST", `${BASE}/register-store`, large);
    expect(reply.statusCode).toBe(413);
    const headers = { "content-type": "text/plain" };
    const text = await test.call(token, "POST", `${BASE}/register-store`, "a", headers);
    expect(text.statusCode).toBe(415);
  });

  it.each([
    ["viewer", 403],
    ["author", 200],
    ["approver", 200],
    ["admin", 200],
  ] as const)("of a %s are answered %i", async (role, status) => {
    const token = await test.tokenOf(role);
    const reply = await test.call(token, "POST", `${BASE}/register-store`, STORE);
    expect(reply.statusCode).toBe(status);
  });

  it("are answered 503 while the database is away", async () => {
    test.changes.failure = new FeatureStoreError("UNAVAILABLE", "database: no connection");
    const token = await test.tokenOf("author");
    const reply = await test.call(token, "POST", `${BASE}/register-store`, STORE);
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toEqual({ error: "database: no connection", code: "Unavailable" });
  });

  it("tell nothing of what nobody has foreseen", async () => {
    test.changes.failure = new TypeError("secret detail") as FeatureStoreError;
    const token = await test.tokenOf("author");
    const reply = await test.call(token, "POST", `${BASE}/register-store`, STORE);
    expect(reply.statusCode).toBe(500);
    expect(reply.json()).toEqual({ error: "internal error", code: "Internal" });
  });
});

describe("decisions", () => {
  it.each([
    ["process-store", "store"],
    ["process-job", "job"],
    ["process-entity", "entity"],
    ["process-entity", "entity-edit"],
    ["process-feature-group", "feature-group"],
    ["process-feature-group", "feature-group-edit"],
    ["process-add-features", "features-add"],
    ["process-add-features", "features-edit"],
    ["process-delete-features", "features-delete"],
  ] as const)("%s decides %s", async (path, kind) => {
    const { id } = test.changes.add({ kind, createdBy: "author@example.org", payload: {} });
    const token = await test.tokenOf("approver");
    const body = { "request-id": id, status: "APPROVED", "reject-reason": "" };
    const reply = await test.call(token, "POST", `${BASE}/${path}`, body);
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual({
      message: "request 1 approved",
      "request-id": 1,
      status: "APPROVED",
    });
    expect(test.changes.decided[0]?.by).toEqual({
      email: "approver@example.org",
      role: "approver",
    });
  });

  it("reject with a reason, which may be left out", async () => {
    const { id } = test.changes.add({ kind: "store", createdBy: "a", payload: {} });
    const token = await test.tokenOf("admin");
    const body = { "request-id": id, status: "REJECTED", "reject-reason": "wrong key" };
    await test.call(token, "POST", `${BASE}/process-store`, body);
    await test.call(token, "POST", `${BASE}/process-store`, {
      "request-id": id,
      status: "REJECTED",
    });
    expect(test.changes.decided.map(({ decision }) => decision)).toEqual([
      { status: "REJECTED", rejectReason: "wrong key" },
      { status: "REJECTED", rejectReason: "" },
    ]);
  });

  it("do not touch requests of another kind", async () => {
    const { id } = test.changes.add({ kind: "features-add", createdBy: "a", payload: {} });
    const token = await test.tokenOf("admin");
    const body = { "request-id": id, status: "APPROVED" };
    const reply = await test.call(token, "POST", `${BASE}/process-delete-features`, body);
    expect(reply.statusCode).toBe(404);
    expect(test.changes.decided).toEqual([]);
  });

  it.each([
    ["another status", { status: "DONE" }, "status"],
    ["a lower-case status", { status: "approved" }, "status"],
    ["no id", { "request-id": undefined }, "request-id"],
    ["an id as text", { "request-id": "1" }, "request-id"],
    ["a reason that is too long", { "reject-reason": "r".repeat(256) }, "reject-reason"],
  ])("refuse %s", async (_, change, field) => {
    const token = await test.tokenOf("admin");
    const body = { "request-id": 1, status: "APPROVED", ...change };
    const reply = await test.call(token, "POST", `${BASE}/process-store`, body);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ problems: [{ field }] });
  });

  it.each(["viewer", "author"] as const)("of a %s are refused", async (role) => {
    const token = await test.tokenOf(role);
    const body = { "request-id": 1, status: "APPROVED" };
    const reply = await test.call(token, "POST", `${BASE}/process-store`, body);
    expect(reply.statusCode).toBe(403);
    expect(reply.json()).toMatchObject({ error: "not authorized to process request" });
  });

  it("that failed, or were made already, are no successes", async () => {
    const { id } = test.changes.add({ kind: "store", createdBy: "a", payload: {} });
    const token = await test.tokenOf("admin");
    const body = { "request-id": id, status: "APPROVED" };
    test.changes.ending = "FAILED";
    const failed = await test.call(token, "POST", `${BASE}/process-store`, body);
    expect(failed.statusCode).toBe(412);
    test.changes.failure = new FeatureStoreError("FAILED_PRECONDITION", "request 1 is APPROVED");
    const again = await test.call(token, "POST", `${BASE}/process-store`, body);
    expect(again.statusCode).toBe(412);
    expect(again.json()).toEqual({ error: "request 1 is APPROVED", code: "FailedPrecondition" });
  });
});
