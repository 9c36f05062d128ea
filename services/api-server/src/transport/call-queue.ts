import { performance } from "node:perf_hooks";
import { FeatureStoreError, type UnaryCall } from "@ofs/platform";

/** Told to callers that are refused. */
export const OVERLOAD_TEXT =
  "the server is overloaded: calls would wait longer than OVERLOAD_QUEUE_MS";

export interface CallQueueOptions {
  /** How long a call may wait for its turn; 0 = calls begin at once and none is refused. */
  readonly maxWaitMs: number;
}

/**
 * How long one turn of the event loop should take: at most so long, and this share of the longest wait. What is sent
 * meanwhile waits unread, in the system's buffers, where nothing can be refused; much shorter, and reading from each
 * connection would be most of the work.
 */
const TURN_MS = 4;
const TURN_SHARE = 0.1;

/** Share of a turn that is left for beginning calls, however long all else takes. */
const MIN_BUDGET = 0.1;

/**
 * Of the longest wait: how much of it a queue may amount to, and from when on. A burst may fill the whole, and is over soon; a
 * queue that is still there after that is no burst, and is of no use: those in it only come later.
 */
const LASTING_SHARE = 0.25;
const LASTING_FROM = 2;

/** Calls that may wait however slow they are. */
const MIN_QUEUED = 4;

/** What a turn weighs in what is known of turns. */
const TURN_WEIGHT = 0.2;

/** One call that waits for its turn. */
interface Waiting {
  readonly call: UnaryCall;
  readonly sinceMs: number;
  begin(): void;
  refuse(error: unknown): void;
}

/**
 * Lets calls take turns on the event loop, in the order they came, and says when too many wait.
 *
 * A process that takes up all calls at once finishes all of them late: they share one event loop. So calls are begun for
 * some milliseconds of each turn, and the others wait here, where they can be refused for next to nothing; between the turns
 * the loop reads what has come and sends what is done. The part of a turn that calls are begun in follows from what else
 * a turn is spent on, such as finishing calls that waited for a store. How many may wait follows from how many are begun.
 *
 * A process that has time begins every call in the turn it came.
 */
export class CallQueue {
  readonly #maxWaitMs: number;
  readonly #turnMs: number;
  #waiting: Waiting[] = [];
  /** Index of the first in `#waiting`; those before it are gone. */
  #head = 0;
  #refusedCount = 0;
  /** When the turn began in which calls are begun as they come; undefined until the first of a turn comes. */
  #turnStartMs: number | undefined;
  /** When taking from the queue began in this turn; undefined while it is empty. */
  #takeStartMs: number | undefined;
  /** In this turn: calls that were begun, and for how long they were. */
  #takenCount = 0;
  #takenMs = 0;
  /** When the queue was last empty. */
  #busySinceMs = 0;
  /** Of the last turns at work: calls begun, time in which, and time of the whole turns. The old ones fade. */
  #begunCalls = 0;
  #begunMs = 0;
  #turnsMs = 0;
  /** What follows from them. */
  #budgetMs: number;
  #maxQueued = Number.POSITIVE_INFINITY;

  constructor({ maxWaitMs }: CallQueueOptions) {
    this.#maxWaitMs = maxWaitMs;
    this.#turnMs = Math.min(TURN_MS, maxWaitMs * TURN_SHARE);
    this.#budgetMs = this.#turnMs;
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
   * @throws {FeatureStoreError} (rejects) RESOURCE_EXHAUSTED if it has waited too long; DEADLINE_EXCEEDED or CANCELLED
   *   if its caller has
   */
  run<T>(call: UnaryCall, work: () => T | Promise<T>): T | Promise<T> {
    if (this.#maxWaitMs === 0) return work();
    const nowMs = performance.now();
    if (this.length === 0 && this.#hasTime(nowMs)) return work();
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        call,
        sinceMs: nowMs,
        begin() {
          try {
            resolve(work());
          } catch (error) {
            reject(error);
          }
        },
        refuse: reject,
      });
    });
  }

  /** Of the turn of the loop that calls come in. */
  #hasTime(nowMs: number): boolean {
    if (this.#turnStartMs === undefined) {
      this.#turnStartMs = nowMs;
      setImmediate(this.#take);
      return true;
    }
    return nowMs - this.#turnStartMs < this.#budgetMs;
  }

  /** Once a turn, after all that was received in it. */
  readonly #take = (): void => {
    this.#turnStartMs = undefined;
    if (this.length === 0) return;
    const nowMs = performance.now();
    if (this.#takeStartMs === undefined) this.#busySinceMs = nowMs;
    else this.#learn(nowMs, nowMs - this.#takeStartMs);
    this.#takeStartMs = nowMs;
    this.#takenCount = 0;
    this.#takeNext();
  };

  /** One at a time, so that what a call does after its first `await` is part of the time it takes. */
  readonly #takeNext = (): void => {
    if (this.length === 0) {
      this.#forget();
      return;
    }
    const nowMs = performance.now();
    this.#takenMs = nowMs - (this.#takeStartMs as number);
    if (this.#takenMs >= this.#budgetMs && this.#takenCount > 0) {
      setImmediate(this.#take);
      return;
    }
    const next = this.#shift();
    const refusal = this.#refusalOf(next, nowMs);
    if (refusal === undefined) {
      this.#takenCount += 1;
      next.begin();
    } else {
      next.refuse(refusal);
    }
    process.nextTick(this.#takeNext);
  };

  /** @param nowMs the beginning of a turn @param turnMs from beginning of the one before, the loop at work all the time */
  #learn(nowMs: number, turnMs: number): void {
    const fade = 1 - TURN_WEIGHT;
    this.#begunCalls = this.#begunCalls * fade + this.#takenCount;
    this.#begunMs = this.#begunMs * fade + this.#takenMs;
    this.#turnsMs = this.#turnsMs * fade + turnMs;
    this.#budgetMs = this.#turnMs * Math.max(MIN_BUDGET, this.#begunMs / this.#turnsMs);
    const isLasting = nowMs - this.#busySinceMs > this.#maxWaitMs * LASTING_FROM;
    const maxMs = this.#maxWaitMs * (isLasting ? LASTING_SHARE : 1);
    const maxQueued = Math.round((this.#begunCalls / this.#turnsMs) * maxMs);
    this.#maxQueued = Math.max(MIN_QUEUED, maxQueued);
  }

  /** What was true of the calls so far need not be of those to come. */
  #forget(): void {
    this.#takeStartMs = undefined;
    this.#begunCalls = 0;
    this.#begunMs = 0;
    this.#turnsMs = 0;
    this.#budgetMs = this.#turnMs;
    this.#maxQueued = Number.POSITIVE_INFINITY;
  }

  #refusalOf({ call, sinceMs }: Waiting, nowMs: number): unknown {
    if (call.signal.aborted) return call.signal.reason;
    if (nowMs - sinceMs <= this.#maxWaitMs) return undefined;
    this.#refusedCount += 1;
    return new FeatureStoreError("RESOURCE_EXHAUSTED", OVERLOAD_TEXT);
  }

  #shift(): Waiting {
    const next = this.#waiting[this.#head] as Waiting;
    this.#head += 1;
    if (this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return next;
  }
}
