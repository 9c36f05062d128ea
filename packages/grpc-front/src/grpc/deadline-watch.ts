/** A call that must end in time. */
export interface Expiring {
  /** Unix milliseconds. */
  readonly deadlineMs: number;
  /** The time has come; called once. */
  expire(): void;
}

/** Between looks, at least: a call ends that much late. */
const MIN_INTERVAL_MS = 2;
/** The longest time that timers take. */
const MAX_INTERVAL_MS = 0x7fff_ffff;

/** Ends calls at their deadlines, with one timer for all of them: it is set for the next, and looks at all when it rings. */
export class DeadlineWatch {
  readonly #calls = new Set<Expiring>();
  #timer: NodeJS.Timeout | undefined;
  #ringsAtMs = Number.POSITIVE_INFINITY;

  /** Adding one twice changes nothing. */
  add(call: Expiring): void {
    this.#calls.add(call);
    if (call.deadlineMs < this.#ringsAtMs) this.#set(call.deadlineMs, Date.now());
  }

  delete(call: Expiring): void {
    this.#calls.delete(call);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#calls.clear();
  }

  #set(atMs: number, nowMs: number): void {
    clearTimeout(this.#timer);
    this.#ringsAtMs = atMs;
    const inMs = Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, atMs - nowMs));
    this.#timer = setTimeout(this.#ring, inMs);
    this.#timer.unref();
  }

  readonly #ring = (): void => {
    const nowMs = Date.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const call of this.#calls) {
      if (call.deadlineMs > nowMs) {
        nextMs = Math.min(nextMs, call.deadlineMs);
      } else {
        this.#calls.delete(call);
        call.expire();
      }
    }
    this.#ringsAtMs = Number.POSITIVE_INFINITY;
    // Calls that were added meanwhile are among those looked at, or have set a timer: the earlier one counts.
    if (nextMs !== Number.POSITIVE_INFINITY) this.#set(nextMs, nowMs);
  };
}
