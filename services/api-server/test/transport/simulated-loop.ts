import type { EventLoop } from "../../src/transport/call-queue.ts";

/** An event loop whose time passes only as it is told: the same on every machine. */
export class SimulatedLoop implements EventLoop {
  /** Turns so far. */
  turn = 0;
  #nowMs = 1_000;
  #idleMs = 0;
  #callbacks: (() => void)[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  idleMs(): number {
    return this.#idleMs;
  }

  atEndOfTurn(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  /** The loop is at work for so long. */
  work(ms: number): void {
    this.#nowMs += ms;
  }

  /** Ends the turn, and waits a little if nothing is left to do. */
  async next(): Promise<void> {
    const callbacks = this.#callbacks.splice(0);
    for (const callback of callbacks) callback();
    // All microtasks and ticks.
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.turn += 1;
    if (this.#callbacks.length > 0) return;
    this.#nowMs += 1;
    this.#idleMs += 1;
  }
}
