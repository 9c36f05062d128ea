import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PASSWORD, TestApp } from "../support/test-app.ts";

let test: TestApp;
let admin: string;

beforeEach(async () => {
  test = await TestApp.create();
  admin = await test.tokenOf("admin");
});

afterEach(() => test.close());

function update(body: Record<string, unknown>) {
  return test.call(admin, "PUT", "/update-user", body);
}

describe("GET /users", () => {
  it("lists users for administrators", async () => {
    await test.addUser("a@example.org", "viewer", { isActive: false });
    const reply = await test.call(admin, "GET", "/users");
    expect(reply.json()).toContainEqual({
      first_name: "Ada",
      last_name: "Example",
      email: "a@example.org",
      is_active: false,
      role: "user",
      "access-role": "viewer",
      "is-locked": false,
      "must-change-password": false,
    });
    expect(reply.body).not.toContain("$2");
  });

  it.each(["viewer", "author", "approver"] as const)("is refused to a %s", async (role) => {
    const reply = await test.call(await test.tokenOf(role), "GET", "/users");
    expect(reply.statusCode).toBe(403);
    expect(reply.json()).toEqual({
      error: "not authorized to process request",
      code: "PermissionDenied",
    });
  });
});

describe("PUT /update-user", () => {
  it("activates somebody, as existing clients do", async () => {
    await test.addUser("a@example.org", "author", { isActive: false });
    const reply = await update({ email: "A@example.org", is_active: true, role: "user" });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ message: expect.any(String), user: { is_active: true } });
    expect((await test.login("a@example.org")).statusCode).toBe(200);
  });

  it("keeps a finer role where a client knows only two", async () => {
    await test.addUser("a@example.org", "approver");
    await update({ email: "a@example.org", is_active: true, role: "user" });
    expect((await test.database.users.findByEmail("a@example.org"))?.role).toBe("approver");
  });

  it.each(["viewer", "author", "approver", "admin"] as const)("gives the role %s", async (role) => {
    await test.addUser("a@example.org", "author");
    const reply = await update({ email: "a@example.org", is_active: true, "access-role": role });
    expect(reply.json()).toMatchObject({ user: { "access-role": role } });
  });

  it("counts from the next request on", async () => {
    const token = await test.tokenOf("approver");
    expect((await test.call(token, "GET", "/users")).statusCode).toBe(403);
    await update({ email: "approver@example.org", is_active: true, role: "admin" });
    expect((await test.call(token, "GET", "/users")).statusCode).toBe(200);
    await update({ email: "approver@example.org", is_active: true, role: "user" });
    expect((await test.call(token, "GET", "/users")).statusCode).toBe(403);
  });

  it("ends the sessions of somebody who is no longer active, for good", async () => {
    const token = await test.tokenOf("author");
    await update({ email: "author@example.org", is_active: false, role: "user" });
    await update({ email: "author@example.org", is_active: true, role: "user" });
    const reply = await test.call(token, "GET", "/api/v1/horizon/permission-by-role");
    expect(reply.statusCode).toBe(401);
  });

  it.each([
    ["their state", { is_active: false, role: "admin" }],
    ["their role", { is_active: true, role: "user" }],
  ])("keeps administrators from taking %s away themselves", async (_, change) => {
    await test.addUser("second@example.org", "admin");
    const reply = await update({ email: "admin@example.org", ...change });
    expect(reply.statusCode).toBe(412);
    expect(reply.json()).toMatchObject({ error: /cannot deactivate themselves/ });
    expect((await test.call(admin, "GET", "/users")).statusCode).toBe(200);
  });

  it("leaves an administrator where two take it from each other at once", async () => {
    await test.addUser("second@example.org", "admin");
    const { token } = (await test.login("second@example.org")).json<{ token: string }>();
    const both = await Promise.all([
      update({ email: "second@example.org", is_active: false, role: "admin" }),
      test.call(token, "PUT", "/update-user", {
        email: "admin@example.org",
        is_active: false,
        role: "admin",
      }),
    ]);
    expect(both.filter((reply) => reply.statusCode === 200).length).toBeLessThan(2);
    expect(await test.database.users.activeAdminCount()).toBeGreaterThan(0);
  });

  it.each([
    ["another role", { role: "root" }, 400],
    ["no state", { is_active: undefined }, 400],
    ["an unknown email", { email: "nobody@example.org" }, 404],
  ])("refuses %s", async (_, change, status) => {
    await test.addUser("a@example.org", "author");
    const body = { email: "a@example.org", is_active: true, role: "user", ...change };
    expect((await update(body)).statusCode).toBe(status);
  });
});

describe("POST /api/v1/horizon/reset-password", () => {
  it("gives a password that must be changed, and ends sessions and locks", async () => {
    const token = await test.tokenOf("author");
    const body = { email: "author@example.org" };
    const reply = await test.call(admin, "POST", "/api/v1/horizon/reset-password", body);
    const { password } = reply.json<{ password: string }>();
    expect((await test.call(token, "POST", "/logout")).statusCode).toBe(401);
    expect((await test.login("author@example.org", PASSWORD)).statusCode).toBe(400);
    const login = await test.login("author@example.org", password);
    expect(login.json()).toMatchObject({ "must-change-password": true });
  });
});

describe("GET /api/v1/horizon/audit", () => {
  it("tells administrators who did what, without secrets", async () => {
    await test.addUser("a@example.org", "author");
    await update({ email: "a@example.org", is_active: true, "access-role": "approver" });
    await test.login("a@example.org", "Wrong-Horse-7");
    const reply = await test.call(admin, "GET", "/api/v1/horizon/audit");
    const [failed, updated] = reply.json<Record<string, unknown>[]>();
    expect(failed).toMatchObject({ action: "login.failed", actor: "a@example.org" });
    expect(updated).toMatchObject({
      action: "user.updated",
      actor: "admin@example.org",
      subject: "user a@example.org",
      details: { before: { role: "author" }, after: { role: "approver" } },
    });
    expect(reply.body).not.toMatch(/Horse|\$2/);
  });

  it("is filtered and paged", async () => {
    const url = "/api/v1/horizon/audit?action=login.succeeded&limit=1";
    await test.tokenOf("viewer");
    const [last] = (await test.call(admin, "GET", url)).json<{ id: number; actor: string }[]>();
    expect(last?.actor).toBe("viewer@example.org");
    const before = await test.call(admin, "GET", `${url}&before-id=${last?.id}`);
    expect(before.json()).toMatchObject([{ actor: "admin@example.org" }]);
    expect((await test.call(admin, "GET", `${url}0000`)).statusCode).toBe(400);
  });

  it("is refused to others", async () => {
    const token = await test.tokenOf("approver");
    expect((await test.call(token, "GET", "/api/v1/horizon/audit")).statusCode).toBe(403);
  });
});
