import { randomBytes } from "node:crypto";
import { FeatureStoreError } from "@ofs/platform";
import type { AuditRepository, Role, User, UserRepository } from "../database/ports.ts";
import { assertNoProblems, FieldProblemsError } from "./field-problems.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import { passwordFaults } from "./password-rules.ts";
import type { Sessions } from "./sessions.ts";
import { isEmail, nameFault, normalizeEmail } from "./user-fields.ts";

/** What somebody says of themselves. */
export interface Registration {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly password: string;
}

export interface UserAccountsDeps {
  readonly users: UserRepository;
  readonly audit: AuditRepository;
  readonly sessions: Sessions;
  readonly hasher: PasswordHasher;
  readonly now: () => number;
}

/** Who there is, and what they may do. */
export class UserAccounts {
  readonly #deps: UserAccountsDeps;

  constructor(deps: UserAccountsDeps) {
    this.#deps = deps;
  }

  /**
   * Adds an author who is not active: an administrator decides.
   *
   * @throws {FieldProblemsError} INVALID_ARGUMENT with each rule that is broken, ALREADY_EXISTS for an email that is taken
   */
  async register(registration: Registration): Promise<User> {
    const email = normalizeEmail(registration.email);
    assertNoProblems(registrationProblems({ ...registration, email }));
    const user = await this.#deps.users.create({
      firstName: registration.firstName.trim(),
      lastName: registration.lastName.trim(),
      email,
      passwordHash: await this.#deps.hasher.hash(registration.password),
      role: "author",
      isActive: false,
      mustChangePassword: false,
      failedLoginCount: 0,
      lockedUntilMs: 0,
    });
    if (user === undefined) {
      const message = `${email} is registered already`;
      throw new FieldProblemsError([{ field: "email", message, reason: "conflict" }]);
    }
    await this.#note(email, "user.registered", email, {});
    return user;
  }

  list(): Promise<User[]> {
    return this.#deps.users.list();
  }

  /** @throws {FeatureStoreError} NOT_FOUND */
  async find(givenEmail: string): Promise<User> {
    const email = normalizeEmail(givenEmail);
    const user = await this.#deps.users.findByEmail(email);
    if (user === undefined) throw new FeatureStoreError("NOT_FOUND", `there is no user ${email}`);
    return user;
  }

  /**
   * Sets state and role. Both count from the next request on; the sessions of somebody who is no longer active end.
   *
   * @throws {FeatureStoreError} NOT_FOUND; FAILED_PRECONDITION if administrators would take their own rights, or those of
   *   the last of them
   */
  async update(
    givenEmail: string,
    change: { readonly isActive: boolean; readonly role: Role },
    by: string,
  ): Promise<User> {
    const { users, sessions } = this.#deps;
    const before = await this.find(givenEmail);
    const { email } = before;
    const losesAdmin = isActiveAdmin(before) && !isActiveAdmin(change);
    if (losesAdmin) await this.#assertDispensable(email, by);
    const after = await users.update(email, change);
    if (after === undefined) throw new FeatureStoreError("NOT_FOUND", `there is no user ${email}`);
    if (losesAdmin && (await users.activeAdminCount()) === 0) {
      // Two administrators have done it to each other.
      await users.update(email, { isActive: before.isActive, role: before.role });
      throw lastAdmin(email);
    }
    const endedSessions = after.isActive ? 0 : await sessions.endAllOf(email);
    await this.#note(by, "user.updated", email, {
      before: { role: before.role, isActive: before.isActive },
      after: { role: after.role, isActive: after.isActive },
      endedSessions,
    });
    return after;
  }

  /**
   * Gives somebody a new password, which they must change before anything else. Their sessions end.
   *
   * @returns the password, in no other place to be found
   * @throws {FeatureStoreError} NOT_FOUND
   */
  async resetPassword(givenEmail: string, by: string): Promise<string> {
    const { email } = await this.find(givenEmail);
    const password = randomPassword();
    await this.#deps.users.update(email, {
      passwordHash: await this.#deps.hasher.hash(password),
      mustChangePassword: true,
      failedLoginCount: 0,
      lockedUntilMs: 0,
    });
    const endedSessions = await this.#deps.sessions.endAllOf(email);
    await this.#note(by, "password.reset", email, { endedSessions });
    return password;
  }

  async #assertDispensable(email: string, by: string): Promise<void> {
    if (email === by) {
      throw new FeatureStoreError(
        "FAILED_PRECONDITION",
        "administrators cannot deactivate themselves or give away their own role",
      );
    }
    if ((await this.#deps.users.activeAdminCount()) <= 1) throw lastAdmin(email);
  }

  #note(actor: string, action: string, email: string, details: Record<string, unknown>) {
    const entry = { atMs: this.#deps.now(), actor, action, subject: `user ${email}`, details };
    return this.#deps.audit.add(entry);
  }
}

/** A password that keeps all rules: 120 bits of chance, and one character of each kind. */
export function randomPassword(): string {
  return `${randomBytes(15).toString("base64url")}-aA1`;
}

function registrationProblems(registration: Registration) {
  const { firstName, lastName, email, password } = registration;
  const faults: [string, string | undefined][] = [
    ["first_name", nameFault(firstName)],
    ["last_name", nameFault(lastName)],
    [
      "email",
      isEmail(email) ? undefined : `must be an email address, not '${email.slice(0, 100)}'`,
    ],
    ...passwordFaults(password).map((fault): [string, string] => ["password", fault]),
  ];
  return faults.flatMap(([field, message]) =>
    message === undefined ? [] : [{ field, message, reason: "invalid" as const }],
  );
}

function isActiveAdmin({ isActive, role }: { isActive: boolean; role: Role }): boolean {
  return isActive && role === "admin";
}

function lastAdmin(email: string): FeatureStoreError {
  return new FeatureStoreError("FAILED_PRECONDITION", `${email} is the last administrator`);
}
