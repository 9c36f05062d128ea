import type { Case, MethodName } from "./cases.ts";
import type { Aspect, Difference } from "./compare.ts";
import type { Answer } from "./target.ts";

/** Which of the two servers the explanations are about; the other one is "ours". */
export type Side = "left" | "right";

/** One difference, seen from our side. */
export interface Seen {
  readonly each: Case;
  readonly difference: Difference;
  readonly ours: Answer;
  readonly theirs: Answer;
  readonly ourValue: string | Uint8Array;
  readonly theirValue: string | Uint8Array;
}

/** Why two servers may answer one request differently. */
export interface Explanation {
  readonly id: string;
  /** What of the answer may differ. Empty: known, but no single pair of answers can show it. */
  readonly about: readonly Aspect[];
  /** Of which calls; all by default. */
  readonly methods?: readonly MethodName[];
  /** What the other server does, what ours does, and why. */
  readonly reason: string;
  /** Whether it explains a difference of these aspects and methods. */
  readonly explains: (seen: Seen) => boolean;
}

/** The outcome of one request. */
export interface Verdict {
  readonly differences: readonly Difference[];
  /** Ids of the entries that explain them, each once. */
  readonly explainedBy: readonly string[];
  readonly unexplained: readonly Difference[];
}

/** Finds for each difference the first entry of the list that explains it. */
export class Explainer {
  readonly #list: readonly Explanation[];
  readonly #theirs: Side;

  /** @throws {Error} if two entries have one id */
  constructor(list: readonly Explanation[], theirs: Side) {
    const ids = new Set(list.map(({ id }) => id));
    if (ids.size !== list.length) throw new Error("two explanations have one id");
    this.#list = list;
    this.#theirs = theirs;
  }

  judge(each: Case, left: Answer, right: Answer, differences: readonly Difference[]): Verdict {
    const explainedBy = new Set<string>();
    const unexplained: Difference[] = [];
    for (const difference of differences) {
      const seen = this.#see(each, left, right, difference);
      const found = this.#list.find((explanation) => doesExplain(explanation, seen));
      if (found === undefined) unexplained.push(difference);
      else explainedBy.add(found.id);
    }
    return { differences, explainedBy: [...explainedBy], unexplained };
  }

  #see(each: Case, left: Answer, right: Answer, difference: Difference): Seen {
    const isLeft = this.#theirs === "left";
    return {
      each,
      difference,
      ours: isLeft ? right : left,
      theirs: isLeft ? left : right,
      ourValue: isLeft ? difference.right : difference.left,
      theirValue: isLeft ? difference.left : difference.right,
    };
  }
}

function doesExplain({ about, methods, explains }: Explanation, seen: Seen): boolean {
  return (
    about.includes(seen.difference.aspect) &&
    (methods?.includes(seen.each.method) ?? true) &&
    explains(seen)
  );
}
