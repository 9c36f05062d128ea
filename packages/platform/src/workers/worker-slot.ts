import { type BackoffTimes, RestartBackoff } from "./restart-backoff.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** One of the places for a worker: who holds it, who is to hold it next, and when a dead holder is replaced. */
export class WorkerSlot {
  readonly index: number;
  readonly #backoff: RestartBackoff;
  #timer: NodeJS.Timeout | undefined;
  holder: WorkerProcess | undefined;
  /** Is being started to replace the holder, which still serves. */
  successor: WorkerProcess | undefined;

  constructor(index: number, times: BackoffTimes) {
    this.index = index;
    this.#backoff = new RestartBackoff(times);
  }

  /** Calls `start` after the time that the last end calls for. @returns that time in milliseconds */
  startLater(openMs: number, start: () => void): number {
    const delayMs = this.#backoff.next(openMs);
    this.#timer = setTimeout(start, delayMs);
    return delayMs;
  }

  cancelStart(): void {
    clearTimeout(this.#timer);
  }
}
