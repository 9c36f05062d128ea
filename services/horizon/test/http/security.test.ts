import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import { CSRF_COOKIE, SESSION_COOKIE } from "../../src/http/cookies.ts";
import { PASSWORD, SECRET, TestApp } from "../support/test-app.ts";

const ORIGIN = "https://ui.example.org";
const LIST = "/api/v1/online-feature-store/get-store-requests";
const STORE = "/api/v1/online-feature-store/register-store";

let test: TestApp | undefined;

afterEach(async () => {
  await test?.close();
  test = undefined;
});

async function start(settings: Parameters<typeof TestApp.create>[0] = {}): Promise<TestApp> {
  test = await TestApp.create(settings);
  return test;
}

describe("too many wrong passwords", () => {
  it.each([
    ["a user", true],
    ["an email that nobody has", false],
  ])("lock %s for a while", async (_, isThere) => {
    const app = await start();
    if (isThere) await app.addUser("a@example.org", "author");
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      statuses.push((await app.login("a@example.org", "Wrong-Horse-7")).statusCode);
    }
    expect(statuses).toEqual([400, 400, 400, 429]);
    const locked = await app.login("a@example.org");
    expect(locked.statusCode).toBe(429);
    expect(locked.json()).toMatchObject({ error: "too many failed attempts: try again in 60 s" });
    app.nowMs += 60_000;
    expect((await app.login("a@example.org")).statusCode).toBe(isThere ? 200 : 400);
  });

  it("count only in a row", async () => {
    const app = await start();
    await app.addUser("a@example.org", "author");
    for (const password of ["Wrong-Horse-7", "Wrong-Horse-7", PASSWORD, "Wrong-Horse-7"]) {
      await app.login("a@example.org", password);
    }
    expect((await app.login("a@example.org")).statusCode).toBe(200);
  });

  it("are noted", async () => {
    const app = await start();
    await app.addUser("a@example.org", "author");
    for (let attempt = 0; attempt < 3; attempt += 1) await app.login("a@example.org", "wrong");
    const actions = app.database.audit.entries.map(({ action }) => action);
    expect(actions).toEqual(["login.failed", "login.failed", "login.locked"]);
    expect(await app.metrics.metrics()).toContain('ofs_logins_total{outcome="wrong"} 3');
  });
});

describe("calls of one address", () => {
  it("are limited, logins more so", async () => {
    const app = await start({ loginsPerMinute: 2, requestsPerMinute: 5 });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      statuses.push((await app.login("a@example.org")).statusCode);
    }
    expect(statuses).toEqual([400, 400, 429]);
    for (let call = 0; call < 5; call += 1) await app.app.inject("/openapi.json");
    const refused = await app.app.inject("/openapi.json");
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({ code: "ResourceExhausted" });
    expect(refused.headers["retry-after"]).toBeDefined();
    expect((await app.app.inject("/health")).statusCode).toBe(200);
  });
});

describe("callers behind a proxy", () => {
  const login = (app: TestApp, forwarded: string) =>
    app.app.inject({
      method: "POST",
      url: "/login",
      headers: { "x-forwarded-for": forwarded },
      payload: { email: "a@example.org", password: "x" },
    });

  it.each([
    ["as the proxy saw it", ["127.0.0.1"], "9.9.9.8", 400],
    ["whatever the caller claims", ["loopback"], "9.9.9.9", 429],
    ["the proxy's own, where another is trusted", ["10.0.0.0/8"], "9.9.9.8", 429],
  ])("are counted by their address: %s", async (_, trustedProxies, seen, status) => {
    const app = await start({ trustedProxies, loginsPerMinute: 1 });
    expect((await login(app, "1.1.1.1, 9.9.9.9")).statusCode).toBe(400);
    expect((await login(app, `2.2.2.2, ${seen}`)).statusCode).toBe(status);
  });
});

