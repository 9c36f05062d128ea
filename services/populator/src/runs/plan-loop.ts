import type { CheckResult, Logger } from "@ofs/platform";
import type { Planner } from "./planner.ts";
import { Wake } from "./wake.ts";

export interface PlanLoopOptions {
  readonly planner: Planner;
  /** Tells the control plane of runs that ended. */
  readonly report: (signal: AbortSignal) => Promise<void>;
  /** There is new work for workers. */
  readonly onWork: () => void;
  readonly pollMs: number;
  readonly log: Logger;
}

/** Plans again and again, and at once when something has ended. */
export class PlanLoop {
  readonly #options: PlanLoopOptions;
  readonly #closing = new AbortController();
  readonly #wake = new Wake();
  #isKicked = false;
  #failureCount = 0;
  #fault: string | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: PlanLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#loop();
  }

  kick(): void {
    this.#isKicked = true;
    this.#wake.kick();
  }

  /** What keeps runs from going on: the database, mostly. What runs now goes on, so it is a warning. */
  check(): CheckResult {
    if (this.#fault === undefined) return { status: "ok", detail: {} };
    return { status: "warning", detail: { error: this.#fault } };
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #loop(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#isKicked = false;
      const hasBegun = await this.#round(signal);
      if (!hasBegun && !this.#isKicked) await this.#wake.pause(this.#options.pollMs, signal);
    }
  }

  async #round(signal: AbortSignal): Promise<boolean> {
    const { planner, report, onWork, log } = this.#options;
    try {
      const hasBegun = await planner.planAll(signal);
      if (hasBegun) onWork();
      await report(signal);
      this.#failureCount = 0;
      this.#fault = undefined;
      return hasBegun;
    } catch (err) {
      this.#failureCount += 1;
      this.#fault = err instanceof Error ? err.message : String(err);
      log[this.#failureCount === 1 ? "warn" : "debug"]({ err }, "runs cannot be planned");
      return false;
    }
  }
}
