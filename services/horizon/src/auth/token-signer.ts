import { createHmac, randomUUID } from "node:crypto";
import { FeatureStoreError } from "@ofs/platform";
import { errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import type { WireRole } from "./roles.ts";

const ALGORITHM = "HS256";

const claimsSchema = z.object({ email: z.string(), jti: z.string(), exp: z.number() });

/** What a token says. What its owner may do is looked up, not read from it. */
export interface TokenClaims {
  readonly email: string;
  /** One of its own for each sign-in. */
  readonly tokenId: string;
  readonly expiresAtMs: number;
}

interface Key {
  readonly id: string;
  readonly secret: Uint8Array;
}

/** Signs session tokens, and checks those signed with this or an earlier secret. */
export class TokenSigner {
  readonly #keys: readonly [Key, ...Key[]];
  readonly #ttlMs: number;

  /**
   * @param secret signs
   * @param previousSecrets are still accepted: for replacing a secret without ending all sessions
   */
  constructor(secret: string, previousSecrets: readonly string[], ttlSeconds: number) {
    this.#keys = [keyOf(secret), ...previousSecrets.map(keyOf)];
    this.#ttlMs = ttlSeconds * 1_000;
  }

  async sign(
    user: { readonly email: string; readonly role: WireRole },
    nowMs: number,
  ): Promise<{ readonly token: string; readonly claims: TokenClaims }> {
    const [{ id, secret }] = this.#keys;
    const tokenId = randomUUID();
    const expiresAtSeconds = Math.floor((nowMs + this.#ttlMs) / 1_000);
    const token = await new SignJWT({ email: user.email, role: user.role })
      .setProtectedHeader({ alg: ALGORITHM, typ: "JWT", kid: id })
      .setIssuedAt(Math.floor(nowMs / 1_000))
      .setExpirationTime(expiresAtSeconds)
      .setJti(tokenId)
      .sign(secret);
    return {
      token,
      claims: { email: user.email, tokenId, expiresAtMs: expiresAtSeconds * 1_000 },
    };
  }

  /** @throws {FeatureStoreError} UNAUTHENTICATED */
  async verify(token: string, nowMs: number): Promise<TokenClaims> {
    try {
      const { payload } = await jwtVerify(token, (header) => this.#secretOf(header.kid), {
        algorithms: [ALGORITHM],
        currentDate: new Date(nowMs),
      });
      const { email, jti, exp } = claimsSchema.parse(payload);
      return { email, tokenId: jti, expiresAtMs: exp * 1_000 };
    } catch (cause) {
      const isExpected = cause instanceof errors.JOSEError || cause instanceof z.ZodError;
      if (!isExpected) throw cause;
      throw new FeatureStoreError("UNAUTHENTICATED", "invalid token", { cause });
    }
  }

  /** A value that only the holder of the session can know, and that tells nothing about its token. */
  csrfTokenOf(tokenId: string): string {
    const [{ secret }] = this.#keys;
    return createHmac("sha256", secret).update(`csrf:${tokenId}`).digest("base64url");
  }

  #secretOf(keyId: string | undefined): Uint8Array {
    const key = this.#keys.find(({ id }) => id === keyId);
    if (key === undefined) throw new errors.JWSInvalid("no such key");
    return key.secret;
  }
}

function keyOf(text: string): Key {
  const secret = Buffer.from(text, "utf8");
  // Derived, so that replicas with one secret agree, and one-way.
  const id = createHmac("sha256", secret).update("key id").digest("hex").slice(0, 16);
  return { id, secret };
}
