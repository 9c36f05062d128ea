import { SinkError } from "../sink.ts";
import type { LogRecord } from "./frame.ts";
import { MAX_BATCH_BYTES, MAX_QUEUED_BYTES } from "./limits.ts";

/** Records of one call that are written together. */
export interface PendingAppend {
  readonly records: readonly LogRecord[];
  /** Of their frames. */
  readonly sizeBytes: number;
}

interface QueuedAppend extends PendingAppend {
  readonly resolve: (firstOffset: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Bytes that wait to be written, in all partitions of a log. */
export class QueueBudget {
  readonly #maxBytes: number;
  #usedBytes = 0;

  constructor(maxBytes = MAX_QUEUED_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** One append is let in whatever its size. @throws {SinkError} UNAVAILABLE if too many wait */
  take(sizeBytes: number): void {
    if (this.#usedBytes > 0 && this.#usedBytes + sizeBytes > this.#maxBytes) {
      throw new SinkError(
        "UNAVAILABLE",
        `embedded log: ${this.#usedBytes} bytes wait to be written, ${this.#maxBytes} at most`,
      );
    }
    this.#usedBytes += sizeBytes;
  }

  give(sizeBytes: number): void {
    this.#usedBytes -= sizeBytes;
  }
}

/** Writes the records of a batch and syncs them. @returns the offset of the first */
export type WriteBatch = (batch: readonly PendingAppend[]) => Promise<number>;

/** Group commit: while a batch is synced, appends gather, and all of them share the next one. */
export class AppendQueue {
  readonly #write: WriteBatch;
  readonly #budget: QueueBudget;
  #queued: QueuedAppend[] = [];
  #running: Promise<void> | undefined;

  constructor(write: WriteBatch, budget: QueueBudget) {
    this.#write = write;
    this.#budget = budget;
  }

  /**
   * @returns the offset of the first record, once all are on the disk
   * @throws {SinkError} UNAVAILABLE if too much waits; whatever the write failed with
   */
  async add(records: readonly LogRecord[], sizeBytes: number): Promise<number> {
    this.#budget.take(sizeBytes);
    try {
      return await new Promise<number>((resolve, reject) => {
        this.#queued.push({ records, sizeBytes, resolve, reject });
        this.#running ??= this.#drain();
      });
    } finally {
      this.#budget.give(sizeBytes);
    }
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #drain(): Promise<void> {
    // Everything that is added in this turn of the event loop goes into the first batch.
    await Promise.resolve();
    while (this.#queued.length > 0) {
      const batch = this.#takeBatch();
      try {
        let offset = await this.#write(batch);
        for (const { records, resolve } of batch) {
          resolve(offset);
          offset += records.length;
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = undefined;
  }

  #takeBatch(): QueuedAppend[] {
    let sizeBytes = 0;
    let count = 0;
    for (const append of this.#queued) {
      if (count > 0 && sizeBytes + append.sizeBytes > MAX_BATCH_BYTES) break;
      sizeBytes += append.sizeBytes;
      count++;
    }
    const batch = this.#queued.slice(0, count);
    this.#queued = this.#queued.slice(count);
    return batch;
  }
}
