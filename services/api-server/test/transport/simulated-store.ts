import type { SimulatedLoop } from "./simulated-loop.ts";

export interface SimulatedStoreOptions {
  /** How long it works on a call; one after the other. */
  readonly callMs: number;
  /** How long a call and its answer are on their way. */
  readonly wayMs?: number;
  /** When it stands still, by the loop's clock. */
  readonly still?: { readonly fromMs: number; readonly toMs: number };
}

/** What calls wait for, on the clock of a simulated loop. */
export class SimulatedStore {
  /** Calls that wait for it. */
  openCount = 0;
  readonly #loop: SimulatedLoop;
  readonly #options: SimulatedStoreOptions;
  #freeAtMs = 0;

  constructor(loop: SimulatedLoop, options: SimulatedStoreOptions) {
    this.#loop = loop;
    this.#options = options;
  }

  async call(): Promise<void> {
    const { callMs, wayMs = 0, still = { fromMs: 0, toMs: 0 } } = this.#options;
    const nowMs = this.#loop.nowMs();
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + callMs;
    if (this.#freeAtMs >= still.fromMs) this.#freeAtMs = Math.max(this.#freeAtMs, still.toMs);
    this.openCount += 1;
    await new Promise<void>((resolve) => this.#loop.later(resolve, this.#freeAtMs + wayMs - nowMs));
    this.openCount -= 1;
  }
}
