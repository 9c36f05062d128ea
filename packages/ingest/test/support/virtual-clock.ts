import type { Timers } from "@ofs/ingest";

interface Timer {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
}

/** A clock that stands still unless it is told to go on. Both of its times are the same. */
export class VirtualClock {
  #nowMs: number;
  #sequence = 0;
  readonly #pending = new Set<Timer>();

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  readonly now = (): number => this.#nowMs;

  readonly timers: Timers = {
    after: (ms, run) => this.#add(ms, run),
    soon: (run) => void this.#add(0, run),
  };

  /** Timers of a process that can end: after `kill` none of them runs. */
  createTimers(): Timers & { kill(): void } {
    let isAlive = true;
    const guarded = (run: () => void) => () => {
      if (isAlive) run();
    };
    return {
      after: (ms, run) => this.#add(ms, guarded(run)),
      soon: (run) => void this.#add(0, guarded(run)),
      kill: () => {
        isAlive = false;
      },
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#add(ms, resolve);
    });
  }

  /** Runs all that is due in that time, in order, and what follows from it. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await settle();
      const next = this.#earliest(endMs);
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#nowMs = endMs;
  }

  /** Goes on step by step until the condition holds. @throws {Error} if it does not within the time */
  async until(condition: () => boolean, limitMs = 600_000, stepMs = 50): Promise<void> {
    const endMs = this.#nowMs + limitMs;
    await settle();
    while (!condition()) {
      if (this.#nowMs >= endMs) throw new Error(`not within ${limitMs} ms: ${condition}`);
      await this.advance(stepMs);
    }
  }

  #earliest(endMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#pending) {
      if (timer.atMs > endMs) continue;
      if (first === undefined || isBefore(timer, first)) first = timer;
    }
    return first;
  }

  #add(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, ms), sequence: this.#sequence++, run };
    this.#pending.add(timer);
    return () => void this.#pending.delete(timer);
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.sequence < other.sequence);
}

/** Resolves when all promises that can go on have gone on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
