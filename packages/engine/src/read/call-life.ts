import { type CancelSignal, FeatureStoreError } from "@ofs/platform";
import type { CallContext } from "../context.ts";

/** A timer that is set to more fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * How long the answer of one call is of use to its caller: until the caller is gone or its deadline has passed. Costs
 * next to nothing until the call waits for something.
 */
export class CallLife {
  readonly #signal: CancelSignal | undefined;
  readonly #remainingMs: number;
  readonly #waiters = new Set<(failure: FeatureStoreError) => void>();
  #isWatched = false;
  #timer: NodeJS.Timeout | undefined;
  #onAbort: (() => void) | undefined;
  #failure: FeatureStoreError | undefined;

  /** Needs a `close`. @param nowMs Unix milliseconds, by the clock of the call's deadline */
  constructor({ signal, deadlineMs }: Pick<CallContext, "signal" | "deadlineMs">, nowMs: number) {
    this.#signal = signal;
    this.#remainingMs = deadlineMs - nowMs;
    if (signal?.aborted === true) this.#failure = reasonOf(signal);
    else if (this.#remainingMs <= 0) this.#failure = deadlineExceeded();
  }

  /** @throws {FeatureStoreError} CANCELLED, DEADLINE_EXCEEDED */
  assertGoesOn(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Waits for work, but not past the end.
   *
   * @param release called once, with what the work gave, or with nothing when it failed or nobody waits for it any more
   * @throws {FeatureStoreError} CANCELLED, DEADLINE_EXCEEDED; or what the work throws
   */
  wait<T>(work: Promise<T>, release?: (value?: T) => void): Promise<T> {
    this.#watch();
    return new Promise((resolve, reject) => {
      const giveUp = (failure: FeatureStoreError): void => {
        release?.();
        reject(failure);
      };
      if (this.#failure === undefined) this.#waiters.add(giveUp);
      else giveUp(this.#failure);
      // What comes after the end is of no interest, failures included.
      work.then(
        (value) => {
          if (!this.#waiters.delete(giveUp)) return;
          release?.(value);
          resolve(value);
        },
        (error: unknown) => {
          if (!this.#waiters.delete(giveUp)) return;
          release?.();
          reject(error as Error);
        },
      );
    });
  }

  #watch(): void {
    if (this.#isWatched || this.#failure !== undefined) return;
    this.#isWatched = true;
    if (this.#remainingMs <= MAX_TIMER_MS) {
      this.#timer = setTimeout(() => this.#end(deadlineExceeded()), this.#remainingMs);
    }
    const signal = this.#signal;
    if (signal === undefined) return;
    this.#onAbort = () => this.#end(reasonOf(signal));
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** The call has been answered: nothing ends any more. */
  close(): void {
    clearTimeout(this.#timer);
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener("abort", this.#onAbort);
  }

  #end(failure: FeatureStoreError): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.close();
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const giveUp of waiters) giveUp(failure);
  }
}

function reasonOf({ reason }: CancelSignal): FeatureStoreError {
  if (reason instanceof FeatureStoreError) return reason;
  return new FeatureStoreError("CANCELLED", "the caller is gone", { cause: reason });
}

function deadlineExceeded(): FeatureStoreError {
  return new FeatureStoreError("DEADLINE_EXCEEDED", "the deadline has passed");
}
