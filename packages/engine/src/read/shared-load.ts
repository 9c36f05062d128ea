import { Cancellation, type CancelSignal, FeatureStoreError } from "@ofs/platform";
import type { FeatureGroup } from "@ofs/registry";
import type { StoredCell } from "@ofs/store";

/** What a load reads, and how long at most. */
export interface LoadScope {
  readonly groups: readonly FeatureGroup[];
  /** Unix milliseconds. */
  readonly deadlineMs: number;
}

/** One read of a store that several calls may wait for. When the last of them stops waiting, it is cancelled. */
export class SharedLoad {
  readonly groups: readonly FeatureGroup[];
  readonly deadlineMs: number;
  /** On the monotonic clock. */
  readonly startedAtMs = performance.now();
  readonly cells: Promise<StoredCell[]>;
  readonly #cancellation = new Cancellation();
  readonly #onEnd: () => void;
  #waiterCount = 0;
  #isOver = false;

  /**
   * @param start begins the read; the signal aborts when nobody waits for it any more
   * @param onEnd called once, when the read is over or cancelled: nobody may join from then on
   */
  constructor(
    { groups, deadlineMs }: LoadScope,
    start: (signal: CancelSignal) => Promise<StoredCell[]>,
    onEnd: () => void,
  ) {
    this.groups = groups;
    this.deadlineMs = deadlineMs;
    this.#onEnd = onEnd;
    this.cells = start(this.#cancellation).finally(() => this.#end());
  }

  /** Each needs one `leave`. */
  join(): void {
    this.#waiterCount += 1;
  }

  leave(): void {
    this.#waiterCount -= 1;
    if (this.#waiterCount > 0 || this.#isOver) return;
    this.#end();
    this.#cancellation.abort(new FeatureStoreError("CANCELLED", "nobody waits for the read"));
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd();
  }
}
