import { FeatureStoreError } from "@ofs/platform";
import type { AuditRepository, User, UserRepository } from "../database/ports.ts";
import { assertNoProblems } from "./field-problems.ts";
import type { LoginGuard } from "./login-guard.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import { passwordFaults } from "./password-rules.ts";
import type { NewSession, Session, Sessions } from "./sessions.ts";
import { MAX_EMAIL_LENGTH, normalizeEmail } from "./user-fields.ts";

/** How a login ended, for metrics. */
export type LoginOutcome = "ok" | "wrong" | "inactive" | "locked";

export interface SignInDeps {
  readonly users: UserRepository;
  readonly audit: AuditRepository;
  readonly sessions: Sessions;
  readonly guard: LoginGuard;
  readonly hasher: PasswordHasher;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly onLogin: (outcome: LoginOutcome) => void;
}

/** Passwords for sessions, and back. */
export class SignIn {
  readonly #deps: SignInDeps;

  constructor(deps: SignInDeps) {
    this.#deps = deps;
  }

  /**
   * @throws {FeatureStoreError} INVALID_ARGUMENT with one text for a wrong email and a wrong password, and another for
   *   the right password of somebody who is not active; RESOURCE_EXHAUSTED while the email is locked
   */
  async login(givenEmail: string, password: string): Promise<NewSession> {
    const { users, guard, hasher, sessions, onLogin } = this.#deps;
    const email = normalizeEmail(givenEmail);
    const user = email.length > MAX_EMAIL_LENGTH ? undefined : await users.findByEmail(email);
    try {
      guard.assertOpen(email, user, this.#deps.now());
    } catch (error) {
      onLogin("locked");
      throw error;
    }
    if (!(await hasher.verify(password, user?.passwordHash)) || user === undefined) {
      await this.#failed(email, user);
      throw new FeatureStoreError("INVALID_ARGUMENT", "invalid email or password");
    }
    if (!user.isActive) {
      onLogin("inactive");
      await this.#note(email, "login.refused", { reason: "inactive" });
      throw new FeatureStoreError(
        "INVALID_ARGUMENT",
        "user is not active: an administrator has to activate it first",
      );
    }
    await guard.succeeded(user);
    const session = await sessions.begin(user);
    onLogin("ok");
    await this.#note(email, "login.succeeded", {});
    return session;
  }

  async logout(session: Session): Promise<void> {
    await this.#deps.sessions.end(session);
    await this.#note(session.user.email, "logout", {});
  }

  /** Ends all sessions of the user, this one included. @returns how many there were */
  async logoutEverywhere({ user }: Session): Promise<number> {
    const count = await this.#deps.sessions.endAllOf(user.email);
    await this.#note(user.email, "logout.everywhere", { sessions: count });
    return count;
  }

  /**
   * Sets a new password; all sessions end, and a new one begins.
   *
   * @throws {FeatureStoreError} INVALID_ARGUMENT naming the rules that the new one breaks, or if the current one is wrong;
   *   RESOURCE_EXHAUSTED while the email is locked
   */
  async changePassword({ user }: Session, current: string, next: string): Promise<NewSession> {
    const { guard, hasher, users, sessions, now } = this.#deps;
    const { email } = user;
    guard.assertOpen(email, user, now());
    if (!(await hasher.verify(current, user.passwordHash))) {
      await this.#failed(email, user);
      assertNoProblems([
        { field: "current-password", message: "is not the current password", reason: "invalid" },
      ]);
    }
    const faults = passwordFaults(next);
    if (next === current) faults.push("must not be the current one");
    assertNoProblems(
      faults.map((message) => ({ field: "new-password", message, reason: "invalid" })),
    );
    const passwordHash = await hasher.hash(next);
    const changed = await users.update(email, {
      passwordHash,
      mustChangePassword: false,
      failedLoginCount: 0,
      lockedUntilMs: 0,
    });
    if (changed === undefined) throw new FeatureStoreError("NOT_FOUND", "the user is not there");
    const count = await sessions.endAllOf(email);
    await this.#note(email, "password.changed", { sessions: count });
    return sessions.begin(changed);
  }

  async #failed(email: string, user: User | undefined): Promise<void> {
    const { guard, now, onLogin } = this.#deps;
    onLogin("wrong");
    const isLocked = await guard.failed(email, user, now());
    await this.#note(email, isLocked ? "login.locked" : "login.failed", {});
  }

  #note(email: string, action: string, details: Record<string, unknown>): Promise<void> {
    const actor = email.slice(0, MAX_EMAIL_LENGTH);
    const atMs = this.#deps.now();
    return this.#deps.audit.add({ atMs, actor, action, subject: `user ${actor}`, details });
  }
}
