import { performance } from "node:perf_hooks";
import { FeatureStoreError, type UnaryCall } from "@ofs/platform";
import { OpenBound } from "./open-bound.ts";

/** Told to callers that are refused. */
export const OVERLOAD_TEXT =
  "the server is overloaded: calls would wait longer than OVERLOAD_QUEUE_MS";

export interface CallQueueOptions {
  /** How long a call may wait for its turn; 0 = calls begin at once and none is refused. */
  readonly maxWaitMs: number;
  /** Default Node's. */
  readonly loop?: EventLoop;
}

/** What the queue sees of an event loop. */
export interface EventLoop {
  /** Milliseconds of a clock that does not step. */
  nowMs(): number;
  /** Milliseconds that the loop has waited for something to do, since its start. */
  idleMs(): number;
  /** Calls back when all that has been received in this turn is done. */
  atEndOfTurn(callback: () => void): void;
  /** Calls back after so long; the loop may be idle until then. */
  later(callback: () => void, ms: number): void;
}

const NODE_LOOP: EventLoop = {
  nowMs: () => performance.now(),
  idleMs: () => performance.nodeTiming.idleTime,
  atEndOfTurn: setImmediate,
  later: setTimeout,
};

/**
 * How long one turn of the event loop should take: at most so long, and this share of the longest wait. What is sent
 * meanwhile waits unread, in the system's buffers, where nothing can be refused; much shorter, and reading from each
 * connection would be most of the work.
 */
const TURN_MS = 2;
const TURN_SHARE = 0.1;

/** The loop counts as busy while it waits for less than this share of the time from one turn to the next. */
const IDLE_SHARE = 0.05;

/**
 * Of the longest wait: how much of it a queue may amount to in a loop that has had next to no idle time for long. A burst may fill
 * the whole, and is over soon; a queue that is still there after that is no burst, and is of no use: those in it only come later.
 */
const LASTING_SHARE = 0.25;

/** Idle time counts for about so many longest waits; a loop that had a smaller share of it is busy for long. */
const LASTING_WAITS = 2;
const LASTING_IDLE_SHARE = 0.1;

/** How long calls are held back, while none comes and none ends, until the loop is looked at again. */
const HOLD_MS = 1;

/** Calls that may wait however slow they are. */
const MIN_QUEUED = 4;

/**
 * The same while fewer calls than `SURE_CALLS` have been seen: one slow turn after a quiet time (code that is not compiled
 * yet, a core that was taken away) says little of what calls cost.
 */
const UNSURE_MIN_QUEUED = 64;
const SURE_CALLS = 20;

/** What was seen so long ago has faded to a third. Much less, and one collection of garbage would make calls look dear. */
const FADE_MS = 1_000;

/** Of a call that waits: what gives it back, or why there is none; undefined = none is needed. */
export type Place = (() => void) | FeatureStoreError | undefined;

/** One call that waits for its turn. */
interface Waiting {
  readonly call: UnaryCall;
  readonly sinceMs: number;
  /** Gives back what was kept for it meanwhile. */
  readonly place: (() => void) | undefined;
  begin(): void;
  refuse(error: unknown): void;
}

/**
 * Lets calls take turns on the event loop, in the order they came, and says when too many wait.
 *
 * A process that takes up all calls at once finishes all of them late: they share one event loop. So a turn of the loop
 * begins a few, and the others wait here, where they can be refused for next to nothing; between the turns the loop reads
 * what has come, and finishes what was begun. How many calls a turn begins, and how many may wait, follows from what
 * a call costs: the time that a busy loop takes for all it does, by the calls begun in it. How many may be open at once, waiting for
 * a store, has a bound of its own.
 *
 * A loop with idle time begins every call in the turn it came.
 */
