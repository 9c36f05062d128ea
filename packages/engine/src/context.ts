import type { CancelSignal, Span } from "@ofs/platform";

/** Who calls, and for how long an answer is of use. */
export interface CallContext {
  readonly callerId: string;
  /** Unix milliseconds; `Infinity` without a deadline. */
  readonly deadlineMs: number;
  /** Aborts when the caller is gone. Asked for only by calls that wait for something. */
  readonly signal: CancelSignal | undefined;
  /** Entities that the caller may use; undefined = all. */
  readonly entities: ReadonlySet<string> | undefined;
  /** What the call is traced by, if it is. */
  readonly span?: Span | undefined;
}
