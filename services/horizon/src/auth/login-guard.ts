import { FeatureStoreError } from "@ofs/platform";
import type { User, UserRepository } from "../database/ports.ts";

/** Unknown emails whose failures are counted at once; the oldest is forgotten. */
const MAX_UNKNOWN_EMAILS = 10_000;

export interface LockRule {
  /** Wrong passwords in a row before an email is locked. */
  readonly maxFailures: number;
  readonly lockMs: number;
}

interface Failures {
  readonly count: number;
  readonly lockedUntilMs: number;
}

/**
 * Locks an email for a while after wrong passwords in a row. Emails that nobody has are counted too, so that being locked
 * tells nothing.
 */
export class LoginGuard {
  readonly #users: UserRepository;
  readonly #rule: LockRule;
  readonly #unknown = new Map<string, Failures>();

  constructor(users: UserRepository, rule: LockRule) {
    this.#users = users;
    this.#rule = rule;
  }

  /** @throws {FeatureStoreError} RESOURCE_EXHAUSTED */
  assertOpen(email: string, user: User | undefined, nowMs: number): void {
    const until = user?.lockedUntilMs ?? this.#unknown.get(email)?.lockedUntilMs ?? 0;
    if (until <= nowMs) return;
    const seconds = Math.ceil((until - nowMs) / 1_000);
    throw new FeatureStoreError(
      "RESOURCE_EXHAUSTED",
      `too many failed attempts: try again in ${seconds} s`,
    );
  }

  /** @returns whether the email is locked from now on */
  async failed(email: string, user: User | undefined, nowMs: number): Promise<boolean> {
    if (user === undefined) return this.#failedUnknown(email, nowMs);
    const count = await this.#users.countFailedLogin(email);
    if (count % this.#rule.maxFailures !== 0) return false;
    await this.#users.update(email, { lockedUntilMs: nowMs + this.#rule.lockMs });
    return true;
  }

  async succeeded({ email, failedLoginCount, lockedUntilMs }: User): Promise<void> {
    if (failedLoginCount === 0 && lockedUntilMs === 0) return;
    await this.#users.update(email, { failedLoginCount: 0, lockedUntilMs: 0 });
  }

  #failedUnknown(email: string, nowMs: number): boolean {
    const count = (this.#unknown.get(email)?.count ?? 0) + 1;
    const isLocked = count % this.#rule.maxFailures === 0;
    this.#unknown.delete(email);
    this.#unknown.set(email, { count, lockedUntilMs: isLocked ? nowMs + this.#rule.lockMs : 0 });
    const [oldest] = this.#unknown.keys();
    if (this.#unknown.size > MAX_UNKNOWN_EMAILS && oldest !== undefined) {
      this.#unknown.delete(oldest);
    }
    return isLocked;
  }
}
