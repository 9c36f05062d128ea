import type { Logger } from "@ofs/platform";
import type { ChangeService } from "./ports.ts";

/** Pause between looks at what a crash left. */
const INTERVAL_MS = 5_000;

/** Longest pause while the database is away; each failed look doubles it. */
const INTERVAL_MS_MAX = 120_000;

export interface ReconcilerOptions {
  readonly changes: Pick<ChangeService, "reconcile">;
  readonly log: Logger;
  readonly intervalMs?: number;
}

/** Looks again and again for requests that a crash or an outage left in APPLYING, and has them taken to their end. */
export class Reconciler {
  readonly #changes: Pick<ChangeService, "reconcile">;
  readonly #log: Logger;
  readonly #intervalMs: number;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor({ changes, log, intervalMs = INTERVAL_MS }: ReconcilerOptions) {
    this.#changes = changes;
    this.#log = log;
    this.#intervalMs = intervalMs;
  }

  /** Looks at once, and then again and again until it is closed. */
  start(): void {
    if (this.#isClosed || this.#timer !== undefined || this.#running !== undefined) return;
    this.#run();
  }

  /** Waits for a look that is under way. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  #run(): void {
    this.#running = this.#look().finally(() => {
      this.#running = undefined;
      if (this.#isClosed) return;
      const pauseMs = Math.min(this.#intervalMs * 2 ** this.#failures, INTERVAL_MS_MAX);
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#run();
      }, pauseMs);
    });
  }

  async #look(): Promise<void> {
    try {
      const count = await this.#changes.reconcile();
      this.#failures = 0;
      if (count > 0) this.#log.info({ count }, "requests were taken up");
    } catch (err) {
      this.#failures += 1;
      this.#log.error({ err, failures: this.#failures }, "looking for stuck requests failed");
    }
  }
}
