import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PASSWORD, TestApp } from "../support/test-app.ts";

let test: TestApp;

beforeEach(async () => {
  test = await TestApp.create();
});

afterEach(() => test.close());

function register(change: Record<string, unknown> = {}) {
  const payload = {
    first_name: "Ada",
    last_name: "Lovelace",
    email: "Ada@Example.org",
    password: PASSWORD,
    ...change,
  };
  return test.app.inject({ method: "POST", url: "/register", payload });
}

describe("POST /register", () => {
  it("adds somebody who is not active, with the email in lower case", async () => {
    const reply = await register();
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual({ message: expect.any(String) });
    const user = await test.database.users.findByEmail("ada@example.org");
    expect(user).toMatchObject({ firstName: "Ada", role: "author", isActive: false });
    expect(user?.passwordHash).not.toContain(PASSWORD);
    expect(await test.hasher.verify(PASSWORD, user?.passwordHash)).toBe(true);
  });

  it("refuses an email that is taken, in any case", async () => {
    await register();
    const reply = await register({ email: "ADA@example.ORG" });
    expect(reply.statusCode).toBe(409);
    expect(reply.json()).toMatchObject({
      error: "email: ada@example.org is registered already",
      code: "AlreadyExists",
      problems: [{ field: "email", reason: "conflict" }],
    });
  });

  it("names every rule that is broken", async () => {
    const reply = await register({ email: "nobody", password: "short", first_name: " " });
    expect(reply.statusCode).toBe(400);
    const { problems } = reply.json<{ problems: { field: string; message: string }[] }>();
    const faults = problems.map(({ field, message }) => `${field} ${message}`);
    expect(faults).toContain("first_name must not be empty");
    expect(faults).toContain("email must be an email address, not 'nobody'");
    expect(faults).toContain("password must have at least 8 characters");
    expect(faults).toContain("password must have an upper-case letter");
    expect(faults).toContain("password must have a digit");
  });

  it.each([
    ["a missing field", { email: undefined }],
    ["a field of another type", { password: 7 }],
  ])("refuses %s", async (_, change) => {
    const reply = await register(change);
    expect(reply.statusCode).toBe(400);
    expect(reply.json<{ problems: { field: string }[] }>().problems[0]?.field).toBe(
      Object.keys(change)[0],
    );
  });

  it("refuses what is no JSON, in one document", async () => {
    const headers = { "content-type": "application/json" };
    const request = { method: "POST", url: "/register", headers, payload: '{"email":' } as const;
    const reply = await test.app.inject(request);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: "InvalidArgument", error: /no JSON/ });
  });
});

describe("POST /login", () => {
  it("answers with a token as existing clients read it", async () => {
    await test.addUser("admin@example.org", "admin");
    const reply = await test.login("Admin@example.org");
    expect(reply.statusCode).toBe(200);
    const body = reply.json<{ token: string }>();
    expect(body).toMatchObject({ email: "admin@example.org", role: "admin" });
    expect(decodeProtectedHeader(body.token)).toMatchObject({ alg: "HS256", kid: /.+/ });
    expect(decodeJwt(body.token)).toMatchObject({
      email: "admin@example.org",
      role: "admin",
      exp: Math.floor((test.nowMs + 3_600_000) / 1_000),
      jti: expect.any(String),
    });
  });

  it.each([
    ["viewer", "user"],
    ["author", "user"],
    ["approver", "user"],
    ["admin", "admin"],
  ] as const)("says of a %s that it is a %s", async (role, wireRole) => {
    await test.addUser("a@example.org", role);
    const reply = await test.login("a@example.org");
    expect(reply.json()).toMatchObject({ role: wireRole, "access-role": role });
  });

  it("gives each login a session of its own, also within one second", async () => {
    await test.addUser("a@example.org", "author");
    const tokens = [await test.login("a@example.org"), await test.login("a@example.org")];
    expect(new Set(tokens.map((reply) => reply.json<{ token: string }>().token)).size).toBe(2);
    expect(test.database.sessions.rows.size).toBe(2);
  });

  it("answers alike for an unknown email and a wrong password", async () => {
    await test.addUser("a@example.org", "author");
    const wrong = await test.login("a@example.org", "Wrong-Horse-7");
    const unknown = await test.login("b@example.org", "Wrong-Horse-7");
    expect([wrong.statusCode, unknown.statusCode]).toEqual([400, 400]);
    expect(wrong.body).toBe(unknown.body);
    expect(wrong.json()).toMatchObject({ error: "invalid email or password" });
  });

  it("tells only who knows the password that the user is not active", async () => {
    await test.addUser("a@example.org", "author", { isActive: false });
    const right = await test.login("a@example.org");
    expect(right.statusCode).toBe(400);
    expect(right.json<{ error: string }>().error).toMatch(/not active/);
    const wrong = await test.login("a@example.org", "Wrong-Horse-7");
    expect(wrong.json<{ error: string }>().error).toBe("invalid email or password");
  });
});

