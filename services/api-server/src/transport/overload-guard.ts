import { performance } from "node:perf_hooks";

/** Told to callers that are refused. */
export const OVERLOAD_TEXT =
  "the server is overloaded: calls would wait longer than OVERLOAD_QUEUE_MS";

export interface OverloadGuardOptions {
  /** How long an accepted call may wait for its turn once the process has no idle time left; 0 = never refuse. */
  readonly queueMs: number;
}

/** Time between samples, at least, and how far they are looked back on. */
const SAMPLE_MS = 25;
const WINDOW_MS = 500;

/** Share of its time that the event loop is at work, from which on the process counts as busy. */
const BUSY_UTILIZATION = 0.9;

/** Calls that are let in however slow they are. */
const MIN_OPEN_CALLS = 4;

interface Sample {
  readonly atMs: number;
  readonly completedCount: number;
  readonly loop: ReturnType<typeof performance.eventLoopUtilization>;
}

/**
 * Says which calls a process that has no idle time left must refuse so that it can answer the others in time.
 *
 * Calls wait for one event loop. What it completes in a second, times the wait that is allowed, is how many may be
 * open; more would only wait longer (Little's law). A process with idle time refuses nothing: there, open calls wait
 * for a store, and have bounds of their own.
 */
export class OverloadGuard {
  readonly #queueMs: number;
  readonly #samples: Sample[] = [];
  #nextSampleMs = 0;
  #openCount = 0;
  #completedCount = 0;
  #refusedCount = 0;
  #maxOpen = Number.POSITIVE_INFINITY;

  constructor({ queueMs }: OverloadGuardOptions) {
    this.#queueMs = queueMs;
  }

  /** Since the start. */
  get refusedCount(): number {
    return this.#refusedCount;
  }

  get openCount(): number {
    return this.#openCount;
  }

  /** @returns whether the call may begin; then it needs one `leave` */
  enter(): boolean {
    const nowMs = performance.now();
    if (nowMs >= this.#nextSampleMs) this.#sample(nowMs);
    if (this.#openCount >= this.#maxOpen) {
      this.#refusedCount += 1;
      return false;
    }
    this.#openCount += 1;
    return true;
  }

  leave(): void {
    this.#openCount -= 1;
    this.#completedCount += 1;
  }

  /** Also within a turn of the event loop: under overload a turn is long. */
  #sample(nowMs: number): void {
    if (this.#queueMs === 0) return;
    this.#nextSampleMs = nowMs + SAMPLE_MS;
    const now: Sample = {
      atMs: nowMs,
      completedCount: this.#completedCount,
      loop: performance.eventLoopUtilization(),
    };
    this.#samples.push(now);
    let [then] = this.#samples;
    while (then !== undefined && (this.#samples[1]?.atMs ?? nowMs) <= nowMs - WINDOW_MS) {
      this.#samples.shift();
      [then] = this.#samples;
    }
    if (then === undefined || then.atMs > nowMs - WINDOW_MS) return;
    const { utilization } = performance.eventLoopUtilization(now.loop, then.loop);
    this.#maxOpen = maxOpenCalls({
      utilization,
      completedPerMs: (now.completedCount - then.completedCount) / (nowMs - then.atMs),
      queueMs: this.#queueMs,
    });
  }
}

/** What was seen of a process over the last while. */
export interface LoadSeen {
  /** Share of the time that the event loop was at work. */
  readonly utilization: number;
  readonly completedPerMs: number;
  readonly queueMs: number;
}

/** Calls that may be open at once; `Infinity` while there is idle time. */
export function maxOpenCalls({ utilization, completedPerMs, queueMs }: LoadSeen): number {
  if (utilization < BUSY_UTILIZATION) return Number.POSITIVE_INFINITY;
  return Math.max(MIN_OPEN_CALLS, Math.ceil(completedPerMs * queueMs));
}
