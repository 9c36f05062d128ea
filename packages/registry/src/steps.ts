/**
 * Work in small steps: it yields between two of them, so that whoever carries it out may let others
 * have a turn. A step takes well under a millisecond.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Carries out all steps at once. @returns what the work returns */
export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
