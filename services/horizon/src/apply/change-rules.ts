import type { RegistryTree } from "@ofs/registry";
import type { Change, ChangeKind, ChangeProblem, PlanContext, Planned } from "../changes/model.ts";
import { parseChange } from "../changes/parse-change.ts";
import { isCarriedOut, planChange } from "../changes/plan-change.ts";
import { subjectOf } from "../changes/subject.ts";

/** What changes mean: pure functions over payloads and registry trees. */
export interface ChangeRules {
  /** Types, names and ranges; whether it fits the registry, `plan` tells. */
  parse(
    kind: ChangeKind,
    body: unknown,
  ):
    | { readonly change: Change }
    | { readonly problems: readonly [ChangeProblem, ...ChangeProblem[]] };
  /** What the change is about, for example `user/core`. */
  subject(change: Change): string;
  plan(change: Change, tree: RegistryTree, context: PlanContext): Planned;
  /** Whether the registry is as it is once the change has been written. */
  isCarriedOut(change: Change, tree: RegistryTree): boolean;
}

export const CHANGE_RULES: ChangeRules = {
  parse: parseChange,
  subject: subjectOf,
  plan: planChange,
  isCarriedOut,
};