export class CallQueue {
  readonly #maxWaitMs: number;
  readonly #turnMs: number;
  readonly #loop: EventLoop;
  #waiting: Waiting[] = [];
  /** Index of the first in `#waiting`; those before it are gone. */
  #head = 0;
  #refusedCount = 0;
  /** When there was first something to do in this turn, so that `#take` is due at its end; undefined until then. */
  #turnStartMs: number | undefined;
  /** When calls were last taken from the queue, and how long the loop had been idle by then, since its start. */
  #takenMs: number;
  #idleMs: number;
  /** Calls begun since then. */
  #begunCount = 0;
  /** Of the time of late: the share in which the loop was idle. */
  #idleShare = 1;
  /** Of a busy loop: its time, and the calls begun in it. What is long ago fades. */
  #busyMs = 0;
  #busyCalls = 0;
  /** What follows from that. */
  #maxPerTurn = Number.POSITIVE_INFINITY;
  #maxQueued = Number.POSITIVE_INFINITY;
  readonly #openBound = new OpenBound();
  /** Whether calls wait only because as many are open as may be. */
  #isHeld = false;
  #isLookDue = false;

  constructor({ maxWaitMs, loop = NODE_LOOP }: CallQueueOptions) {
    this.#loop = loop;
    this.#maxWaitMs = maxWaitMs;
    this.#turnMs = Math.min(TURN_MS, maxWaitMs * TURN_SHARE);
    this.#takenMs = loop.nowMs();
    this.#idleMs = loop.idleMs();
  }

  /** Since the start. */
  get refusedCount(): number {
    return this.#refusedCount;
  }

  /** Calls that wait. */
  get length(): number {
    return this.#waiting.length - this.#head;
  }

  /** Asked before anything is spent on a call. @returns whether it may come; otherwise it counts as refused */
  admits(): boolean {
    if (this.length < this.#maxQueued) return true;
    this.#refusedCount += 1;
    return false;
  }

  /**
   * Does the work of a call, now if there is time in this turn of the loop, or when its turn comes.
   *
   * @param reserve asked only if it has to wait; what it returns is called when it no longer does
   * @throws {FeatureStoreError} what `reserve` returns; (rejects) RESOURCE_EXHAUSTED if it has waited too long; DEADLINE_EXCEEDED or
   *   CANCELLED if its caller has
   */
  run<T>(call: UnaryCall, work: () => T | Promise<T>, reserve?: () => Place): T | Promise<T> {
    if (this.#maxWaitMs === 0) return work();
    const nowMs = this.#loop.nowMs();
    if (this.length === 0 && this.#hasTime(nowMs)) {
      return this.#begin(work);
    }
    const place = reserve?.();
    if (place instanceof FeatureStoreError) throw place;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        call,
        sinceMs: nowMs,
        place,
        // What the work throws, too, becomes the promise's.
        begin: () => resolve((async () => this.#begin(work))()),
        refuse: reject,
      });
    });
  }

  #begin<T>(work: () => T | Promise<T>): T | Promise<T> {
    this.#begunCount += 1;
    const answer = work();
    if (!(answer instanceof Promise)) return answer;
    this.#openBound.add();
    answer.then(this.#end, this.#end);
    return answer;
  }

