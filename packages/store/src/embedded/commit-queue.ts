import { FeatureStoreError } from "@ofs/platform";

/** Bytes that one transaction takes at most, so that a commit neither stalls the process nor waits long. */
const MAX_COMMIT_BYTES = 1024 * 1024;

/** Bytes of actions that may wait; more are refused. */
const MAX_QUEUED_BYTES = 128 * 1024 * 1024;

/** Runs actions in one transaction, in order, and resolves when their effects are on disk. */
export type Transact = (runActions: () => void) => Promise<void>;

interface QueuedAction {
  /** Runs the action in the open transaction and keeps its result. */
  run(): void;
  /** The transaction is durable, or failed with the error given. */
  settle(failure: FeatureStoreError | undefined): void;
  readonly sizeBytes: number;
}

/**
 * Group commit: while one transaction is being synced to disk, actions gather, and all of them share the
 * next one. Actions run in the order they were given.
 */
export class CommitQueue {
  readonly #transact: Transact;
  readonly #toFailure: (cause: unknown) => Promise<FeatureStoreError>;
  readonly #subject: string;
  #queued: QueuedAction[] = [];
  #queuedBytes = 0;
  #running: Promise<void> | undefined;

  /**
   * @param toFailure turns the error of a failed transaction into what its actions reject with
   * @param subject names the store in messages
   */
  constructor(
    transact: Transact,
    toFailure: (cause: unknown) => Promise<FeatureStoreError>,
    subject: string,
  ) {
    this.#transact = transact;
    this.#toFailure = toFailure;
    this.#subject = subject;
  }

  /**
   * @param action runs inside a transaction, synchronously; what it throws undoes only what it did
   * @param sizeBytes about how much it writes
   * @returns what the action gave, once it is on disk
   * @throws {FeatureStoreError} RESOURCE_EXHAUSTED if too much is waiting, UNAVAILABLE if the commit failed
   */
  async run<T>(action: () => T, sizeBytes: number): Promise<T> {
    if (this.#queuedBytes > 0 && this.#queuedBytes + sizeBytes > MAX_QUEUED_BYTES) {
      throw new FeatureStoreError(
        "RESOURCE_EXHAUSTED",
        `${this.#subject}: ${this.#queuedBytes} bytes are waiting to be written, ${MAX_QUEUED_BYTES} at most`,
      );
    }
    const done = new Promise<T>((resolve, reject) => {
      this.#queued.push(queuedAction(action, sizeBytes, resolve, reject));
    });
    this.#queuedBytes += sizeBytes;
    this.#running ??= this.#drain();
    return done;
  }

  /** Resolves when nothing is queued. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #drain(): Promise<void> {
    // Everything that is queued in this turn of the event loop goes into the first transaction.
    await Promise.resolve();
    while (this.#queued.length > 0) {
      const batch = this.#takeBatch();
      const failure = await this.#commit(batch);
      for (const action of batch) action.settle(failure);
    }
    this.#running = undefined;
  }

  #takeBatch(): QueuedAction[] {
    let sizeBytes = 0;
    let count = 0;
    for (const action of this.#queued) {
      if (count > 0 && sizeBytes + action.sizeBytes > MAX_COMMIT_BYTES) break;
      sizeBytes += action.sizeBytes;
      count++;
    }
    const batch = this.#queued.slice(0, count);
    this.#queued = this.#queued.slice(count);
    this.#queuedBytes -= sizeBytes;
    return batch;
  }

  async #commit(batch: readonly QueuedAction[]): Promise<FeatureStoreError | undefined> {
    try {
      await this.#transact(() => {
        for (const action of batch) action.run();
      });
      return undefined;
    } catch (cause) {
      return this.#toFailure(cause);
    }
  }
}

function queuedAction<T>(
  action: () => T,
  sizeBytes: number,
  resolve: (result: T) => void,
  reject: (error: unknown) => void,
): QueuedAction {
  let outcome: { readonly result: T } | { readonly error: unknown } | undefined;
  return {
    sizeBytes,
    run() {
      try {
        outcome = { result: action() };
      } catch (error) {
        outcome = { error };
      }
    },
    settle(failure) {
      if (failure !== undefined) reject(failure);
      else if (outcome === undefined)
        reject(new Error("a committed transaction left an action out"));
      else if ("error" in outcome) reject(outcome.error);
      else resolve(outcome.result);
    },
  };
}
