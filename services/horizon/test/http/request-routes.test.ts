import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestApp } from "../support/test-app.ts";

const BASE = "/api/v1/online-feature-store";

let test: TestApp;

beforeEach(async () => {
  test = await TestApp.create();
  const { changes } = test;
  const own = "author@example.org";
  changes.add({ kind: "store", createdBy: own, payload: { table: "t1", "user-id": own } });
  changes.add({ kind: "store", createdBy: "other@example.org", payload: { table: "t2" } });
  changes.add({ kind: "job", createdBy: own, payload: { "job-id": "j", token: "s3cret" } });
  changes.add({ kind: "entity-edit", createdBy: own, payload: { "entity-label": "user" } });
  const group = { "entity-label": "user", "fg-label": "core" };
  changes.add({ kind: "feature-group", createdBy: own, payload: group });
  const features = { "entity-label": "user", "feature-group-label": "core" };
  changes.add({ kind: "features-delete", createdBy: own, payload: features });
});

afterEach(() => test.close());

async function list(path: string, role: "author" | "viewer" | "approver" | "admin" = "admin") {
  const reply = await test.call(await test.tokenOf(role), "GET", `${BASE}/${path}`);
  return { reply, rows: reply.json<Record<string, unknown>[]>() };
}

describe("lists of requests", () => {
  it("have rows as existing clients read them", async () => {
    const { rows } = await list("get-store-requests");
    expect(rows[1]).toEqual({
      RequestId: 1,
      Payload: JSON.stringify({ table: "t1", "user-id": "author@example.org" }),
      CreatedBy: "author@example.org",
      ApprovedBy: "",
      Status: "PENDING APPROVAL",
      Service: "Online Feature Store",
      RejectReason: "",
      CreatedAt: "2026-01-02T03:04:05.000Z",
      UpdatedAt: "2026-01-02T03:04:06.000Z",
      Kind: "store",
    });
  });

  it("have further columns by kind, and payloads as text or object", async () => {
    const [job] = (await list("get-job-requests")).rows;
    expect(job).toMatchObject({ JobId: "j", Payload: expect.any(String) });
    const [entity] = (await list("get-entity-requests")).rows;
    expect(entity).toMatchObject({ EntityLabel: "user", RequestType: "EDIT", Payload: /user/ });
    const [group] = (await list("get-feature-group-requests")).rows;
    expect(group).toMatchObject({
      EntityLabel: "user",
      FeatureGroupLabel: "core",
      RequestType: "CREATE",
      Payload: { "fg-label": "core" },
    });
    const [features] = (await list("get-add-features-requests")).rows;
    expect(features).toMatchObject({ FeatureGroupLabel: "core", RequestType: "DELETE" });
  });

  it("never show a token", async () => {
    const { reply } = await list("get-job-requests");
    expect(reply.body).not.toContain("s3cret");
    expect(reply.body).toContain("********");
  });

  it.each([
    ["viewer", 0],
    ["author", 1],
    ["approver", 2],
    ["admin", 2],
  ] as const)("show a %s %i stores", async (role, count) => {
    const { rows, reply } = await list("get-store-requests", role);
    expect(rows).toHaveLength(count);
    expect(reply.headers["x-total-count"]).toBe(String(count));
  });

  it("do not let an author look at what others asked for", async () => {
    const { rows } = await list("get-store-requests?created-by=other@example.org", "author");
    expect(rows.map(({ CreatedBy: creator }) => creator)).toEqual(["author@example.org"]);
  });

  it("have a bound without a limit, too: the newest, and how many there are in all", async () => {
    const payload = { "job-id": "many" };
    const made = test.changes.add({ kind: "job", createdBy: "author@example.org", payload });
    for (let id = made.id + 1; id <= 10_002; id += 1) {
      test.database.requests.rows.push({ ...made, id });
    }
    const { rows, reply } = await list("get-job-requests");
    expect(rows).toHaveLength(10_000);
    expect(rows[0]).toMatchObject({ RequestId: 10_002 });
    expect(reply.headers["x-total-count"]).toBe("10002");
    expect((await list("get-job-requests?limit=1&offset=10001")).rows).toMatchObject([
      { JobId: "j" },
    ]);
  });

  it("are cut and filtered as asked", async () => {
    const page = await list("get-store-requests?limit=1&offset=1");
    expect(page.rows.map(({ RequestId: id }) => id)).toEqual([1]);
    expect(page.reply.headers["x-total-count"]).toBe("2");
    const found = await list("get-store-requests?search=t2&status=PENDING%20APPROVAL,APPLYING");
    expect(found.rows.map(({ RequestId: id }) => id)).toEqual([2]);
    expect((await list("get-store-requests?status=REJECTED")).rows).toEqual([]);
    expect((await list("get-store-requests?created-by=other@example.org")).rows).toHaveLength(1);
  });

  it.each(["limit=0", "limit=1001", "offset=-1", "status=DONE", "limit=a"])(
    "refuse ?%s",
    async (query) => {
      const { reply } = await list(`get-store-requests?${query}`);
      expect(reply.statusCode).toBe(400);
      expect(reply.json()).toMatchObject({
        problems: [{ field: expect.stringMatching(query.split("=")[0] ?? "") }],
      });
    },
  );

  it("are not sent again to who has them", async () => {
    const token = await test.tokenOf("admin");
    const first = await test.call(token, "GET", `${BASE}/get-store-requests`);
    const headers = { "if-none-match": String(first.headers.etag) };
    const url = `${BASE}/get-store-requests`;
    const same = await test.call(token, "GET", url, undefined, headers);
    expect([same.statusCode, same.body]).toEqual([304, ""]);
    test.changes.add({ kind: "store", createdBy: "a", payload: {} });
    const changed = await test.call(token, "GET", url, undefined, headers);
    expect(changed.statusCode).toBe(200);
    expect(changed.headers.etag).not.toBe(first.headers.etag);
    expect(changed.headers["cache-control"]).toBe("private, no-cache");
  });

  it("need somebody who is signed in", async () => {
    const reply = await test.app.inject(`${BASE}/get-store-requests`);
    expect(reply.statusCode).toBe(401);
  });
});

