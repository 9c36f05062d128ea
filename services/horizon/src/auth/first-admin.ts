import type { Logger } from "@ofs/platform";
import type { AuditRepository, UserRepository } from "../database/ports.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import { randomPassword } from "./user-accounts.ts";
import { normalizeEmail } from "./user-fields.ts";

/** Of an administrator that nobody has named. */
export const DEFAULT_ADMIN_EMAIL = "admin@admin.com";

/** Known to everybody: only where the development flag asks for it. */
const DEVELOPMENT_PASSWORD = "admin";

export interface FirstAdminOptions {
  readonly email: string | undefined;
  readonly password: string | undefined;
  /** Whether `admin@admin.com` gets the password `admin`. */
  readonly isDevelopment: boolean;
}

/** An administrator that was made just now. */
export interface FirstAdmin {
  readonly email: string;
  /** To be shown once; undefined where whoever started the process knows it. */
  readonly madePassword: string | undefined;
}

/**
 * Makes an administrator where there is no active one and none of that email.
 *
 * @returns undefined if there was nothing to do
 */
export async function ensureAdmin(
  { users, audit }: { readonly users: UserRepository; readonly audit: AuditRepository },
  hasher: PasswordHasher,
  options: FirstAdminOptions,
  { now, log }: { readonly now: () => number; readonly log: Logger },
): Promise<FirstAdmin | undefined> {
  if ((await users.activeAdminCount()) > 0) return undefined;
  const email = normalizeEmail(options.email ?? DEFAULT_ADMIN_EMAIL);
  const given = options.password ?? (options.isDevelopment ? DEVELOPMENT_PASSWORD : undefined);
  const password = given ?? randomPassword();
  const admin = await users.create({
    firstName: "First",
    lastName: "Administrator",
    email,
    passwordHash: await hasher.hash(password),
    role: "admin",
    isActive: true,
    mustChangePassword: false,
    failedLoginCount: 0,
    lockedUntilMs: 0,
  });
  if (admin === undefined) {
    // Another replica was first, or a user of that name is not an administrator: not ours to make one.
    log.warn({ email }, "there is no active administrator, and this user is there already");
    return undefined;
  }
  const details = { firstStart: true };
  const entry = { atMs: now(), actor: "system", action: "user.created", details };
  await audit.add({ ...entry, subject: `user ${email}` });
  if (options.isDevelopment) {
    log.warn({ email }, "an administrator with a well-known password was made");
  }
  return { email, madePassword: given === undefined ? password : undefined };
}
