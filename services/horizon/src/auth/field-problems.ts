import { FeatureStoreError } from "@ofs/platform";

/** What is wrong with one field of a request. */
export interface FieldProblem {
  /** With dots, for example `features.2.labels`; empty for the request as a whole. */
  readonly field: string;
  readonly message: string;
  readonly reason: "invalid" | "missing" | "conflict";
}

/** A request that is at fault in one or more fields. */
export class FieldProblemsError extends FeatureStoreError {
  override readonly name = "FieldProblemsError";
  readonly problems: readonly FieldProblem[];

  /** ALREADY_EXISTS if all are conflicts with what is there, else INVALID_ARGUMENT. */
  constructor(problems: readonly FieldProblem[]) {
    const isConflict = problems.every(({ reason }) => reason === "conflict");
    super(
      isConflict ? "ALREADY_EXISTS" : "INVALID_ARGUMENT",
      problems
        .map(({ field, message }) => (field === "" ? message : `${field}: ${message}`))
        .join("; "),
    );
    this.problems = problems;
  }
}

/** @throws {FieldProblemsError} if there is one */
export function assertNoProblems(problems: readonly FieldProblem[]): void {
  if (problems.length > 0) throw new FieldProblemsError(problems);
}