  /** Of a call that was open. */
  readonly #end = (): void => {
    this.#openBound.remove();
    this.#look();
  };

  /** Of the turn of the loop that calls come in. */
  #hasTime(nowMs: number): boolean {
    const startMs = this.#startTurn(nowMs);
    if (this.#openBound.isReached) return false;
    return this.#begunCount < this.#maxPerTurn && nowMs - startMs < this.#turnMs;
  }

  #startTurn(nowMs: number): number {
    if (this.#turnStartMs === undefined) {
      this.#turnStartMs = nowMs;
      this.#loop.atEndOfTurn(this.#take);
    }
    return this.#turnStartMs;
  }

  /** Once a turn, after all that was received in it. */
  readonly #take = (): void => {
    const nowMs = this.#loop.nowMs();
    this.#learn(nowMs);
    this.#turnStartMs = undefined;
    this.#takenMs = nowMs;
    this.#begunCount = 0;
    this.#takeNext();
  };

  /** One at a time, so that the time it takes includes what calls do after their first `await`. */
  readonly #takeNext = (): void => {
    if (this.length === 0) return;
    const nowMs = this.#loop.nowMs();
    const hasTime = this.#begunCount < this.#maxPerTurn && nowMs - this.#takenMs < this.#turnMs;
    if (!hasTime && this.#begunCount > 0) {
      this.#startTurn(nowMs);
      return;
    }
    const next = this.#waiting[this.#head] as Waiting;
    const refusal = this.#refusalOf(next, nowMs);
    if (refusal === undefined && this.#openBound.isReached) {
      this.#hold();
      return;
    }
    this.#dropFirst();
    next.place?.();
    if (refusal === undefined) next.begin();
    else next.refuse(refusal);
    // Ticks come before microtasks, unless they are asked for in one: this way after all of them.
    queueMicrotask(this.#takeNextLater);
  };

  readonly #takeNextLater = (): void => process.nextTick(this.#takeNext);

  /** Until a call ends, one comes, or a moment has passed. Not until the next turn: the loop would never be seen idle. */
  #hold(): void {
    this.#isHeld = true;
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    this.#loop.later(this.#lookAfterHold, HOLD_MS);
  }

  readonly #lookAfterHold = (): void => {
    this.#isLookDue = false;
    this.#look();
  };

  #look(): void {
    if (this.#isHeld) this.#startTurn(this.#loop.nowMs());
  }

  #learn(nowMs: number): void {
    const sinceMs = nowMs - this.#takenMs;
    const totalIdleMs = this.#loop.idleMs();
    const idleMs = totalIdleMs - this.#idleMs;
    const isHeld = this.#isHeld;
    this.#idleMs = totalIdleMs;
    this.#isHeld = false;
    this.#noteIdleTime(sinceMs, idleMs);
    if (!isHeld && idleMs >= sinceMs * IDLE_SHARE) {
      this.#forget();
      return;
    }
    const busyMs = sinceMs - idleMs;
    const fade = Math.exp(-sinceMs / FADE_MS);
    this.#busyMs = this.#busyMs * fade + busyMs;
    this.#busyCalls = this.#busyCalls * fade + this.#begunCount;
    const callsPerMs = this.#busyCalls / this.#busyMs;
    this.#maxPerTurn = callsPerMs * this.#turnMs;
    const isLasting = this.#idleShare < LASTING_IDLE_SHARE;
    const maxMs = this.#maxWaitMs * (isLasting ? LASTING_SHARE : 1);
    const isSure = this.#busyCalls >= SURE_CALLS;
    this.#maxQueued = Math.max(isSure ? MIN_QUEUED : UNSURE_MIN_QUEUED, callsPerMs * maxMs);
    // Those that are held back must go on also when all that were seen are long ago.
    if (isSure || isHeld) this.#openBound.adapt(busyMs, isHeld ? idleMs : 0, callsPerMs);
  }

  #noteIdleTime(sinceMs: number, idleMs: number): void {
    if (sinceMs <= 0) return;
    const fade = Math.exp(-sinceMs / (this.#maxWaitMs * LASTING_WAITS));
    this.#idleShare = this.#idleShare * fade + (idleMs / sinceMs) * (1 - fade);
  }

  /** What was true of the calls so far need not be of those to come. */
  #forget(): void {
    this.#busyMs = 0;
    this.#busyCalls = 0;
    this.#maxPerTurn = Number.POSITIVE_INFINITY;
    this.#maxQueued = Number.POSITIVE_INFINITY;
    this.#openBound.lift();
  }

  #refusalOf({ call, sinceMs }: Waiting, nowMs: number): unknown {
    if (call.signal.aborted) return call.signal.reason;
    if (nowMs - sinceMs <= this.#maxWaitMs) return undefined;
    this.#refusedCount += 1;
    return new FeatureStoreError("RESOURCE_EXHAUSTED", OVERLOAD_TEXT);
  }

  #dropFirst(): void {
    this.#head += 1;
    if (this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
  }
}
