import { FeatureStoreError, type Logger } from "@ofs/platform";

/** Takes what is new; what it throws is logged and counted. */
export type Listener<S> = (snapshot: S, previous: S | undefined) => void;

/** Those who want to know of new snapshots, and those who wait for one. */
export class SnapshotSubscribers<S> {
  readonly #log: Logger;
  readonly #listeners = new Set<Listener<S>>();
  readonly #waiting = new Set<Waiting>();
  #isClosed = false;
  #failureCount = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Listeners that threw. */
  get failureCount(): number {
    return this.#failureCount;
  }

  add(listener: Listener<S>): () => void {
    // Its own function, so that one listener may subscribe twice.
    const own: Listener<S> = (snapshot, previous) => listener(snapshot, previous);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  notify(snapshot: S, previous: S | undefined): void {
    for (const listener of this.#listeners) {
      try {
        listener(snapshot, previous);
      } catch (err) {
        this.#failureCount += 1;
        this.#log.error({ err }, "registry listener failed");
      }
    }
    this.checkWaiting();
  }

  /** Looks again at what each waiting one wants. */
  checkWaiting(): void {
    for (const waiting of this.#waiting) waiting.check();
  }

  waitFor(fits: () => S | undefined, what: string, timeoutMs: number): Promise<S> {
    if (this.#isClosed) return Promise.reject(closedError(what));
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        act();
      };
      const check = (): void => {
        try {
          const snapshot = fits();
          if (snapshot !== undefined) settle(() => resolve(snapshot));
        } catch (error) {
          settle(() => reject(error as Error));
        }
      };
      const waiting: Waiting = { check, refuse: (error) => settle(() => reject(error)) };
      const timer = setTimeout(() => {
        const reason = `the registry did not reach ${what} within ${timeoutMs} ms`;
        waiting.refuse(new FeatureStoreError("DEADLINE_EXCEEDED", reason));
      }, timeoutMs);
      this.#waiting.add(waiting);
      check();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    for (const waiting of this.#waiting) waiting.refuse(closedError("its target"));
  }
}

interface Waiting {
  readonly check: () => void;
  readonly refuse: (error: Error) => void;
}

function closedError(what: string): FeatureStoreError {
  return new FeatureStoreError("UNAVAILABLE", `the registry closed before it reached ${what}`);
}
