import { FeatureStoreError } from "@ofs/platform";

/** Why a column cannot be sent. */
export interface ColumnProblem {
  readonly column: string;
  readonly reason: string;
}

/** Columns that a message names; the list has all. */
const NAMED_MAX = 20;

/** A table that does not fit what it is to be sent to. */
export class MappingError extends FeatureStoreError {
  override readonly name = "MappingError";
  readonly problems: readonly ColumnProblem[];

  constructor(problems: readonly ColumnProblem[]) {
    const named = problems.slice(0, NAMED_MAX).map(({ column, reason }) => `${column} (${reason})`);
    const more = problems.length > NAMED_MAX ? `, and ${problems.length - NAMED_MAX} more` : "";
    super("INVALID_ARGUMENT", `columns that cannot be sent: ${named.join(", ")}${more}`);
    this.problems = problems;
  }
}
