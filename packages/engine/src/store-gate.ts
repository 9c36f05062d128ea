import { FeatureStoreError } from "@ofs/platform";
import type { StoreDefinition } from "@ofs/registry";
import { Counter, Gauge, type Registry } from "prom-client";

/** What was seen of a connection is looked at as often. */
const WINDOW_MS = 250;

/** Calls that ended sooner say nothing of the store: their callers were in a hurry. */
const LATE_FROM_MS = 100;

/**
 * Share of late calls from which on fewer are let in, and how many there must be: a few say nothing of many. Where only a few
 * are let in, so many of them are enough.
 */
const LATE_SHARE = 0.1;
const LATE_MIN = 8;
const LATE_MIN_OF_LIMIT = 0.25;

/** Without a call: then the store is done with what nobody waited for, or has lost it. */
const IDLE_MS = 1_000;

/**
 * Calls that are let in however late all are: they tell when it is over. More, and a store that cannot do as many in time
 * would do none.
 */
const MIN_LIMIT = 2;

/**
 * A store that answers nothing at all has failed, whatever it is asked: how many it could do is unknown, so no fewer than this are
 * let in when it is back.
 */
const MIN_LIMIT_OF_SILENT = 32;

/** Without an answer for so long, it is unavailable. Sooner it may have been let begin too much, before that was known. */
const SILENT_FROM_MS = 2_000;

/** A call that needed more than this share of its time has nothing to spare: more calls would be late. */
const TIGHT_SHARE = 0.5;

/** Changes of the limit from one window to the next. */
const CUT_WHEN_LATE = 0.6;
const GROWTH_IN_TIME = 1.1;
const GROWTH_WHEN_TIGHT = 1.01;
/** At least, so that a limit of few calls grows, too. */
const LEAST_GROWTH = 0.1;

/**
 * A store whose answers take so long on average does as much as it can, or is far away. No more calls wait for it then than it has
 * lately done in half of their time, beside the way there, and a few more: the others would find out late.
 */
const SLOW_FROM_MS = 50;
const SLOW_LIMIT_MIN = 32;
const SLOW_SHARE = 0.5;
const SLOW_SHARE_MAX = 0.75;

/**
 * How often its pace is looked at, the answers in that time that tell of it, and what a former pace is still taken for: stores
 * stop for their garbage. With fewer answers the bound grows, and is soon none: the first calls of all are slow, too.
 */
const PACE_WINDOW_MS = 100;
const PACE_ANSWERS_MIN = 8;
const PACE_KEPT = 0.9;

/**
 * The way to a store is what its fastest answer of late has waited, and a millisecond at least: where all are slower it is taken for
 * longer, by so much in a window, and for no more windows than it takes to be any.
 */
const DISTANCE_MIN_MS = 1;
const DISTANCE_GROWTH = 1.02;
const DISTANCE_WINDOWS_MAX = 1_000;

/** A store with so much of its places taken may soon be full. */
const BUSY_SHARE = 0.5;

/** One store connection, as the gate sees it. */
interface Lane {
  readonly labels: { readonly db_type: string; readonly conf_id: string };
  count: number;
  /** Places that are kept for calls that have not entered yet. */
  reservedCount: number;
  /** Calls that may wait now; not a whole number, so that it can grow by a part of one. */
  limit: number;
  /** In this window: when it ends, the most that waited, how many ended, how many of them late or barely in time. */
  windowEndMs: number;
  mostCount: number;
  endedCount: number;
  answeredCount: number;
  lateCount: number;
  tightCount: number;
  /** When the first call was let in of those that ended late since the last answer; undefined if none has. */
  silentSinceMs: number | undefined;
  /** Of calls that were answered since `paceSinceMs`: how many, how long they waited, and how long they might have. */
  paceSinceMs: number;
  pacedCount: number;
  waitedMs: number;
  budgetMs: number;
  fastestMs: number;
  /** Of what answers wait: how much is the way, however few calls there are. */
  distanceMs: number;
  /** Answers in a millisecond. */
  pace: number;
  /** Calls that the store does in time at that pace; no bound while it is fast. */
  paceLimit: number;
  /** When the late calls were let in that the store may still work on. */
  abandoned: number[];
}

/**
 * Bounds the calls that wait for one store connection, reads and writes together, so that a store that has stalled does
 * not hold every call that the process may work on. Calls that share another's read wait like any other.
 *
 * A store that is slower than it is asked makes every call wait until none is answered in time. So while calls end late
 * (their deadline passes, or their callers leave) fewer are let in, and the others are refused at once. More are let in
 * again while calls have time to spare, and while they have none, slowly: they may be far from their store.
 *
 * A store goes on with what nobody waits for any more. So late calls keep their places until one is answered that was let in
 * after them; only a few are let in meanwhile, to find out. Otherwise each would wait behind work that is lost, and be lost, too.
 */
export class StoreGate {
  readonly #max: number;
  readonly #lanes = new Map<string, Lane>();
  readonly #refused: Counter<"db_type" | "conf_id">;

