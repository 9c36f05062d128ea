import { createHash } from "node:crypto";
import type { RegistryChange, RegistryExpectation, Revision } from "@ofs/registry";
import type { TableNeed } from "../../changes/model.ts";

export const DIFFERENCE_KINDS = [
  "request-unreadable",
  "store-missing",
  "store-differs",
  "job-missing",
  "entity-missing",
  "entity-differs",
  "group-missing",
  "group-differs",
  "feature-missing",
  "feature-unrequested",
  "source-missing",
  "source-differs",
  "source-stray",
  "source-faulty",
  "job-unknown",
  "node-faulty",
  "table-missing",
  "table-keys-differ",
  "column-missing",
  "column-type-differs",
  "column-unused",
  "store-unreachable",
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** `error`: something does not work; `warning`: it may not do what was approved; `info`: nothing is lost by it. */
export const SEVERITIES = ["error", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What would put a difference right, where that can be done without losing anything. */
export type Remedy =
  | { readonly do: "make-table"; readonly need: TableNeed }
  | { readonly do: "put"; readonly path: string; readonly value: string }
  | { readonly do: "delete"; readonly path: string };

/** One place where requests, registry and stores do not say the same. */
export interface Difference {
  /** The same as long as the difference is the same. */
  readonly id: string;
  readonly kind: DifferenceKind;
  readonly severity: Severity;
  /** For example `feature-group user/core`. */
  readonly subject: string;
  readonly message: string;
  readonly expected: string;
  /** Empty where there is nothing. */
  readonly found: string;
  /** undefined: a person has to decide. */
  readonly remedy: Remedy | undefined;
}

/** How one difference is repaired: tables first, then the registry, if nobody has changed it meanwhile. */
export interface Repair {
  readonly description: string;
  readonly tables: readonly TableNeed[];
  readonly writes: readonly RegistryChange[];
  readonly expectations: readonly RegistryExpectation[];
}

const ID_LENGTH = 16;

/** Fills in the id, and texts that are left out. */
export function createDifference(
  facts: Omit<Difference, "id" | "expected" | "found" | "remedy"> &
    Partial<Pick<Difference, "expected" | "found" | "remedy">>,
): Difference {
  const { expected = "", found = "", remedy } = facts;
  const identity = JSON.stringify([facts.kind, facts.subject, facts.message, expected, found]);
  const id = createHash("sha256").update(identity).digest("hex").slice(0, ID_LENGTH);
  return { ...facts, id, expected, found, remedy };
}

/**
 * Plans the repair of one difference.
 *
 * @param revision of the registry that the difference was found in: what was changed since is left alone
 * @returns undefined if it cannot be repaired safely
 */
export function planRepair({ remedy }: Difference, revision: Revision): Repair | undefined {
  if (remedy === undefined) return undefined;
  if (remedy.do === "make-table") {
    const { need } = remedy;
    const description = `make table ${need.table} of store ${need.storeId} with columns ${need.columns.join(", ") || "of its key only"}`;
    return { description, tables: [need], writes: [], expectations: [] };
  }
  const { path } = remedy;
  const expectations: RegistryExpectation[] = [{ kind: "unchanged", path, since: revision }];
  if (remedy.do === "delete") {
    const writes = [{ path, value: undefined }];
    return { description: `delete ${path}`, tables: [], writes, expectations };
  }
  const writes = [{ path, value: Buffer.from(remedy.value) }];
  return { description: `write ${path}`, tables: [], writes, expectations };
}