describe("tokens", () => {
  it.each([
    ["another secret", "HS256", "another secret that is long enough for this"],
    ["another algorithm", "HS512", SECRET],
  ])("signed with %s are refused", async (_, alg, secret) => {
    const app = await start();
    const token = await app.tokenOf("admin");
    const [head = "", body = ""] = token.split(".");
    const { kid } = JSON.parse(Buffer.from(head, "base64url").toString());
    const claims = JSON.parse(Buffer.from(body, "base64url").toString());
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg, kid })
      .sign(Buffer.from(secret));
    expect((await app.call(forged, "GET", "/users")).statusCode).toBe(401);
  });

  it("without a signature are refused", async () => {
    const app = await start();
    const [, body] = (await app.tokenOf("admin")).split(".");
    const head = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
    expect((await app.call(`${head}.${body}.`, "GET", "/users")).statusCode).toBe(401);
  });

  it("are stored as hashes only", async () => {
    const app = await start();
    const token = await app.tokenOf("admin");
    const [stored] = app.database.sessions.rows.keys();
    expect(stored).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify([...app.database.sessions.rows])).not.toContain(token);
  });
});

describe("cookies", () => {
  async function signIn(app: TestApp) {
    await app.addUser("a@example.org", "author");
    const reply = await app.login("a@example.org");
    const [session, csrf] = [SESSION_COOKIE, CSRF_COOKIE].map((name) =>
      reply.cookies.find((cookie) => cookie.name === name),
    );
    return { session, csrf, cookies: { [SESSION_COOKIE]: session?.value ?? "" } };
  }

  it("hold the session out of reach of scripts and of other sites", async () => {
    const { session, csrf } = await signIn(await start({ isCookieSecure: true }));
    expect(session).toMatchObject({ httpOnly: true, sameSite: "Strict", secure: true, path: "/" });
    expect(csrf).toMatchObject({ sameSite: "Strict", secure: true });
    expect(csrf?.httpOnly).toBeUndefined();
  });

  it("are enough for reading", async () => {
    const app = await start();
    const { cookies } = await signIn(app);
    expect((await app.app.inject({ url: LIST, cookies })).statusCode).toBe(200);
  });

  it("want the CSRF token with changes", async () => {
    const app = await start();
    const { cookies, csrf } = await signIn(app);
    const change = { method: "POST", url: STORE, cookies, payload: { table: "t" } } as const;
    const missing = await app.app.inject(change);
    expect(missing.statusCode).toBe(403);
    expect(missing.json()).toMatchObject({ error: "the x-csrf-token header is missing" });
    const wrong = await app.app.inject({ ...change, headers: { "x-csrf-token": "wrong" } });
    expect(wrong.statusCode).toBe(403);
    expect(app.changes.submitted).toEqual([]);
    const headers = { "x-csrf-token": csrf?.value ?? "" };
    expect((await app.app.inject({ ...change, headers })).statusCode).toBe(200);
  });

  it("of another session do not lend their CSRF token", async () => {
    const app = await start();
    const { cookies } = await signIn(app);
    const other = (await app.login("a@example.org")).json<{ "csrf-token": string }>();
    const headers = { "x-csrf-token": other["csrf-token"] };
    const reply = await app.app.inject({
      method: "POST",
      url: STORE,
      cookies,
      headers,
      payload: {},
    });
    expect(reply.statusCode).toBe(403);
  });

  it("are taken away by the logout", async () => {
    const app = await start();
    const { cookies, csrf } = await signIn(app);
    const headers = { "x-csrf-token": csrf?.value ?? "" };
    const reply = await app.app.inject({ method: "POST", url: "/logout", cookies, headers });
    const cleared = reply.cookies.find(({ name }) => name === SESSION_COOKIE);
    expect(cleared).toMatchObject({ value: "", path: "/" });
    expect((await app.app.inject({ url: LIST, cookies })).statusCode).toBe(401);
  });
});