describe("sessions", () => {
  it.each([
    ["no header", undefined, "Authorization header is missing"],
    ["another scheme", "Basic YTpi", "Authorization header must be 'Bearer <token>'"],
    ["a made-up token", "Bearer abc.def.ghi", "invalid token"],
  ])("refuses %s", async (_, authorization, error) => {
    const headers = authorization === undefined ? {} : { authorization };
    const reply = await test.app.inject({ url: "/users", headers });
    expect(reply.statusCode).toBe(401);
    expect(reply.json()).toEqual({ error, code: "Unauthenticated" });
  });

  it("end with the logout", async () => {
    const token = await test.tokenOf("admin");
    expect((await test.call(token, "GET", "/users")).statusCode).toBe(200);
    const reply = await test.call(token, "POST", "/logout");
    expect(reply.json()).toEqual({ message: expect.any(String) });
    expect((await test.call(token, "GET", "/users")).statusCode).toBe(401);
  });

  it("end all at once with a logout everywhere", async () => {
    const first = await test.tokenOf("admin");
    const second = await test.tokenOf("admin");
    const reply = await test.call(first, "POST", "/api/v1/horizon/logout-everywhere");
    expect(reply.json()).toMatchObject({ sessions: 2 });
    expect((await test.call(second, "GET", "/users")).statusCode).toBe(401);
  });

  it("end at their time", async () => {
    const token = await test.tokenOf("admin");
    test.nowMs += 3_600_001;
    expect((await test.call(token, "GET", "/users")).statusCode).toBe(401);
  });

  it("are named for clients that track them", async () => {
    const token = await test.tokenOf("viewer");
    const body = { email: "viewer@example.org", userAgent: "test" };
    const reply = await test.call(token, "POST", "/track-session", body);
    expect(reply.json()).toEqual({ sessionId: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });
});

describe("POST /api/v1/horizon/change-password", () => {
  const url = "/api/v1/horizon/change-password";

  it("sets the password, ends other sessions and begins a new one", async () => {
    const token = await test.tokenOf("author");
    const payload = { "current-password": PASSWORD, "new-password": "Another-Horse-8" };
    const reply = await test.call(token, "POST", url, payload);
    expect(reply.statusCode).toBe(200);
    const { token: next } = reply.json<{ token: string }>();
    const permissions = "/api/v1/horizon/permission-by-role";
    expect((await test.call(token, "GET", permissions)).statusCode).toBe(401);
    expect((await test.call(next, "GET", permissions)).statusCode).toBe(200);
    expect((await test.login("author@example.org")).statusCode).toBe(400);
    expect((await test.login("author@example.org", "Another-Horse-8")).statusCode).toBe(200);
  });

  it.each([
    ["a wrong current one", { "current-password": "Wrong-Horse-7" }, "current-password"],
    ["a weak new one", { "new-password": "weak" }, "new-password"],
    ["the same again", { "new-password": PASSWORD }, "new-password"],
  ])("refuses %s", async (_, change, field) => {
    const token = await test.tokenOf("author");
    const payload = { "current-password": PASSWORD, "new-password": "Another-Horse-8", ...change };
    const reply = await test.call(token, "POST", url, payload);
    expect(reply.statusCode).toBe(400);
    expect(reply.json<{ problems: { field: string }[] }>().problems[0]?.field).toBe(field);
  });

  it("comes before everything else where the password must be changed", async () => {
    await test.addUser("author@example.org", "author", { mustChangePassword: true });
    const token = await test.tokenOf("author");
    const list = "/api/v1/online-feature-store/get-store-requests";
    const refused = await test.call(token, "GET", list);
    expect(refused.statusCode).toBe(403);
    expect(refused.json<{ error: string }>().error).toMatch(/password must be changed/);
    const payload = { "current-password": PASSWORD, "new-password": "Another-Horse-8" };
    const { token: next } = (await test.call(token, "POST", url, payload)).json<{
      token: string;
    }>();
    expect((await test.call(next, "GET", list)).statusCode).toBe(200);
  });
});

describe("GET /api/v1/horizon/permission-by-role", () => {
  it("has a list of permissions for every role, and what ours may do", async () => {
    const token = await test.tokenOf("author");
    const reply = await test.call(token, "GET", "/api/v1/horizon/permission-by-role");
    expect(reply.json()).toMatchObject({
      role: "user",
      permissions: [],
      "access-role": "author",
      actions: ["read", "submit"],
    });
  });
});
