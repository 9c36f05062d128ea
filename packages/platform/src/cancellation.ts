/**
 * Says that nobody waits for some work any more. What an `AbortSignal` and a {@link Cancellation} have in common, so
 * that either may be given to whoever only listens.
 */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(
    type: "abort",
    listener: () => void,
    options?: { readonly once?: boolean },
  ): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * An `AbortController` and its signal in one, for calls: Node's own costs several microseconds each, which is more than
 * the rest of what a call that waits for something costs beside its store.
 */
export class Cancellation implements CancelSignal {
  #listeners: Set<() => void> | undefined;
  #aborted = false;
  #reason: unknown;

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  /** Has no effect after the first time. Listeners are called at once, in the order in which they came. */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    if (this.#listeners === undefined) return;
    for (const listener of this.#listeners) listener();
    this.#listeners = undefined;
  }

  /** @param listener is called once, and never if it comes after the end: look at `aborted` first */
  addEventListener(_type: "abort", listener: () => void): void {
    if (this.#aborted) return;
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.#listeners?.delete(listener);
  }
}
