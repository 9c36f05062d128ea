import type { Logger } from "@ofs/platform";
import type { AuditRepository, SessionRepository, UserRepository } from "../database/ports.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import { randomPassword } from "./user-accounts.ts";
import { normalizeEmail } from "./user-fields.ts";

/** Of somebody who may do everything at once. */
const ADMIN_STATE = {
  role: "admin",
  isActive: true,
  mustChangePassword: false,
  failedLoginCount: 0,
  lockedUntilMs: 0,
} as const;

/** Of an administrator that nobody has named. */
export const DEFAULT_ADMIN_EMAIL = "admin@admin.com";

/** Known to everybody: only where the development flag asks for it. */
const DEVELOPMENT_PASSWORD = "admin";

export interface FirstAdminOptions {
  readonly email: string | undefined;
  readonly password: string | undefined;
  /** Whether `admin@admin.com` gets the password `admin`. */
  readonly isDevelopment: boolean;
  /** Whether the one of that email gets a new password, and the role and state back: for whoever has lost them. */
  readonly isReset: boolean;
}

/** Where administrators are made. */
export interface AdminDatabase {
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly audit: AuditRepository;
}

/** An administrator that was made, or got a new password, just now. */
export interface FirstAdmin {
  readonly email: string;
  /** To be shown once; undefined where whoever started the process knows it. */
  readonly madePassword: string | undefined;
}

/**
 * Makes an administrator where there is no active one and nobody of that email.
 *
 * @returns undefined if there was nothing to do
 */
export async function ensureAdmin(
  database: AdminDatabase,
  hasher: PasswordHasher,
  options: FirstAdminOptions,
  { now, log }: { readonly now: () => number; readonly log: Logger },
): Promise<FirstAdmin | undefined> {
  const { users } = database;
  if (!options.isReset && (await users.activeAdminCount()) > 0) return undefined;
  const email = normalizeEmail(options.email ?? DEFAULT_ADMIN_EMAIL);
  const given = options.password ?? (options.isDevelopment ? DEVELOPMENT_PASSWORD : undefined);
  const password = given ?? randomPassword();
  const passwordHash = await hasher.hash(password);
  const made = { email, madePassword: given === undefined ? password : undefined };
  const note = (action: string) =>
    database.audit.add({
      atMs: now(),
      actor: "system",
      action,
      subject: `user ${email}`,
      details: {},
    });
  if (options.isReset && (await resetAdmin(database, email, passwordHash))) {
    await note("password.reset");
    return made;
  }
  const admin = await users.create({
    firstName: "First",
    lastName: "Administrator",
    email,
    passwordHash,
    ...ADMIN_STATE,
  });
  if (admin === undefined) {
    // Another replica was first, or a user of that name is not an administrator: not ours to make one.
    log.warn({ email }, "there is no active administrator, and this user is there already");
    return undefined;
  }
  await note("user.created");
  if (options.isDevelopment) {
    log.warn({ email }, "an administrator with a well-known password was made");
  }
  return made;
}

/** @returns false if there is no such user */
async function resetAdmin(
  { users, sessions }: AdminDatabase,
  email: string,
  passwordHash: string,
): Promise<boolean> {
  const changed = await users.update(email, {
    passwordHash,
    ...ADMIN_STATE,
  });
  if (changed === undefined) return false;
  await sessions.deleteOf(email);
  return true;
}
