import { FeatureStoreError } from "@ofs/platform";

/**
 * What a driver's error means:
 * `duplicate` a value that must be unique is there already; `conflict` another transaction was in the way, and the same
 * again may work; `away` no connection, no answer, or the server cannot work now; `refused` settings or rights are wrong;
 * `damaged` what is stored cannot be read; `unexpected` anything else.
 */
export type FailureKind = "duplicate" | "conflict" | "away" | "refused" | "damaged" | "unexpected";

/**
 * A driver's error without its text: that may hold statements and values, and must reach neither callers nor logs.
 */
export class DriverFailure extends Error {
  override readonly name = "DriverFailure";
  readonly kind: FailureKind;
  /** The driver's or server's name for it, for example `ER_LOCK_DEADLOCK`, `ECONNREFUSED`, `SQLITE_FULL`. */
  readonly reason: string;

  constructor(kind: FailureKind, reason: string) {
    super(`${kind}: ${reason}`);
    this.kind = kind;
    this.reason = reason;
  }
}

export function isDuplicate(error: unknown): boolean {
  return error instanceof DriverFailure && error.kind === "duplicate";
}

/**
 * @param isCommitting the transaction's end was under way, so nobody knows whether it took effect
 * @returns what callers may see
 */
export function toCallerError(error: unknown, isCommitting: boolean): unknown {
  if (!(error instanceof DriverFailure)) return error;
  const { kind, reason } = error;
  const options = { cause: error };
  switch (kind) {
    case "duplicate":
      return error; // the repositories know what it means
    case "conflict":
      return new FeatureStoreError("UNAVAILABLE", `database is busy (${reason})`, options);
    case "away":
      return new FeatureStoreError(
        "UNAVAILABLE",
        isCommitting
          ? `database is not available (${reason}); the change may have been made`
          : `database is not available (${reason})`,
        options,
      );
    case "refused":
      return new FeatureStoreError("FAILED_PRECONDITION", `database refuses: ${reason}`, options);
    case "damaged":
      return new FeatureStoreError("INTERNAL", `database is damaged (${reason})`, options);
    case "unexpected":
      return new FeatureStoreError("INTERNAL", `database failed unexpectedly (${reason})`, options);
  }
}
