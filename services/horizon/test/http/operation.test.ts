import type { FeatureStoreError } from "@ofs/platform";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PASSWORD, TestApp } from "../support/test-app.ts";

let test: TestApp;

beforeEach(async () => {
  test = await TestApp.create();
});

afterEach(() => test.close());

describe("operation", () => {
  it("GET /health is alive", async () => {
    const reply = await test.app.inject("/health");
    expect([reply.statusCode, reply.json()]).toEqual([200, { status: "UP", message: "true" }]);
  });

  it("GET /ready tells what is missing", async () => {
    let isThere = false;
    test.health.register("database", () => ({ status: isThere ? "ok" : "failing" }));
    const before = await test.app.inject("/ready");
    expect(before.statusCode).toBe(503);
    expect(before.json()).toEqual({
      status: "not-ready",
      checks: { database: { status: "failing" } },
    });
    isThere = true;
    expect((await test.app.inject("/ready")).json()).toMatchObject({ status: "ready" });
    test.health.startDraining();
    expect((await test.app.inject("/ready")).statusCode).toBe(503);
  });

  it("GET /metrics counts by route and status, with labels that callers cannot choose", async () => {
    const token = await test.tokenOf("admin");
    await test.call(token, "GET", "/api/v1/online-feature-store/requests/store/77");
    await test.app.inject("/made/up/by/the/caller");
    await test.app.inject("/users");
    const { body } = await test.app.inject("/metrics");
    const route = "/api/v1/online-feature-store/requests/:kind/:id";
    expect(body).toContain(`ofs_http_requests_total{method="GET",route="${route}",status="404"} 1`);
    expect(body).toContain(
      'ofs_http_requests_total{method="GET",route="unmatched",status="404"} 1',
    );
    expect(body).toContain('ofs_http_requests_total{method="GET",route="/users",status="401"} 1');
    expect(body).toContain('ofs_logins_total{outcome="ok"} 1');
    expect(body).not.toContain("made/up");
  });

  it("answers unknown paths and methods in the form of all failures", async () => {
    const reply = await test.app.inject({ method: "PUT", url: "/nothing?secret=1" });
    expect(reply.statusCode).toBe(404);
    expect(reply.json()).toEqual({ error: "there is no PUT /nothing", code: "NotFound" });
  });
});

describe("the log", () => {
  it("has a line for each request, those that are refused included, and no secret", async () => {
    const token = await test.tokenOf("admin");
    await test.call(token, "GET", "/users?search=private", undefined, { "x-request-id": "mine" });
    await test.app.inject("/users");
    const lines = test.logged.filter(({ msg }) => msg === "request");
    expect(lines).toMatchObject([
      { method: "POST", route: "/login", status: 200 },
      { route: "/users", status: 200, requestId: "mine", user: "admin@example.org" },
      { route: "/users", status: 401 },
    ]);
    const text = JSON.stringify(test.logged);
    for (const secret of [token, PASSWORD, "private"]) expect(text).not.toContain(secret);
  });

  it("has the cause of what nobody has foreseen, which the caller is not told", async () => {
    test.changes.failure = new TypeError("the cause") as FeatureStoreError;
    const token = await test.tokenOf("viewer");
    const url = "/api/v1/online-feature-store/preview/store";
    const reply = await test.call(token, "POST", url, {});
    expect(reply.body).not.toContain("the cause");
    expect(test.logged).toContainEqual(
      expect.objectContaining({
        level: 50,
        requestId: reply.headers["x-request-id"],
        err: expect.objectContaining({ message: "the cause", stack: expect.any(String) }),
      }),
    );
  });
});

describe("documentation", () => {
  it("GET /openapi.json describes every endpoint", async () => {
    const reply = await test.app.inject("/openapi.json");
    const document = reply.json<{ openapi: string; paths: Record<string, object> }>();
    expect(document.openapi).toBe("3.1.0");
    const paths = Object.keys(document.paths);
    for (const path of [
      "/login",
      "/update-user",
      "/api/v1/horizon/permission-by-role",
      "/api/v1/online-feature-store/register-feature-group",
      "/api/v1/online-feature-store/process-delete-features",
      "/api/v1/online-feature-store/get-add-features-requests",
      "/api/v1/online-feature-store/preview/{kind}",
    ]) {
      expect(paths).toContain(path);
    }
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    const ids = operations.map(({ operationId }: { operationId: string }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain("postRegisterStore");
    expect(reply.json()).toHaveProperty("components.schemas.Failure.properties.problems");
    const submit = document.paths["/api/v1/online-feature-store/register-store"];
    expect(JSON.stringify(submit)).toContain('"primary-keys"');
  });

  it("GET /docs is a page whose scripts come from here", async () => {
    const page = await test.app.inject("/docs/");
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    const script = await test.app.inject("/docs/static/swagger-ui-bundle.js");
    expect(script.statusCode).toBe(200);
    const initializer = await test.app.inject("/docs/static/swagger-initializer.js");
    expect(initializer.body).toContain("/openapi.json");
  });
});
