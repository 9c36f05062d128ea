import { DriverFailure, type FailureKind } from "../failures.ts";

/** First match decides. */
const KINDS: readonly (readonly [RegExp, FailureKind])[] = [
  [/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|ROWID)$/, "duplicate"],
  [/^SQLITE_(BUSY|LOCKED)/, "conflict"],
  [/^SQLITE_(CORRUPT|NOTADB)/, "damaged"],
  [/^SQLITE_(FULL|IOERR|CANTOPEN|READONLY|NOMEM)/, "away"],
];

/** @param error of libsql */
export function toLibsqlFailure(error: unknown): DriverFailure {
  const { code } = error as { readonly code?: unknown };
  const reason = typeof code === "string" ? code : "unknown failure";
  const kind = KINDS.find(([pattern]) => pattern.test(reason))?.[1];
  return new DriverFailure(kind ?? "unexpected", reason);
}
