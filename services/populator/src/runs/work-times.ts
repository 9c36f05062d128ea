/** What a worker does, or waits for, at a time. */
export const WORK_PHASES = ["storage", "decode", "encode", "limit", "log", "database"] as const;
export type WorkPhase = (typeof WORK_PHASES)[number];

const MS_PER_SECOND = 1_000;

/** What one worker's time with a shard goes into: always one phase. Asked a few times a batch, never a row. */
export class WorkTimes {
  readonly #now: () => number;
  readonly #spent: (phase: WorkPhase, seconds: number) => void;
  #phase: WorkPhase = "database";
  #sinceMs: number;
  /** Calls of the storage under way; the phase goes on after the last of them. */
  #storageCalls = 0;
  #interrupted: WorkPhase = "database";

  /** @param now monotonic milliseconds @param spent is told of time when it is over, or asked for */
  constructor(now: () => number, spent: (phase: WorkPhase, seconds: number) => void) {
    this.#now = now;
    this.#spent = spent;
    this.#sinceMs = now();
  }

  /** From now on it is this. */
  enter(phase: Exclude<WorkPhase, "storage">): void {
    if (this.#storageCalls > 0) this.#interrupted = phase;
    else this.#switch(phase);
  }

  /** Waits for the storage, in the middle of whatever it does. */
  async inStorage<T>(call: () => Promise<T>): Promise<T> {
    if (this.#storageCalls === 0) {
      this.#interrupted = this.#phase;
      this.#switch("storage");
    }
    this.#storageCalls += 1;
    try {
      return await call();
    } finally {
      this.#storageCalls -= 1;
      if (this.#storageCalls === 0) this.#switch(this.#interrupted);
    }
  }

  /** Batches of a reader, whose time is `decode` until one is there, and `encode` from then on. */
  async *batches<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    this.enter("decode");
    for await (const batch of source) {
      this.enter("encode");
      yield batch;
      this.enter("decode");
    }
    this.enter("database");
  }

  /** Tells of the time so far, also of a wait that goes on. */
  flush(): void {
    this.#switch(this.#phase);
  }

  #switch(phase: WorkPhase): void {
    const nowMs = this.#now();
    this.#spent(this.#phase, (nowMs - this.#sinceMs) / MS_PER_SECOND);
    this.#sinceMs = nowMs;
    this.#phase = phase;
  }
}
