import { performance } from "node:perf_hooks";

/** Told to callers that are refused. */
export const OVERLOAD_TEXT =
  "the server is overloaded: calls would wait longer than OVERLOAD_QUEUE_MS";

export interface OverloadGuardOptions {
  /** How long an accepted call may wait for its turn once the process has no idle time left; 0 = never refuse. */
  readonly queueMs: number;
  /** At least 0, below 1; for tests. */
  readonly random?: () => number;
}

/** Time between looks at the event loop, at least, and how far they look back. */
const SAMPLE_MS = 25;
const WINDOW_MS = 500;

/** Share of its time that the event loop is at work, from which on the process counts as busy. */
const BUSY_UTILIZATION = 0.9;

/**
 * Share of the time allowed to calls that one turn of the event loop may take. What is sent in a turn waits unread, in the
 * system's buffers, where nothing can be refused: turns must be short, or all calls are late before they are seen.
 */
const TURN_SHARE = 0.1;

/** Changes of the share of calls that are let in, from one turn to the next; a long turn cuts it by as much, at most. */
const SHARE_CUT_MAX = 0.5;
const SHARE_GROWTH = 1.02;
const SHARE_MIN = 0.01;

/** Calls that are let in however slow they are. */
const MIN_OPEN_CALLS = 4;

/** Changes of the limit from one sample to the next. */
const GROWTH_WITH_IDLE_TIME = 1.1;
const GROWTH_IN_TIME = 1.02;
const CUT_WHEN_LATE = 0.9;

/** A limit that has grown so far is none. */
const NO_LIMIT_FROM = 100_000;

interface Sample {
  readonly atMs: number;
  readonly loop: ReturnType<typeof performance.eventLoopUtilization>;
}

/**
 * Says which calls a process that has no idle time left must refuse so that it can answer the others in time.
 *
 * All calls wait for one event loop: the more are open, the longer each takes. So the number of open calls is bounded,
 * and the bound is moved until calls take as long as is allowed. Calls that are answered at once are never open together:
 * of them a share is let in, at random so that it hits no connection more than another, and the share is moved until
 * turns of the loop are short. While the process has idle time nothing is cut: then open calls wait for a store, and stores
 * have bounds of their own.
 */
export class OverloadGuard {
  readonly #queueMs: number;
  readonly #random: () => number;
  /** The first is the one that is looked back to. */
  readonly #samples: Sample[] = [];
  #nextSampleMs = 0;
  #openCount = 0;
  #refusedCount = 0;
  /** Of calls that ended since the last sample: how many, and how long they were open together. */
  #endedCount = 0;
  #endedMs = 0;
  /** When the first call of this turn came; only while the loop is busy. */
  #turnStartMs: number | undefined;
  /** Calls that were let in since then. */
  #turnCalls = 0;
  #isBusy = false;
  #share = 1;
  #maxOpen = Number.POSITIVE_INFINITY;

  constructor({ queueMs, random = Math.random }: OverloadGuardOptions) {
    this.#queueMs = queueMs;
    this.#random = random;
  }

  /** Since the start. */
  get refusedCount(): number {
    return this.#refusedCount;
  }

  get openCount(): number {
    return this.#openCount;
  }

  /** @returns what to give to `leave` when the call is over; undefined if it must be refused */
  enter(): number | undefined {
    const nowMs = performance.now();
    if (nowMs >= this.#nextSampleMs) this.#sample(nowMs);
    if (this.#isBusy && this.#turnStartMs === undefined) {
      this.#turnStartMs = nowMs;
      setImmediate(this.#endTurn);
    }
    const isUnlucky = this.#isBusy && this.#share < 1 && this.#random() >= this.#share;
    if (isUnlucky || this.#openCount >= this.#maxOpen) {
      this.#refusedCount += 1;
      return undefined;
    }
    this.#openCount += 1;
    this.#turnCalls += 1;
    return nowMs;
  }

  leave(enteredAtMs: number): void {
    this.#openCount -= 1;
    this.#endedCount += 1;
    this.#endedMs += performance.now() - enteredAtMs;
  }

  readonly #endTurn = (): void => {
    const turnMs = performance.now() - (this.#turnStartMs as number);
    this.#turnStartMs = undefined;
    this.#share = nextShare(this.#share, {
      turnMs,
      calls: this.#turnCalls,
      queueMs: this.#queueMs,
    });
    this.#turnCalls = 0;
  };

