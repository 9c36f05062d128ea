import type { Logger } from "@ofs/platform";
import type { SweepReport } from "@ofs/store";

/** Between two sweeps. */
const SWEEP_INTERVAL_MS = 10_000;
/** Looked at in one sweep: some milliseconds of work, and all of ten million rows in half a day. */
const MAX_ROWS_PER_SWEEP = 2_500;

/** A store whose expired rows somebody has to drop. */
export interface Sweepable {
  sweep(nowMs: number, maxRows: number): Promise<SweepReport>;
}

/** Drops expired values of the embedded store, a bounded number of rows at a time. They are never served anyway. */
export class EmbeddedSweep {
  readonly #store: Sweepable;
  readonly #log: Logger;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(store: Sweepable, log: Logger, intervalMs: number = SWEEP_INTERVAL_MS) {
    this.#store = store;
    this.#log = log;
    this.#intervalMs = intervalMs;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#sweep();
    }, this.#intervalMs);
    this.#timer.unref();
  }

  /** Waits for a sweep that is under way. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  async #sweep(): Promise<void> {
    try {
      const { scannedRows, droppedGroups, damagedRows } = await this.#store.sweep(
        Date.now(),
        MAX_ROWS_PER_SWEEP,
      );
      if (droppedGroups > 0)
        this.#log.debug({ scannedRows, droppedGroups }, "expired values dropped");
      if (damagedRows > 0)
        this.#log.warn({ damagedRows }, "rows of the embedded store are damaged");
    } catch (error) {
      this.#log.warn({ err: error }, "expired values could not be dropped; trying again");
    }
    if (this.#timer !== undefined) this.start();
  }
}
