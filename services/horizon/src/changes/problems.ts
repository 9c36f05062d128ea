import { quote } from "@ofs/registry";
import { PROBLEMS_MAX } from "./limits.ts";
import type { ChangeProblem } from "./model.ts";

/** At least one. */
export type ProblemList = readonly [ChangeProblem, ...ChangeProblem[]];

/** Gathers all that is wrong with a change, so that its author hears of it at once. */
export class Problems {
  readonly #found: ChangeProblem[] = [];

  add(reason: ChangeProblem["reason"], field: string, message: string): void {
    if (this.#found.length < PROBLEMS_MAX) this.#found.push({ field, message, reason });
  }

  invalid(field: string, message: string): void {
    this.add("invalid", field, message);
  }

  missing(field: string, message: string): void {
    this.add("missing", field, message);
  }

  conflict(field: string, message: string): void {
    this.add("conflict", field, message);
  }

  get count(): number {
    return this.#found.length;
  }

  /** @returns undefined if there are none */
  list(): ProblemList | undefined {
    const [first, ...others] = this.#found;
    return first === undefined ? undefined : [first, ...others];
  }
}

/** Goes on after "is there already" where the name is there in another spelling. */
export function asTaken(name: string, taken: string): string {
  return taken === name ? "" : ` as ${quote(taken)}, which readers take for the same name`;
}
