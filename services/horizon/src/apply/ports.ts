import type { ChangeKind, ChangePlan, ChangeProblem, TableNeed } from "../changes/model.ts";
import type { ChangeRequest, Role } from "../database/ports.ts";

/** Who asks. */
export interface Actor {
  readonly email: string;
  readonly role: Role;
}

export type SubmitOutcome =
  | {
      readonly request: ChangeRequest;
      /** The same `Idempotency-Key` was sent before. */
      readonly isRepeated: boolean;
      /** A token that was made for a job; never shown again. */
      readonly madeToken: string | undefined;
    }
  | { readonly problems: readonly [ChangeProblem, ...ChangeProblem[]] };

/** What a change would do, line by line: for approvers, and for forms before they are sent. */
export interface ChangePreview {
  readonly problems: readonly ChangeProblem[];
  /** Present if there are no problems. */
  readonly plan: Pick<ChangePlan, "tables" | "outcome"> | undefined;
  /** Keys of the registry with their values before and after; undefined = not there. Secrets are masked. */
  readonly keys: readonly {
    readonly path: string;
    readonly before: string | undefined;
    readonly after: string | undefined;
  }[];
}

export interface Decision {
  readonly status: "APPROVED" | "REJECTED";
  readonly rejectReason: string;
}

/**
 * Takes requests from submission to their end.
 *
 * All methods throw FeatureStoreError: NOT_FOUND (no such request), FAILED_PRECONDITION (it is not pending; four-eyes rule),
 * PERMISSION_DENIED (role), INVALID_ARGUMENT (with the problems in its message), UNAVAILABLE (database, etcd, store: a
 * decision that was begun is finished by the reconciler).
 */
export interface ChangeService {
  submit(
    kind: ChangeKind,
    body: unknown,
    by: Actor,
    options: { readonly idempotencyKey: string | undefined },
  ): Promise<SubmitOutcome>;
  preview(kind: ChangeKind, body: unknown): Promise<ChangePreview>;
  previewRequest(kind: ChangeKind, id: number): Promise<ChangePreview>;
  /** @param kinds those that the endpoint decides; a request of another kind is NOT_FOUND. @returns how it ended */
  decide(
    kinds: readonly ChangeKind[],
    id: number,
    decision: Decision,
    by: Actor,
  ): Promise<ChangeRequest>;
  /** Takes up what a crash left, and writes down what the audit log could not take. Called at start and then again and again. @returns how many were taken up */
  reconcile(): Promise<number>;
}

/** Makes tables of stores as they must be. */
export interface TableMaker {
  /**
   * Repeatable, and safe beside others who do the same.
   *
   * @throws {FeatureStoreError} FAILED_PRECONDITION naming table and column if it is there with other keys or types;
   *   UNAVAILABLE
   */
  make(need: TableNeed): Promise<void>;
  /** What is there, for the drift report; undefined where a store has no tables (Redis) or the table is not there. */
  describe(
    need: Pick<TableNeed, "dbType" | "confId" | "table">,
  ): Promise<
    | { readonly primaryKeys: readonly string[]; readonly columns: ReadonlyMap<string, string> }
    | undefined
  >;
}
