import type { Logger } from "@ofs/platform";

/** Pauses between two attempts: doubling from the first to the last. */
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5000;

/** Keys of one attempt. */
const RETRY_BATCH_KEYS = 1000;

export interface PendingInvalidationsOptions {
  /** Rejects if not all of the keys were invalidated. */
  readonly invalidate: (keys: readonly string[]) => Promise<void>;
  /** Called for keys that were invalidated late. */
  readonly onLate: (keys: readonly string[]) => void;
  readonly maxKeys: number;
  readonly log: Logger;
}

/** Keys whose records may be older than the store, tried again and again until their tombstones stand. */
export class PendingInvalidations {
  readonly #options: PendingInvalidationsOptions;
  /** Key -> number of the failure that it was added with, so that a retry does not settle a later one. */
  readonly #keys = new Map<string, number>();
  #failureCount = 0;
  #attempt = 0;
  #timer: NodeJS.Timeout | undefined;
  #retrying: Promise<void> | undefined;
  #isOverflowing = false;
  #isClosed = false;
  #overflowCount = 0;
  #lateCount = 0;

  constructor(options: PendingInvalidationsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Keys that found no room, since start. */
  get overflowCount(): number {
    return this.#overflowCount;
  }

  /** Keys that a retry has invalidated, since start. */
  get lateCount(): number {
    return this.#lateCount;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(keys: readonly string[]): void {
    const { maxKeys, log } = this.#options;
    if (this.#keys.size === 0)
      log.warn({ keyCount: keys.length }, "cache invalidations are pending");
    this.#failureCount += 1;
    for (const key of keys) {
      if (this.#keys.size < maxKeys || this.#keys.has(key)) this.#keys.set(key, this.#failureCount);
      else this.#overflowed();
    }
    this.#schedule();
  }

  /** Failures so far: to be taken before an invalidation is sent, and given to `settle`. */
  get failureCount(): number {
    return this.#failureCount;
  }

  /** For keys that have been invalidated otherwise; only failures that are no later than `failureCount` are mended. */
  settle(keys: readonly string[], failureCount: number): void {
    if (this.#keys.size === 0) return;
    for (const key of keys) {
      const failure = this.#keys.get(key);
      if (failure !== undefined && failure <= failureCount) this.#keys.delete(key);
    }
  }

  /** Tries once more what is pending. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#retrying;
    await this.#retryAll();
    if (this.#keys.size === 0) return;
    this.#options.log.warn({ keyCount: this.#keys.size }, "cache invalidations were given up");
  }

  #overflowed(): void {
    this.#overflowCount += 1;
    if (this.#isOverflowing) return;
    this.#isOverflowing = true;
    const { maxKeys, log } = this.#options;
    log.error(
      { maxKeys },
      "too many cache invalidations are pending; old records may last their TTL",
    );
  }

  #schedule(): void {
    if (this.#isClosed || this.#timer !== undefined || this.#keys.size === 0) return;
    const pauseMs = Math.min(RETRY_MIN_MS * 2 ** Math.min(this.#attempt, 16), RETRY_MAX_MS);
    this.#timer = setTimeout(() => {
      this.#retrying = this.#retryAll().finally(() => {
        this.#timer = undefined;
        this.#schedule();
      });
    }, pauseMs);
  }

  /** Until everything is done, or one attempt fails. Never rejects. */
  async #retryAll(): Promise<void> {
    while (this.#keys.size > 0) {
      const batch = [...this.#firstKeys()];
      const keys = batch.map(([key]) => key);
      try {
        await this.#options.invalidate(keys);
      } catch (error) {
        this.#attempt += 1;
        this.#options.log.debug({ err: error, attempt: this.#attempt }, "still not invalidated");
        this.#moveToEnd(batch);
        return;
      }
      this.#settled(batch);
      this.#options.onLate(keys);
    }
  }

  *#firstKeys(): Generator<[string, number]> {
    let count = 0;
    for (const entry of this.#keys) {
      if (count === RETRY_BATCH_KEYS) return;
      count += 1;
      yield entry;
    }
  }

  #settled(batch: readonly (readonly [string, number])[]): void {
    this.#attempt = 0;
    this.#lateCount += batch.length;
    for (const [key, failure] of batch) {
      if (this.#keys.get(key) === failure) this.#keys.delete(key);
    }
    if (this.#keys.size > 0) return;
    this.#isOverflowing = false;
    this.#options.log.info("no cache invalidations are pending");
  }

  /** One node of a cluster that is away must not keep the keys of the others waiting. */
  #moveToEnd(batch: readonly (readonly [string, number])[]): void {
    for (const [key] of batch) {
      const failure = this.#keys.get(key);
      if (failure === undefined) continue;
      this.#keys.delete(key);
      this.#keys.set(key, failure);
    }
  }
}
