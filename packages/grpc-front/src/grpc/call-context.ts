import type { FrontLimits } from "../front-options.ts";
import type { DeadlineWatch } from "./deadline-watch.ts";

/** What calls share. */
export interface CallContext {
  readonly limits: FrontLimits;
  readonly deadlines: DeadlineWatch;
  /** Is told of every error that a handler ends with; logs those that were not thrown on purpose. */
  onError(error: unknown, method: string): void;
}
