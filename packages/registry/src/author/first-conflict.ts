import type { RegistryExpectation } from "../author-port.ts";
import type { Revision } from "../model.ts";

/** What expectations are held against: a tree at the moment of a write. */
export interface ExpectedState {
  /** Of the last write through a `RegistryAuthor`; 0 = never. */
  readonly authorRevision: Revision;
  hasAtOrBelow(path: string): boolean;
  /** True as well where the history does not reach back that far. */
  isChangedSince(path: string, revision: Revision): boolean;
}

/** @returns the first expectation that does not hold; undefined if all do */
export function firstConflict(
  expectations: readonly RegistryExpectation[],
  state: ExpectedState,
): RegistryExpectation | undefined {
  return expectations.find((expectation) => !holds(expectation, state));
}

function holds(expectation: RegistryExpectation, state: ExpectedState): boolean {
  switch (expectation.kind) {
    case "absent":
      return !state.hasAtOrBelow(expectation.path);
    case "unchanged":
      return !state.isChangedSince(expectation.path, expectation.since);
    case "no-author-since":
      return state.authorRevision <= expectation.since;
  }
}

/** Checks the paths of a conditional write. @throws {FeatureStoreError} INVALID_ARGUMENT, as `assert` does */
export function assertExpectations(
  expectations: readonly RegistryExpectation[],
  assert: (path: string) => void,
): void {
  for (const expectation of expectations) {
    if (expectation.kind !== "no-author-since") assert(expectation.path);
  }
}
