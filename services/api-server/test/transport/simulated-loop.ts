import type { EventLoop } from "../../src/transport/call-queue.ts";

/** Something from outside comes so often. */
const LONGEST_WAIT_MS = 1;

/** An event loop whose time passes only as it is told: the same on every machine. */
export class SimulatedLoop implements EventLoop {
  /** Turns so far. */
  turn = 0;
  #nowMs = 1_000;
  #idleMs = 0;
  #callbacks: (() => void)[] = [];
  #timers: { readonly callback: () => void; readonly dueMs: number }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  idleMs(): number {
    return this.#idleMs;
  }

  atEndOfTurn(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  later(callback: () => void, ms: number): void {
    this.#timers.push({ callback, dueMs: this.#nowMs + ms });
  }

  /** The loop is at work for so long. */
  work(ms: number): void {
    this.#nowMs += ms;
  }

  /** Ends the turn, and waits a little if nothing is left to do. */
  async next(): Promise<void> {
    for (const callback of this.#callbacks.splice(0)) callback();
    await allTicks();
    this.turn += 1;
    if (this.#callbacks.length === 0) this.#wait();
    const due = this.#timers.filter(({ dueMs }) => dueMs <= this.#nowMs);
    this.#timers = this.#timers.filter(({ dueMs }) => dueMs > this.#nowMs);
    for (const { callback } of due) callback();
    await allTicks();
  }

  /** For the next timer, or something from outside. */
  #wait(): void {
    const nextMs = Math.min(...this.#timers.map(({ dueMs }) => dueMs));
    const ms = Math.min(Math.max(nextMs - this.#nowMs, 0), LONGEST_WAIT_MS);
    this.#nowMs += ms;
    this.#idleMs += ms;
  }
}

/** And all microtasks. */
function allTicks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
