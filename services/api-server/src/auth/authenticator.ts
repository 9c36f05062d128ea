import { FeatureStoreError, TokenVerifier } from "@ofs/platform";
import type { Reader, Snapshot } from "@ofs/registry";

export const CALLER_ID_HEADER = "online-feature-store-caller-id";
export const AUTH_TOKEN_HEADER = "online-feature-store-auth-token";

/** What a call does with features; `any`: either permission will do. */
export type Access = "read" | "write" | "any";

/** A header is missing, or what it says is not known. */
export class CredentialsError extends FeatureStoreError {
  override readonly name = "CredentialsError";
}

/** Where a call's headers come from; names in lower case. */
export interface HeaderSource {
  header(name: string): string | undefined;
}

/** Admits callers by the two headers and the readers of the registry, and such as the program brings along. */
export class Authenticator {
  readonly #snapshot: () => Snapshot | undefined;
  readonly #nowMs: () => number;
  readonly #verifier = new TokenVerifier();
  readonly #ownReaders: ReadonlyMap<string, Reader>;

  /**
   * @param nowMs Unix milliseconds
   * @param ownReaders who may call whatever the registry says
   */
  constructor(
    snapshot: () => Snapshot | undefined,
    nowMs: () => number,
    ownReaders: readonly Reader[] = [],
  ) {
    this.#snapshot = snapshot;
    this.#nowMs = nowMs;
    this.#ownReaders = new Map(ownReaders.map((reader) => [reader.callerId, reader]));
  }

  /**
   * @returns who calls
   * @throws {CredentialsError} INVALID_ARGUMENT for a missing header, UNAUTHENTICATED for a caller or token that
   * is not known
   * @throws {FeatureStoreError} UNAVAILABLE while there is no registry to know them from
   */
  authenticate(call: HeaderSource): Reader {
    const callerId = requiredHeader(call, CALLER_ID_HEADER);
    const token = requiredHeader(call, AUTH_TOKEN_HEADER);
    const snapshot = this.#snapshot();
    if (snapshot === undefined) {
      throw new FeatureStoreError("UNAVAILABLE", "the registry has not been loaded yet");
    }
    const reader = this.#ownReaders.get(callerId) ?? snapshot.readers.get(callerId);
    const isValid = this.#verifier.isValid(token, reader?.credentials, this.#nowMs() / 1000);
    if (reader === undefined || !isValid) {
      throw new CredentialsError("UNAUTHENTICATED", "Invalid auth token");
    }
    return reader;
  }

  /** Whether `authenticate` would admit the call. */
  isKnown(call: HeaderSource): boolean {
    try {
      this.authenticate(call);
      return true;
    } catch (error) {
      if (error instanceof FeatureStoreError) return false;
      throw error;
    }
  }
}

/** @throws {FeatureStoreError} PERMISSION_DENIED */
export function assertAccess(reader: Reader, access: Access): void {
  const isAllowed =
    (reader.mayRead && access !== "write") || (reader.mayWrite && access !== "read");
  if (isAllowed) return;
  const wanted = access === "any" ? "read or write" : access;
  throw new FeatureStoreError(
    "PERMISSION_DENIED",
    `caller '${reader.callerId}' has no ${wanted} access`,
  );
}

function requiredHeader(call: HeaderSource, name: string): string {
  const value = call.header(name);
  if (value === undefined) {
    throw new CredentialsError("INVALID_ARGUMENT", `${name} header is missing`);
  }
  return value;
}