describe("foreign origins", () => {
  it("get no leave where none is configured", async () => {
    const app = await start();
    const reply = await app.app.inject({ url: "/health", headers: { origin: ORIGIN } });
    expect(reply.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("get leave by name, never by a star", async () => {
    const app = await start({ corsOrigins: [ORIGIN] });
    const preflight = await app.app.inject({
      method: "OPTIONS",
      url: STORE,
      headers: { origin: ORIGIN, "access-control-request-method": "POST" },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers).toMatchObject({
      "access-control-allow-origin": ORIGIN,
      "access-control-allow-credentials": "true",
    });
    const other = { origin: "https://evil.example.org" };
    const reply = await app.app.inject({ url: "/health", headers: other });
    expect(reply.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("change nothing, whatever they know", async () => {
    const app = await start({ corsOrigins: [ORIGIN] });
    const token = await app.tokenOf("author");
    const host = "horizon.example.org:8082";
    const send = (origin: string) =>
      app.call(token, "POST", STORE, { table: "t" }, { origin, host });
    expect((await send("https://evil.example.org")).statusCode).toBe(403);
    expect((await send("null")).statusCode).toBe(403);
    expect((await send(ORIGIN)).statusCode).toBe(200);
    expect((await send(`http://${host}`)).statusCode).toBe(200);
  });
});

describe("headers", () => {
  it("keep pages from being framed, sniffed and scripted by others", async () => {
    const reply = await (await start()).app.inject("/health");
    const policy = String(reply.headers["content-security-policy"]);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(reply.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cache-control": "no-store",
    });
    expect(reply.headers["strict-transport-security"]).toBeUndefined();
  });

  it("name each request, as its caller does if that is harmless", async () => {
    const app = await start();
    const named = { url: "/health", headers: { "x-request-id": "trace-1" } };
    expect((await app.app.inject(named)).headers["x-request-id"]).toBe("trace-1");
    const odd = { url: "/health", headers: { "x-request-id": "a b<script>" } };
    expect((await app.app.inject(odd)).headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("every route", () => {
  it("wants somebody who is signed in, but for those that are named here", async () => {
    const app = await start();
    const open: string[] = [];
    const { paths } = (await app.app.inject("/openapi.json")).json<{
      paths: Record<string, Record<string, object>>;
    }>();
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        const url = path.replace(/\{[^}]+\}/g, "store");
        const upper = method.toUpperCase() as "GET";
        const reply = await app.app.inject({ method: upper, url });
        if (reply.statusCode !== 401) open.push(`${upper} ${path}`);
      }
    }
    expect(open.toSorted()).toEqual([
      "GET /health",
      "GET /metrics",
      "GET /ready",
      "POST /login",
      "POST /register",
    ]);
  });
});

describe("a UI's folder", () => {
  it("is served with its page for paths of its own, and hides nothing of the API", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ofs-ui-"));
    writeFileSync(join(folder, "index.html"), "<p>the page</p>");
    writeFileSync(join(folder, "app.js"), "run()");
    try {
      const { app } = await start({ uiFolder: folder });
      const headers = { accept: "text/html" };
      for (const url of ["/", "/feature-discovery"]) {
        const page = await app.inject({ url, headers });
        expect([page.statusCode, page.body]).toEqual([200, "<p>the page</p>"]);
      }
      expect((await app.inject("/app.js")).body).toBe("run()");
      expect((await app.inject({ url: "/api/v1/nothing", headers })).statusCode).toBe(404);
      expect((await app.inject({ url: "/missing.js" })).json()).toMatchObject({ code: "NotFound" });
      expect((await app.inject({ url: "/..%2f..%2fetc/passwd" })).statusCode).not.toBe(200);
      expect((await app.inject(LIST)).statusCode).toBe(401);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("must have a page", async () => {
    await expect(TestApp.create({ uiFolder: "/nonexistent" })).rejects.toThrow(/HORIZON_UI_FOLDER/);
  });
});