describe("single requests", () => {
  it("are shown to who asked, and to approvers", async () => {
    const url = `${BASE}/requests/store/2`;
    expect((await test.call(await test.tokenOf("author"), "GET", url)).statusCode).toBe(404);
    const reply = await test.call(await test.tokenOf("approver"), "GET", url);
    expect(reply.json()).toMatchObject({ RequestId: 2, CreatedBy: "other@example.org" });
  });

  it.each(["store/0", "store/x", "stores/1", "store/99"])("%s is none", async (path) => {
    const reply = await test.call(await test.tokenOf("admin"), "GET", `${BASE}/requests/${path}`);
    expect(reply.statusCode).toBe(path === "store/99" ? 404 : 400);
  });

  it("tell what they would change", async () => {
    const url = `${BASE}/requests/store/1/preview`;
    const reply = await test.call(await test.tokenOf("author"), "GET", url);
    expect(reply.json()).toEqual({
      problems: [],
      plan: { tables: [], outcome: { "store-id": "1" } },
      keys: [{ path: "storage/stores/1", after: "{}" }],
    });
    const other = `${BASE}/requests/store/2/preview`;
    expect((await test.call(await test.tokenOf("author"), "GET", other)).statusCode).toBe(404);
  });
});

describe("dry runs", () => {
  it("make no request", async () => {
    const token = await test.tokenOf("viewer");
    const before = test.database.requests.rows.length;
    const reply = await test.call(token, "POST", `${BASE}/preview/feature-group`, {
      "fg-label": "x",
    });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ problems: [], keys: [{ path: "storage/stores/1" }] });
    expect(test.database.requests.rows).toHaveLength(before);
  });

  it("are of the kinds there are", async () => {
    const token = await test.tokenOf("viewer");
    const reply = await test.call(token, "POST", `${BASE}/preview/nothing`, {});
    expect(reply.statusCode).toBe(400);
  });
});
