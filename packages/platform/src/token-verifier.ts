import { hash, timingSafeEqual } from "node:crypto";

/** A token that is accepted, known by its digest only. */
export interface TokenCredential {
  /** SHA-256 of the token: 32 bytes. */
  readonly sha256: Uint8Array;
  /** Unix seconds after which it is refused; undefined = no end. */
  readonly untilSeconds: number | undefined;
}

/** Compared with where the caller is unknown or has none, so that the answer takes as long as for a wrong token. */
const NO_CREDENTIALS: readonly TokenCredential[] = [
  { sha256: new Uint8Array(32), untilSeconds: Number.NEGATIVE_INFINITY },
];

const DEFAULT_MAX_REMEMBERED = 1_000;

/** Longer tokens are refused unread: hashing them is work that a stranger could ask for. */
export const MAX_TOKEN_LENGTH = 4_096;

/**
 * Compares presented tokens with stored digests, in a time that depends neither on where they differ nor
 * on whether the caller exists.
 *
 * Digests of tokens that were accepted are remembered, a bounded number of them: the same few callers
 * return with each request, and the digest is the costly part.
 */
export class TokenVerifier {
  readonly #digests = new Map<string, Uint8Array>();
  readonly #maxRemembered: number;

  constructor(maxRemembered = DEFAULT_MAX_REMEMBERED) {
    this.#maxRemembered = maxRemembered;
  }

  /**
   * @param credentials of the caller; undefined for an unknown caller, which is refused as one without any is
   * @param nowSeconds Unix time
   */
  isValid(
    token: string,
    credentials: readonly TokenCredential[] | undefined,
    nowSeconds: number,
  ): boolean {
    if (token === "" || token.length > MAX_TOKEN_LENGTH) return false;
    const remembered = this.#digests.get(token);
    const digest = remembered ?? hash("sha256", token, "buffer");
    let isValid = false;
    const hasNone = credentials === undefined || credentials.length === 0;
    for (const credential of hasNone ? NO_CREDENTIALS : credentials) {
      const isSame = credential.sha256.length === 32 && timingSafeEqual(digest, credential.sha256);
      const isLive = credential.untilSeconds === undefined || nowSeconds <= credential.untilSeconds;
      if (isSame && isLive) isValid = true;
    }
    if (isValid && remembered === undefined) this.#remember(token, digest);
    return isValid;
  }

  #remember(token: string, digest: Uint8Array): void {
    if (this.#digests.size >= this.#maxRemembered) this.#digests.clear();
    this.#digests.set(token, digest);
  }
}
