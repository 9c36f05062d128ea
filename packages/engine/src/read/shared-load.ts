import { type Cancellation, FeatureStoreError } from "@ofs/platform";
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
  readonly #cancellation: Cancellation;
  readonly #onEnd: () => void;
  #waiterCount = 0;
  #isOver = false;

  /**
   * @param cells of the read, which has begun
   * @param cancellation ends the read: aborted when nobody waits for it any more
   * @param onEnd called once, when the read is over or cancelled: nobody may join from then on
   */
  constructor(
    { groups, deadlineMs }: LoadScope,
    cells: Promise<StoredCell[]>,
    cancellation: Cancellation,
    onEnd: () => void,
  ) {
    this.groups = groups;
    this.deadlineMs = deadlineMs;
    this.#onEnd = onEnd;
    this.cells = cells;
    this.#cancellation = cancellation;
    const end = (): void => this.#end();
    cells.then(end, end);
  }

  /** Each needs one `leave`. */
  join(): void {
    this.#waiterCount += 1;
  }

  leave(): void {
    this.#waiterCount -= 1;
    if (this.#waiterCount > 0 || this.#isOver) return;
    this.#end();
    this.#cancellation.abort(nobodyWaits());
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd();
  }
}

/** Why a read is cancelled. */
export function nobodyWaits(): FeatureStoreError {
  return new FeatureStoreError("CANCELLED", "nobody waits for the read");
}
