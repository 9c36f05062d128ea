import { request } from "node:http";
import { type HttpRoute, jsonReply } from "@ofs/http";
import { FeatureStoreError, Health } from "@ofs/platform";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { publicRoutes } from "../../src/http/public-routes.ts";
import { startTestHttp, type TestHttp } from "../support/test-http.ts";

const TOKEN = "a-token-of-operators";

let http: TestHttp | undefined;

afterEach(async () => {
  await http?.close();
  http = undefined;
});

const ROUTES: readonly HttpRoute[] = [
  {
    method: "GET",
    path: "/things/:name",
    isAdmin: true,
    handle: ({ params, query }) => jsonReply(200, { ...params, q: query.get("q") }),
  },
  {
    method: "GET",
    path: "/bad",
    isAdmin: false,
    handle() {
      throw new FeatureStoreError("NOT_FOUND", "there is no such thing");
    },
  },
  {
    method: "GET",
    path: "/broken",
    isAdmin: false,
    handle() {
      throw new TypeError("secret detail");
    },
  },
];

/** `fetch` lets nobody set a host. */
function statusFor(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, path: "/things/a", headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
    });
    call.on("error", reject);
    call.end();
  });
}

describe("the HTTP server", () => {
  it("gives routes their parameters, decoded, and the query", async () => {
    http = await startTestHttp(ROUTES);
    const { status, body } = await http.call("/things/a%2Fb?q=c");
    expect([status, body]).toEqual([200, { name: "a/b", q: "c" }]);
  });

  it.each([
    ["/nothing", "GET", 404, { error: "not found" }],
    ["/things/a", "POST", 405, { error: "method POST is not allowed" }],
    ["/things/%", "GET", 400, { error: "the path has a broken escape in %" }],
    ["/bad", "GET", 404, { error: "there is no such thing", code: "NotFound" }],
    ["/broken", "GET", 500, { error: "internal error", code: "Internal" }],
  ])("answers %s %s with %d", async (path, method, status, body) => {
    http = await startTestHttp(ROUTES);
    expect(await http.call(path, { method })).toMatchObject({ status, body });
  });

  it("wants the token where one is configured", async () => {
    http = await startTestHttp(ROUTES, TOKEN);
    expect(await http.call("/things/a")).toMatchObject({
      status: 401,
      body: { error: "ofs-admin-token header is missing" },
    });
    const wrong = { headers: { "ofs-admin-token": `${TOKEN}x` } };
    expect(await http.call("/things/a", wrong)).toMatchObject({ status: 401 });
    const right = { headers: { "ofs-admin-token": TOKEN } };
    expect(await http.call("/things/a", right)).toMatchObject({ status: 200 });
  });

  it.each([
    [{}, 200],
    [{ host: "localhost:8090" }, 200],
    [{ host: "attacker.example" }, 403],
    [{ origin: "http://localhost:8090" }, 403],
  ])(
    "without a token admits programs of this machine, not web pages: %j",
    async (headers, status) => {
      http = await startTestHttp(ROUTES);
      expect(await statusFor(http.port, headers)).toBe(status);
    },
  );

  it("tells readiness as it is, and refuses feature calls as unknown callers", async () => {
    const health = new Health();
    let status: "ok" | "failing" = "failing";
    health.register("ingest", () => ({ status, detail: { reason: "halted" } }));
    http = await startTestHttp(publicRoutes(health, new Registry()));
    expect(await http.call("/health/self")).toMatchObject({
      status: 200,
      body: { message: "true" },
    });
    expect(await http.call("/ready")).toMatchObject({
      status: 503,
      body: { status: "not-ready", checks: { ingest: { detail: { reason: "halted" } } } },
    });
    status = "ok";
    expect(await http.call("/ready")).toMatchObject({ status: 200, body: { status: "ready" } });
    const retrieve = await http.call("/api/v1/features/retrieve", { method: "POST" });
    expect(retrieve).toMatchObject({ status: 401, body: { error: "Invalid auth token" } });
  });
});
