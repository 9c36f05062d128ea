import type { Logger } from "@ofs/platform";
import { RowError } from "@ofs/rows";

/** Who works on a creation, and until when it belongs to them. Unix milliseconds. */
export interface Hold {
  readonly nowMs: number;
  readonly untilMs: number;
}

/** A creation that has been taken up. */
export interface Held<T> {
  readonly metadata: T;
  /** Whoever finds another one in the row has lost it. */
  readonly attempt: number;
}

/** What came of the wish to create something. */
export type Begun<T> =
  | ({ readonly kind: "begun" } & Held<T>)
  /** It was there already with this very definition, and nobody works on it. */
  | { readonly kind: "same"; readonly metadata: T }
  | { readonly kind: "taken" };

/** Columns that all creations have. */
export interface ProvisioningColumns {
  readonly provisioning: "PENDING" | "READY";
  readonly provisioning_attempt: number;
  readonly provisioning_until_ms: number;
}

export function isHeld(row: ProvisioningColumns, nowMs: number): boolean {
  return row.provisioning_until_ms > nowMs;
}

/** Reads rows of a list. One that other software left in pieces is logged and left out: it must not hide the others. */
export function readable<R extends { readonly name: string }, T>(
  rows: readonly R[],
  read: (row: R) => T,
  log: Logger,
): T[] {
  return rows.flatMap((row) => {
    try {
      return [read(row)];
    } catch (err) {
      if (!(err instanceof RowError)) throw err;
      log.warn({ err, name: row.name, reason: err.cause }, "a row of the metastore is left out");
      return [];
    }
  });
}
