import type { Reject } from "../messages/message-plan.ts";

/** Examples kept of each cause. */
const SAMPLES_MAX = 10;

/** Causes told apart; those beyond are counted together. */
const CAUSES_MAX = 100;
const OTHER_CAUSES = "other";

/** Characters of a reason that are kept. */
const REASON_LENGTH_MAX = 500;

export interface TalliedCause {
  readonly cause: string;
  readonly rowCount: number;
  readonly samples: readonly {
    readonly file: string;
    readonly row: number;
    readonly reason: string;
  }[];
}

/** Refused rows by cause, with a few examples of each. */
export class RejectTally {
  readonly #causes = new Map<
    string,
    { rowCount: number; samples: TalliedCause["samples"][number][] }
  >();

  get rowCount(): number {
    let sum = 0;
    for (const { rowCount } of this.#causes.values()) sum += rowCount;
    return sum;
  }

  /** @param row about where it is in the file */
  add({ cause, reason }: Pick<Reject, "cause" | "reason">, file: string, row: number): void {
    const isKnown = this.#causes.has(cause) || this.#causes.size < CAUSES_MAX;
    const name = isKnown ? cause : OTHER_CAUSES;
    const found = this.#causes.get(name) ?? { rowCount: 0, samples: [] };
    this.#causes.set(name, found);
    found.rowCount += 1;
    if (found.samples.length >= SAMPLES_MAX) return;
    found.samples.push({ file, row, reason: reason.slice(0, REASON_LENGTH_MAX) });
  }

  summary(): TalliedCause[] {
    return [...this.#causes].map(([cause, { rowCount, samples }]) => ({
      cause,
      rowCount,
      samples,
    }));
  }
}