  /** Done as calls come in, also within a turn of the event loop: under overload a turn is long. */
  #sample(nowMs: number): void {
    if (this.#queueMs === 0) return;
    this.#nextSampleMs = nowMs + SAMPLE_MS;
    const utilization = this.#utilization(nowMs);
    this.#isBusy = utilization >= BUSY_UTILIZATION;
    this.#maxOpen = nextLimit(this.#maxOpen, {
      utilization,
      openCount: this.#openCount,
      meanMs: this.#endedCount === 0 ? undefined : this.#endedMs / this.#endedCount,
      queueMs: this.#queueMs,
    });
    this.#endedCount = 0;
    this.#endedMs = 0;
    if (!this.#isBusy) this.#share = Math.min(1, this.#share * GROWTH_WITH_IDLE_TIME);
  }

  /** Over the last while; 0 as long as nothing is known of it. */
  #utilization(nowMs: number): number {
    const now: Sample = { atMs: nowMs, loop: performance.eventLoopUtilization() };
    this.#samples.push(now);
    while ((this.#samples[1]?.atMs ?? nowMs) <= nowMs - WINDOW_MS) this.#samples.shift();
    const then = this.#samples[0] as Sample;
    if (then.atMs > nowMs - WINDOW_MS) return 0;
    return performance.eventLoopUtilization(now.loop, then.loop).utilization;
  }
}

/** What was seen of a process. */
export interface LoadSeen {
  /** Share of its time that the event loop was at work. */
  readonly utilization: number;
  readonly openCount: number;
  /** For how long the calls that have ended were open, on average; undefined if none has. */
  readonly meanMs: number | undefined;
  readonly queueMs: number;
}

/** @returns how many calls may be open from now on; `Infinity` for no limit */
export function nextLimit(
  limit: number,
  { utilization, openCount, meanMs, queueMs }: LoadSeen,
): number {
  if (utilization < BUSY_UTILIZATION) {
    const grown = Math.ceil(limit * GROWTH_WITH_IDLE_TIME);
    return grown >= NO_LIMIT_FROM ? Number.POSITIVE_INFINITY : grown;
  }
  if (meanMs === undefined) return limit;
  if (limit === Number.POSITIVE_INFINITY) {
    // What would have been in time, if time goes with the number of calls.
    if (meanMs <= queueMs) return limit;
    return Math.max(MIN_OPEN_CALLS, Math.ceil((openCount * queueMs) / meanMs));
  }
  if (meanMs <= queueMs) return Math.ceil(limit * GROWTH_IN_TIME);
  return Math.max(MIN_OPEN_CALLS, Math.floor(limit * CUT_WHEN_LATE));
}

/** One turn of the loop of a busy process. */
export interface TurnSeen {
  readonly turnMs: number;
  /** How many calls were let in. A few dear ones make a long turn that refusing others would not shorten. */
  readonly calls: number;
  readonly queueMs: number;
}

/** @returns which share of calls to let in after a turn */
export function nextShare(share: number, { turnMs, calls, queueMs }: TurnSeen): number {
  const allowedMs = queueMs * TURN_SHARE;
  if (turnMs <= allowedMs || calls <= MIN_OPEN_CALLS) return Math.min(1, share * SHARE_GROWTH);
  return Math.max(SHARE_MIN, share * Math.max(SHARE_CUT_MAX, allowedMs / turnMs));
}
