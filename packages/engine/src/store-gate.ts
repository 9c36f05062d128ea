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
const LATE_MIN_OF_LIMIT = 0.5;

/**
 * Calls that are let in however late all are: they tell when it is over. More, and a store that cannot do as many in time
 * would do none.
 */
const MIN_LIMIT = 2;

/** A call that needed more than this share of its time has nothing to spare: more calls would be late. */
const TIGHT_SHARE = 0.5;

/** Changes of the limit from one window to the next. */
const CUT_WHEN_LATE = 0.6;
const GROWTH_IN_TIME = 1.1;
const GROWTH_WHEN_TIGHT = 1.01;
/** At least, so that a limit of few calls grows, too. */
const LEAST_GROWTH = 0.1;

/** One store connection, as the gate sees it. */
interface Lane {
  readonly labels: { readonly db_type: string; readonly conf_id: string };
  count: number;
  /** Calls that may wait now; not a whole number, so that it can grow by a part of one. */
  limit: number;
  /** In this window: when it ends, the most that waited, how many ended, how many of them late or barely in time. */
  windowEndMs: number;
  mostCount: number;
  endedCount: number;
  lateCount: number;
  tightCount: number;
}

/**
 * Bounds the calls that wait for one store connection, reads and writes together, so that a store that has stalled does
 * not hold every call that the process may work on. Calls that share another's read wait like any other.
 *
 * A store that is slower than it is asked makes every call wait until none is answered in time. So while calls end late
 * (their deadline passes, or their callers leave) fewer are let in, and the others are refused at once. More are let in
 * again while calls have time to spare, and while they have none, slowly: they may be far from their store.
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
        for (const { labels, limit } of lanes.values()) this.set(labels, Math.floor(limit));
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
   * @returns when it was let in, for `leave`; or RESOURCE_EXHAUSTED, naming the store, if there are too many
   */
  enter(store: StoreDefinition): number | FeatureStoreError {
    const lane = this.#laneOf(store);
    const nowMs = performance.now();
    if (nowMs >= lane.windowEndMs) this.#adapt(lane, nowMs);
    if (lane.count >= Math.floor(lane.limit)) {
      this.#refused.inc(lane.labels);
      return this.#refusal(store, lane);
    }
    lane.count += 1;
    lane.mostCount = Math.max(lane.mostCount, lane.count);
    return nowMs;
  }

  /** @param leftMs time that its caller would still have waited; 0 if it ended without an answer for want of time */
  leave(store: StoreDefinition, enteredAtMs: number, leftMs: number): void {
    const lane = this.#laneOf(store);
    lane.count -= 1;
    lane.endedCount += 1;
    const waitedMs = performance.now() - enteredAtMs;
    if (leftMs <= 0 && waitedMs >= LATE_FROM_MS) lane.lateCount += 1;
    else if (waitedMs > (waitedMs + leftMs) * TIGHT_SHARE) lane.tightCount += 1;
  }

  #adapt(lane: Lane, nowMs: number): void {
    const { lateCount, tightCount, endedCount, mostCount } = lane;
    const lateMin = Math.min(LATE_MIN, lane.limit * LATE_MIN_OF_LIMIT);
    if (lateCount >= lateMin && lateCount > endedCount * LATE_SHARE) {
      const waited = Math.min(lane.limit, mostCount);
      lane.limit = Math.min(this.#max, Math.max(MIN_LIMIT, waited * CUT_WHEN_LATE));
    } else if (lane.limit < this.#max && endedCount > 0) {
      const isTight = lateCount + tightCount > endedCount * LATE_SHARE;
      const growth = isTight ? GROWTH_WHEN_TIGHT : GROWTH_IN_TIME;
      const larger = Math.max(lane.limit * growth, lane.limit + LEAST_GROWTH);
      lane.limit = Math.min(this.#max, larger);
    }
    lane.windowEndMs = nowMs + WINDOW_MS;
    lane.mostCount = lane.count;
    lane.endedCount = 0;
    lane.lateCount = 0;
    lane.tightCount = 0;
  }

  #refusal({ id, dbType, confId }: StoreDefinition, { limit }: Lane): FeatureStoreError {
    const bound =
      limit === this.#max
        ? `the limit STORE_MAX_IN_FLIGHT is ${limit}`
        : `calls end late, so only ${Math.floor(limit)} are let in for now`;
    return new FeatureStoreError(
      "RESOURCE_EXHAUSTED",
      `store ${id} (${dbType}, conf-id ${confId}): too many calls wait for it: ${bound}`,
    );
  }

  #laneOf({ dbType, confId }: StoreDefinition): Lane {
    const name = `${dbType} ${confId}`;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = {
        labels: { db_type: dbType, conf_id: String(confId) },
        count: 0,
        limit: this.#max,
        windowEndMs: 0,
        mostCount: 0,
        endedCount: 0,
        lateCount: 0,
        tightCount: 0,
      };
      this.#lanes.set(name, lane);
    }
    return lane;
  }
}
