import type { ChangeRequest } from "../database/ports.ts";

/**
 * Where the carrying out of a request may end for a crash, in order. After a crash at any of them, the reconciler takes
 * the request to its end.
 */
export const APPLY_STEPS = [
  /** It is APPLYING in the database. */
  "claimed",
  /** The registry is read. */
  "loaded",
  "planned",
  "tables-made",
  /** All is written, but the request does not say so yet. */
  "registry-written",
  "finished",
] as const;
export type ApplyStep = (typeof APPLY_STEPS)[number];

/** Told of each step as it is reached; work goes on when it resolves. For tests, and for metrics. */
export type StepListener = (step: ApplyStep, request: ChangeRequest) => Promise<void>;

export const IGNORE_STEPS: StepListener = () => Promise.resolve();