  /** @param max calls that wait for one connection at once */
  constructor(max: number, metrics: Registry) {
    this.#max = max;
    const lanes = this.#lanes;
    const labelNames: ("db_type" | "conf_id")[] = ["db_type", "conf_id"];
    const registers = [metrics];
    new Gauge({
      name: "ofs_store_in_flight",
      help: "Reads and writes that wait for a store connection.",
      labelNames,
      registers,
      collect() {
        for (const { labels, count } of lanes.values()) this.set(labels, count);
      },
    });
    new Gauge({
      name: "ofs_store_limit",
      help: "Reads and writes that may wait for a store connection now.",
      labelNames,
      registers,
      collect() {
        for (const lane of lanes.values()) this.set(lane.labels, mostOf(lane));
      },
    });
    new Gauge({
      name: "ofs_store_abandoned",
      help: "Late reads and writes that a store may still work on: they keep their places.",
      labelNames,
      registers,
      collect() {
        for (const { labels, abandoned } of lanes.values()) this.set(labels, abandoned.length);
      },
    });
    this.#refused = new Counter({
      name: "ofs_store_refused_total",
      help: "Reads and writes that were refused because too many wait for the store connection.",
      labelNames,
      registers,
    });
  }

  /**
   * Each call that is let in needs one `leave`.
   *
   * @returns when it was let in, for `leave`; or, naming the store, RESOURCE_EXHAUSTED if there are too many, and UNAVAILABLE if
   *   that is because it answers nothing
   */
  enter(store: StoreDefinition): number | FeatureStoreError {
    const lane = this.#laneOf(store);
    const nowMs = performance.now();
    const refusal = this.#refusalOf(store, lane, 0, nowMs);
    if (refusal !== undefined) return refusal;
    lane.count += 1;
    lane.mostCount = Math.max(lane.mostCount, lane.count);
    return nowMs;
  }

  /** Whether a store has no room for many more: only then `reserve` is worth its time. */
  get isAnyBusy(): boolean {
    for (const lane of this.#lanes.values()) {
      if (takenOf(lane) + lane.reservedCount >= mostOf(lane) * BUSY_SHARE) return true;
    }
    return false;
  }

  /**
   * Keeps a place for a call that waits for something else before it enters. Each that is kept needs one `giveBack`, just
   * before it enters, or if it never does.
   *
   * @returns why it cannot be, as `enter` does
   */
  reserve(store: StoreDefinition): FeatureStoreError | undefined {
    const lane = this.#laneOf(store);
    const refusal = this.#refusalOf(store, lane, lane.reservedCount, performance.now());
    if (refusal === undefined) lane.reservedCount += 1;
    return refusal;
  }

  giveBack(store: StoreDefinition): void {
    this.#laneOf(store).reservedCount -= 1;
  }

  /** @param leftMs time that its caller would still have waited; 0 if it ended without an answer for want of time */
  leave(store: StoreDefinition, enteredAtMs: number, leftMs: number): void {
    const lane = this.#laneOf(store);
    lane.count -= 1;
    lane.endedCount += 1;
    const waitedMs = performance.now() - enteredAtMs;
    if (leftMs <= 0 && waitedMs >= LATE_FROM_MS) {
      lane.lateCount += 1;
      lane.silentSinceMs ??= enteredAtMs;
      if (lane.abandoned.length < this.#max) lane.abandoned.push(enteredAtMs);
      return;
    }
    if (waitedMs > (waitedMs + leftMs) * TIGHT_SHARE) lane.tightCount += 1;
    if (leftMs <= 0) return;
    lane.answeredCount += 1;
    lane.silentSinceMs = undefined;
    lane.pacedCount += 1;
    lane.waitedMs += waitedMs;
    lane.budgetMs += waitedMs + leftMs;
    lane.fastestMs = Math.min(lane.fastestMs, waitedMs);
    if (lane.abandoned.length > 0) {
      lane.abandoned = lane.abandoned.filter((atMs) => atMs > enteredAtMs);
    }
  }

  /** @param aheadCount calls that have places, but have not entered yet */
  #refusalOf(
    store: StoreDefinition,
    lane: Lane,
    aheadCount: number,
    nowMs: number,
  ): FeatureStoreError | undefined {
    if (nowMs >= lane.windowEndMs) this.#adapt(lane, nowMs);
    if (nowMs >= lane.paceSinceMs + PACE_WINDOW_MS) followPace(lane, nowMs);
    const most = mostOf(lane);
    const count = lane.count + aheadCount;
    if (count < most && (takenOf(lane) + aheadCount < most || count < MIN_LIMIT)) return undefined;
    this.#refused.inc(lane.labels);
    return this.#toError(store, lane, nowMs);
  }

  #adapt(lane: Lane, nowMs: number): void {
    const { answeredCount, lateCount, tightCount, endedCount, mostCount } = lane;
    const lateMin = Math.min(LATE_MIN, lane.limit * LATE_MIN_OF_LIMIT);
    if (lateCount >= lateMin && lateCount > endedCount * LATE_SHARE) {
      const min = answeredCount === 0 ? Math.min(lane.limit, MIN_LIMIT_OF_SILENT) : MIN_LIMIT;
      const waited = Math.min(lane.limit, mostCount);
      lane.limit = Math.min(this.#max, Math.max(min, waited * CUT_WHEN_LATE));
    } else if (lane.limit < this.#max && endedCount > 0) {
      const isTight = lateCount + tightCount > endedCount * LATE_SHARE;
      const growth = isTight ? GROWTH_WHEN_TIGHT : GROWTH_IN_TIME;
      const larger = Math.max(lane.limit * growth, lane.limit + LEAST_GROWTH);
      lane.limit = Math.min(this.#max, larger);
    }
    if (lane.count === 0 && nowMs - lane.windowEndMs >= IDLE_MS) {
      lane.abandoned = [];
      lane.silentSinceMs = undefined;
    }
    lane.windowEndMs = nowMs + WINDOW_MS;
    lane.mostCount = lane.count;
    lane.endedCount = 0;
    lane.answeredCount = 0;
    lane.lateCount = 0;
    lane.tightCount = 0;
  }

  #toError(store: StoreDefinition, lane: Lane, nowMs: number): FeatureStoreError {
    const { id, dbType, confId } = store;
    const { abandoned, paceLimit, silentSinceMs } = lane;
    const name = `store ${id} (${dbType}, conf-id ${confId})`;
    const silentMs = silentSinceMs === undefined ? 0 : nowMs - silentSinceMs;
    if (silentMs >= SILENT_FROM_MS) {
      const seconds = (silentMs / 1_000).toFixed(1);
      const text = `${name} has answered nothing for ${seconds} s, and only a few calls may find out whether it does again`;
      return new FeatureStoreError("UNAVAILABLE", text);
    }
    const limit = Math.min(lane.limit, paceLimit);
    const late =
      abandoned.length === 0 ? "" : `, of which ${abandoned.length} are taken by late ones`;
    const bound =
      limit === this.#max
        ? `the limit STORE_MAX_IN_FLIGHT is ${limit}${late}`
        : `calls ${limit === paceLimit ? "take long" : "end late"}, so only ${Math.floor(limit)} are let in for now${late}`;
    return new FeatureStoreError(
      "RESOURCE_EXHAUSTED",
      `${name}: too many calls wait for it: ${bound}`,
    );
  }

  #laneOf({ dbType, confId }: StoreDefinition): Lane {
    const name = `${dbType} ${confId}`;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = {
        labels: { db_type: dbType, conf_id: String(confId) },
        count: 0,
        reservedCount: 0,
        limit: this.#max,
        windowEndMs: 0,
        mostCount: 0,
        endedCount: 0,
        answeredCount: 0,
        lateCount: 0,
        tightCount: 0,
        silentSinceMs: undefined,
        paceSinceMs: 0,
        pacedCount: 0,
        waitedMs: 0,
        budgetMs: 0,
        fastestMs: Number.POSITIVE_INFINITY,
        distanceMs: Number.POSITIVE_INFINITY,
        pace: 0,
        paceLimit: Number.POSITIVE_INFINITY,
        abandoned: [],
      };
      this.#lanes.set(name, lane);
    }
    return lane;
  }
}

