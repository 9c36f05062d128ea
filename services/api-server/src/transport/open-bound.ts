/** In a busy loop the bound falls to a third in so long. */
const FALL_MS = 200;

/** While calls are held back, the bound grows to three times in so much idle time. */
const GROWTH_MS = 5;

/** Idle time that counts between two looks. A loop that can go on looks more often: one that does not has waited for a core. */
const GROWTH_MAX_MS = 1.5;

/** The bound falls no lower than the calls that a busy loop does in so long, nor than so many. */
const MIN_OPEN_MS = 8;
const MIN_OPEN = 4;

/**
 * Bounds the calls that are open: begun, and waiting for something else, mostly a store.
 *
 * A busy loop that began calls as fast as it does them on average, whether or not those before have ended, would leave more and
 * more of them to a store that falls behind for a moment. From then on each would wait for all the others, and the store's answers
 * would come in heaps, each of which everybody waits for. So the bound falls while the loop has no idle time. When it has
 * some although calls are held back, the bound is too low: it grows, far faster than it falls. Calls that are stuck at one store
 * therefore hold up no others for long: a loop that only waits for them is idle.
 */
export class OpenBound {
  #count = 0;
  #max = Number.POSITIVE_INFINITY;

  get isReached(): boolean {
    return this.#count >= this.#max;
  }

  /** A call has begun, and not ended yet. */
  add(): void {
    this.#count += 1;
  }

  /** It has ended. */
  remove(): void {
    this.#count -= 1;
  }

  /** The loop had idle time, and no call was held back. */
  lift(): void {
    this.#max = Number.POSITIVE_INFINITY;
  }

  /**
   * The loop had no idle time to speak of, or only while calls were held back.
   *
   * @param busyMs since the last look
   * @param heldIdleMs idle time since the last look, if calls were held back
   * @param callsPerMs what the loop does without idle time
   */
  adapt(busyMs: number, heldIdleMs: number, callsPerMs: number): void {
    const max = Number.isFinite(this.#max) ? this.#max : this.#count;
    const growth = Math.min(heldIdleMs, GROWTH_MAX_MS) / GROWTH_MS;
    const min = Math.max(MIN_OPEN, callsPerMs * MIN_OPEN_MS);
    this.#max = Math.max(min, max * Math.exp(growth - busyMs / FALL_MS));
  }
}
