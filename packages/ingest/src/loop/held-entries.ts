import { keepLive } from "./entry-queue.ts";
import type { LaneEntry } from "./lane-entry.ts";

interface Held {
  dueMs: number;
  entries: LaneEntry[];
}

/**
 * Writes that wait to be tried again, by key: later ones of the same key wait behind them, so that none overtakes
 * another. Empty when all is well.
 */
export class HeldEntries {
  readonly #byKey = new Map<string, Held>();
  /** Monotonic time of the first that is due, or earlier. */
  dueMs = Number.POSITIVE_INFINITY;

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  hold(entry: LaneEntry, dueMs: number): void {
    const held = this.#byKey.get(entry.write.key);
    if (held === undefined) this.#byKey.set(entry.write.key, { dueMs, entries: [entry] });
    else {
      held.entries.push(entry);
      held.dueMs = Math.min(held.dueMs, dueMs);
    }
    this.dueMs = Math.min(this.dueMs, dueMs);
  }

  /** @returns whether its key is held, and now it is, too */
  joins(entry: LaneEntry): boolean {
    const held = this.#byKey.get(entry.write.key);
    held?.entries.push(entry);
    return held !== undefined;
  }

  /** @returns those whose time has come; they are held no more */
  release(nowMs: number): LaneEntry[] {
    const due: LaneEntry[] = [];
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [key, held] of this.#byKey) {
      if (held.dueMs > nowMs) nextMs = Math.min(nextMs, held.dueMs);
      else {
        for (const entry of held.entries) due.push(entry);
        this.#byKey.delete(key);
      }
    }
    this.dueMs = nextMs;
    return due;
  }

  /** Leaves out the writes of dropped partitions. */
  dropDead(): void {
    for (const [key, held] of this.#byKey) {
      const left: LaneEntry[] = [];
      for (const entry of held.entries) keepLive(entry, left);
      held.entries = left;
      if (left.length === 0) this.#byKey.delete(key);
    }
  }
}
