import { expect, test } from "vitest";
import type { Database, User } from "../../src/database/ports.ts";

const RACERS = 20;

function newUser(email: string, change: Partial<User> = {}): Omit<User, "id"> {
  return {
    firstName: "Ada",
    lastName: "Lovelace",
    email,
    passwordHash: "$2b$10$hash",
    role: "author",
    isActive: false,
    mustChangePassword: false,
    failedLoginCount: 0,
    lockedUntilMs: 0,
    ...change,
  };
}

/** Users, sessions and the audit log, in either database. */
export function testAccounts(database: () => Database): void {
  const users = () => database().users;
  const sessions = () => database().sessions;
  const audit = () => database().audit;

  test("users: created, found by email in any case, listed", async () => {
    const created = await users().create(newUser("Ada@x.io", { mustChangePassword: true }));
    expect(created).toMatchObject({ email: "ada@x.io", mustChangePassword: true });
    expect(await users().findByEmail("ada@X.IO")).toEqual(created);
    expect(await users().findByEmail("adá@x.io")).toBeUndefined();
    expect(await users().findByEmail("eve@x.io")).toBeUndefined();
    expect(await users().list()).toContainEqual(created);
    expect(await users().create(newUser("ADA@x.io"))).toBeUndefined();
  });

  test(`of ${RACERS} who register one email at once, one wins`, async () => {
    const race = Array.from({ length: RACERS }, () => users().create(newUser("race@x.io")));
    expect((await Promise.all(race)).filter((each) => each !== undefined)).toHaveLength(1);
  });

  test.each(["viewer", "author", "approver", "admin"] as const)(
    "users: role %s is kept",
    async (role) => {
      const email = `${role}@x.io`;
      await users().create(newUser(email));
      const changed = await users().update(email, { role, isActive: true });
      expect(changed).toMatchObject({ role, isActive: true, firstName: "Ada" });
      expect(await users().findByEmail(email)).toEqual(changed);
    },
  );

  test("users: a change of nobody", async () => {
    expect(await users().update("nobody@x.io", { isActive: true })).toBeUndefined();
    expect(await users().countFailedLogin("nobody@x.io")).toBe(0);
  });

  test("users: every change is kept, and only it", async () => {
    const created = await users().create(newUser("change@x.io"));
    const change = {
      firstName: "Grace",
      lastName: "Hopper",
      passwordHash: "other",
      mustChangePassword: true,
      failedLoginCount: 3,
      lockedUntilMs: 1_900_000_000_123,
    };
    const changed = await users().update("change@x.io", change);
    expect(changed).toEqual({ ...created, ...change });
    expect(await users().update("change@x.io", {})).toEqual(changed);
  });

  test("users: names that are too long are refused", async () => {
    const refused = users().create(newUser("long@x.io", { firstName: "x".repeat(51) }));
    await expect(refused).rejects.toThrow(/firstName has 51 characters, at most 50/);
  });

  test(`users: ${RACERS} failed logins at once are all counted`, async () => {
    await users().create(newUser("failing@x.io"));
    const race = Array.from({ length: RACERS }, () => users().countFailedLogin("failing@x.io"));
    const counts = (await Promise.all(race)).sort((a, b) => a - b);
    expect(counts).toEqual(Array.from({ length: RACERS }, (_, index) => index + 1));
  });

  test("users: active admins are counted", async () => {
    const before = await users().activeAdminCount();
    await users().create(newUser("root1@x.io", { role: "admin", isActive: true }));
    await users().create(newUser("root2@x.io", { role: "admin", isActive: false }));
    await users().create(newUser("root3@x.io", { role: "approver", isActive: true }));
    expect(await users().activeAdminCount()).toBe(before + 1);
  });

  test("sessions: found until they expire or are deleted", async () => {
    const expiresAtMs = Date.now() + 60_500;
    for (const tokenHash of ["s1", "s2", "s3"]) {
      await sessions().create({ tokenHash, email: "s@x.io", expiresAtMs });
    }
    expect(await sessions().findEmail("s1", expiresAtMs - 1)).toBe("s@x.io");
    expect(await sessions().findEmail("s1", expiresAtMs)).toBeUndefined();
    expect(await sessions().findEmail("S1", Date.now())).toBeUndefined();
    await sessions().delete("s1");
    await sessions().delete("s1");
    expect(await sessions().findEmail("s1", Date.now())).toBeUndefined();
    expect(await sessions().deleteOf("s@x.io")).toBe(2);
    expect(await sessions().deleteOf("s@x.io")).toBe(0);
  });

  test("sessions: those that have expired are swept", async () => {
    const nowMs = Date.now();
    await sessions().create({ tokenHash: "old", email: "e@x.io", expiresAtMs: nowMs - 1 });
    await sessions().create({ tokenHash: "young", email: "e@x.io", expiresAtMs: nowMs + 60_000 });
    await sessions().create({ tokenHash: "far", email: "e@x.io", expiresAtMs: nowMs + 1e12 });
    expect(await sessions().deleteExpired(nowMs)).toBe(1);
    expect(await sessions().findEmail("young", nowMs)).toBe("e@x.io");
    expect(await sessions().findEmail("far", nowMs + 1e11)).toBe("e@x.io");
  });

  test("audit: newest first, by actor, action and subject, in pages", async () => {
    const details = { status: "APPROVED", id: 7, text: "'\"\\ 🙂" };
    for (let index = 0; index < 5; index += 1) {
      const actor = index % 2 === 0 ? "even@x.io" : "odd@x.io";
      const entry = { atMs: 1000 + index, actor, action: "test.done", subject: `thing ${index}` };
      await audit().add({ ...entry, details });
    }
    const all = await audit().list({ action: "test.done", limit: 10 });
    expect(all.map(({ atMs }) => atMs)).toEqual([1004, 1003, 1002, 1001, 1000]);
    expect(all[0]?.details).toEqual(details);
    const even = await audit().list({ actor: "even@x.io", limit: 2 });
    expect(even.map(({ atMs }) => atMs)).toEqual([1004, 1002]);
    const next = await audit().list({
      actor: "even@x.io",
      limit: 2,
      beforeId: even[1]?.id as number,
    });
    expect(next.map(({ atMs }) => atMs)).toEqual([1000]);
    expect(await audit().list({ subject: "thing 3", limit: 1 })).toHaveLength(1);
    await expect(audit().list({ limit: 0 })).rejects.toThrow(/limit must be/);
  });

  test("audit: what is too long is shortened, not lost", async () => {
    const subject = "s".repeat(1000);
    await audit().add({ atMs: 1, actor: "long@x.io", action: "a", subject, details: {} });
    const [entry] = await audit().list({ actor: "long@x.io", limit: 1 });
    expect(entry?.subject).toBe(`${"s".repeat(254)}…`);
  });
}
