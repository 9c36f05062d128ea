import { createLogger } from "@ofs/platform";
import { beforeEach, describe, expect, it } from "vitest";
import { ensureAdmin } from "../../src/auth/first-admin.ts";
import { PasswordHasher } from "../../src/auth/password-hasher.ts";
import { passwordFaults } from "../../src/auth/password-rules.ts";
import { MemoryDatabase } from "../support/memory-database.ts";

const hasher = new PasswordHasher(4);
const surroundings = {
  now: () => 1,
  log: createLogger({ service: "horizon", level: "DISABLED" }),
};
const NOBODY = { email: undefined, password: undefined, isDevelopment: false, isReset: false };

let database: MemoryDatabase;

beforeEach(() => {
  database = new MemoryDatabase();
});

async function passwordOf(email: string, password: string): Promise<boolean> {
  const user = await database.users.findByEmail(email);
  return hasher.verify(password, user?.passwordHash);
}

describe("ensureAdmin", () => {
  it("makes one with a random password that keeps the rules", async () => {
    const admin = await ensureAdmin(database, hasher, NOBODY, surroundings);
    expect(admin?.email).toBe("admin@admin.com");
    const password = admin?.madePassword ?? "";
    expect(passwordFaults(password)).toEqual([]);
    expect(await passwordOf("admin@admin.com", password)).toBe(true);
    expect(JSON.stringify(database.audit.entries)).not.toContain(password);
  });

  it("makes the one that was asked for, and does not show the password", async () => {
    const options = { ...NOBODY, email: "Me@example.org", password: "Correct-Horse-7" };
    const admin = await ensureAdmin(database, hasher, options, surroundings);
    expect(admin).toEqual({ email: "me@example.org", madePassword: undefined });
    expect(await passwordOf("me@example.org", "Correct-Horse-7")).toBe(true);
  });

  it("takes the well-known password only where development is asked for", async () => {
    const options = { ...NOBODY, isDevelopment: true };
    await ensureAdmin(database, hasher, options, surroundings);
    expect(await passwordOf("admin@admin.com", "admin")).toBe(true);
  });

  it("makes none where there is one", async () => {
    await ensureAdmin(database, hasher, NOBODY, surroundings);
    const options = { ...NOBODY, email: "other@example.org", password: "Correct-Horse-7" };
    expect(await ensureAdmin(database, hasher, options, surroundings)).toBeUndefined();
    expect(await database.users.list()).toHaveLength(1);
  });

  it("gives a new password to one who has lost it, and ends their sessions", async () => {
    const first = await ensureAdmin(database, hasher, NOBODY, surroundings);
    await database.users.update("admin@admin.com", { isActive: false, lockedUntilMs: 9e15 });
    const session = { tokenHash: "h", email: "admin@admin.com", expiresAtMs: 9e15 };
    await database.sessions.create(session);
    const options = { ...NOBODY, isReset: true };
    const second = await ensureAdmin(database, hasher, options, surroundings);
    expect(second?.madePassword).not.toBe(first?.madePassword);
    expect(await passwordOf("admin@admin.com", second?.madePassword ?? "")).toBe(true);
    expect(await database.users.list()).toMatchObject([{ isActive: true, lockedUntilMs: 0 }]);
    expect(database.sessions.rows.size).toBe(0);
  });

  it("makes nobody an administrator who is somebody else", async () => {
    await database.users.create({
      firstName: "A",
      lastName: "B",
      email: "admin@admin.com",
      passwordHash: "x",
      role: "author",
      isActive: true,
      mustChangePassword: false,
      failedLoginCount: 0,
      lockedUntilMs: 0,
    });
    expect(await ensureAdmin(database, hasher, NOBODY, surroundings)).toBeUndefined();
    expect(await database.users.activeAdminCount()).toBe(0);
  });
});
