import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { FeatureStoreError, type TokenCredential, TokenVerifier } from "@ofs/platform";

/** Who may look into topics, replay and produce. */
export const ADMIN_TOKEN_HEADER = "ofs-admin-token";

const LOOPBACK_ADDRESS = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * Admits operators: whoever has the token, or, where none is configured, programs on this machine. Web pages are no such
 * programs, though a browser on this machine fetches them: what names a foreign host or an origin is refused.
 */
export class AdminGuard {
  readonly #credentials: readonly TokenCredential[];
  readonly #isLocalAdmitted: boolean;
  readonly #verifier = new TokenVerifier();

  /**
   * @param token undefined: callers of this machine only
   * @param ownToken admitted in any case: of the program that runs the service inside itself
   */
  constructor(token: string | undefined, ownToken?: string) {
    const tokens = [token, ownToken].filter((each) => each !== undefined);
    this.#credentials = tokens.map((each) => ({
      sha256: hash("sha256", each, "buffer"),
      untilSeconds: undefined,
    }));
    this.#isLocalAdmitted = token === undefined;
  }

  /** @throws {FeatureStoreError} UNAUTHENTICATED, PERMISSION_DENIED */
  assertAllowed(request: IncomingMessage): void {
    const token = request.headers[ADMIN_TOKEN_HEADER];
    const isValid =
      typeof token === "string" && this.#verifier.isValid(token, this.#credentials, 0);
    if (isValid) return;
    if (this.#isLocalAdmitted) {
      assertLocal(request);
      return;
    }
    const fault = token === undefined ? "is missing" : "is not valid";
    throw new FeatureStoreError("UNAUTHENTICATED", `${ADMIN_TOKEN_HEADER} header ${fault}`);
  }
}

function assertLocal({ socket, headers }: IncomingMessage): void {
  const { remoteAddress = "" } = socket;
  if (!LOOPBACK_ADDRESS.test(remoteAddress)) {
    throw new FeatureStoreError(
      "PERMISSION_DENIED",
      `without ADMIN_TOKEN only programs on the same machine are admitted, not ${remoteAddress}`,
    );
  }
  const isForeign = headers.origin !== undefined || !LOOPBACK_HOST.test(headers.host ?? "");
  if (isForeign) {
    throw new FeatureStoreError(
      "PERMISSION_DENIED",
      `without ADMIN_TOKEN calls must name this machine and have no origin (host ${headers.host}, origin ${headers.origin})`,
    );
  }
}
