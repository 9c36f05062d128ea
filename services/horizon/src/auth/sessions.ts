import { createHash } from "node:crypto";
import { FeatureStoreError } from "@ofs/platform";
import type { SessionRepository, User, UserRepository } from "../database/ports.ts";
import { wireRoleOf } from "./roles.ts";
import type { TokenSigner } from "./token-signer.ts";

/** Longer ones are refused unread: they are none of ours. */
const MAX_TOKEN_LENGTH = 4_096;

/** Somebody signed in, as the database knows them at this moment. */
export interface Session {
  readonly user: User;
  readonly tokenHash: string;
  /** Goes with each change that a browser asks for by cookie. */
  readonly csrfToken: string;
}

/** A session that was just begun. */
export interface NewSession extends Session {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Sessions: begun by a login, ended by a logout, at their time, or when their user is deactivated. */
export class Sessions {
  readonly #sessions: SessionRepository;
  readonly #users: UserRepository;
  readonly #signer: TokenSigner;
  readonly #now: () => number;

  /** @param now Unix milliseconds */
  constructor(
    repositories: { readonly sessions: SessionRepository; readonly users: UserRepository },
    signer: TokenSigner,
    now: () => number,
  ) {
    this.#sessions = repositories.sessions;
    this.#users = repositories.users;
    this.#signer = signer;
    this.#now = now;
  }

  async begin(user: User): Promise<NewSession> {
    const identity = { email: user.email, role: wireRoleOf(user.role) };
    const { token, claims } = await this.#signer.sign(identity, this.#now());
    const { expiresAtMs, tokenId } = claims;
    const tokenHash = hashOf(token);
    await this.#sessions.create({ tokenHash, email: user.email, expiresAtMs });
    const csrfToken = this.#signer.csrfTokenOf(tokenId);
    return { user, token, tokenHash, expiresAtMs, csrfToken };
  }

  /**
   * Who a token stands for, with the role and state that they have now.
   *
   * @throws {FeatureStoreError} UNAUTHENTICATED, UNAVAILABLE
   */
  async find(token: string): Promise<Session> {
    if (token.length > MAX_TOKEN_LENGTH) throw invalidToken();
    const nowMs = this.#now();
    const { email, tokenId } = await this.#signer.verify(token, nowMs);
    const tokenHash = hashOf(token);
    const owner = await this.#sessions.findEmail(tokenHash, nowMs);
    if (owner !== email) throw invalidToken();
    const user = await this.#users.findByEmail(email);
    if (user?.isActive !== true) throw invalidToken();
    return { user, tokenHash, csrfToken: this.#signer.csrfTokenOf(tokenId) };
  }

  end(session: Session): Promise<void> {
    return this.#sessions.delete(session.tokenHash);
  }

  /** @returns how many there were */
  endAllOf(email: string): Promise<number> {
    return this.#sessions.deleteOf(email);
  }

  /** @returns how many had expired */
  purge(): Promise<number> {
    return this.#sessions.deleteExpired(this.#now());
  }
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function invalidToken(): FeatureStoreError {
  return new FeatureStoreError("UNAUTHENTICATED", "invalid token");
}