function mostOf({ limit, paceLimit }: Lane): number {
  return Math.floor(Math.min(limit, paceLimit));
}

/** Also by late calls. */
function takenOf({ abandoned, count }: Lane): number {
  return count + abandoned.length;
}

function followPace(lane: Lane, nowMs: number): void {
  const { pacedCount, waitedMs, budgetMs, fastestMs } = lane;
  const windowMs = nowMs - lane.paceSinceMs;
  const windows = windowMs / PACE_WINDOW_MS;
  lane.paceSinceMs = nowMs;
  lane.pacedCount = 0;
  lane.waitedMs = 0;
  lane.budgetMs = 0;
  lane.fastestMs = Number.POSITIVE_INFINITY;
  lane.pace = Math.max(lane.pace * PACE_KEPT ** windows, pacedCount / windowMs);
  const longer = DISTANCE_GROWTH ** Math.min(windows, DISTANCE_WINDOWS_MAX);
  lane.distanceMs = Math.min(Math.max(fastestMs, DISTANCE_MIN_MS), lane.distanceMs * longer);
  if (pacedCount < PACE_ANSWERS_MIN * windows) {
    lane.paceLimit *= GROWTH_IN_TIME ** windows;
    return;
  }
  const isSlow = waitedMs / pacedCount >= SLOW_FROM_MS;
  const inTime = lane.pace * usableMs(budgetMs / pacedCount, lane.distanceMs);
  lane.paceLimit = isSlow ? Math.max(SLOW_LIMIT_MIN, inTime) : Number.POSITIVE_INFINITY;
}

/** Of the time that a call has: the way, and a part of the rest. */
function usableMs(budgetMs: number, distanceMs: number): number {
  const usable = distanceMs + (budgetMs - distanceMs) * SLOW_SHARE;
  return Math.min(usable, budgetMs * SLOW_SHARE_MAX);
}
