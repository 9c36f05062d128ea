import { FeatureStoreError } from "@ofs/platform";
import type { StoreDefinition } from "@ofs/registry";
import { Counter, Gauge, type Registry } from "prom-client";

/** What was seen of a connection is looked at as often. */
const WINDOW_MS = 250;

/** Calls that ended sooner say nothing of the store: their callers were in a hurry. */
const LATE_FROM_MS = 100;

/** Share of late calls from which on fewer are let in, and how many there must be: a few say nothing of many. */
const LATE_SHARE = 0.1;
const LATE_MIN = 8;

/** Calls that are let in however late all are: they tell when it is over. */
const MIN_LIMIT = 16;

/** Changes of the limit from one window to the next. */
const CUT_WHEN_LATE = 0.7;
const GROWTH_IN_TIME = 1.1;

/** One store connection, as the gate sees it. */
interface Lane {
  readonly labels: { readonly db_type: string; readonly conf_id: string };
  count: number;
  /** Calls that may wait now. */
  limit: number;
  /** In this window: when it ends, the most that waited, how many ended, how many of them late. */
  windowEndMs: number;
  mostCount: number;
  endedCount: number;
  lateCount: number;
}

/**
 * Bounds the calls that wait for one store connection, reads and writes together, so that a store that has stalled does
 * not hold every call that the process may work on. Calls that share another's read wait like any other.
 *
 * A store that is slower than it is asked makes every call wait until none is answered in time. So while calls end late
 * (their deadline passes, or their callers leave) fewer are let in, and the others are refused at once.
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
        for (const { labels, limit } of lanes.values()) this.set(labels, limit);
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
    if (lane.count >= lane.limit) {
      this.#refused.inc(lane.labels);
      return this.#refusal(store, lane);
    }
    lane.count += 1;
    lane.mostCount = Math.max(lane.mostCount, lane.count);
    return nowMs;
  }

  /** @param isLate whether it ended without an answer, because it had waited too long for its caller */
  leave(store: StoreDefinition, enteredAtMs: number, isLate: boolean): void {
    const lane = this.#laneOf(store);
    lane.count -= 1;
    lane.endedCount += 1;
    if (isLate && performance.now() - enteredAtMs >= LATE_FROM_MS) lane.lateCount += 1;
  }

  #adapt(lane: Lane, nowMs: number): void {
    const { lateCount, endedCount, mostCount } = lane;
    if (lateCount >= LATE_MIN && lateCount > endedCount * LATE_SHARE) {
      const waited = Math.min(lane.limit, mostCount);
      lane.limit = Math.min(this.#max, Math.max(MIN_LIMIT, Math.floor(waited * CUT_WHEN_LATE)));
    } else if (lane.limit < this.#max && endedCount > 0) {
      lane.limit = Math.min(this.#max, Math.ceil(lane.limit * GROWTH_IN_TIME));
    }
    lane.windowEndMs = nowMs + WINDOW_MS;
    lane.mostCount = lane.count;
    lane.endedCount = 0;
    lane.lateCount = 0;
  }

  #refusal({ id, dbType, confId }: StoreDefinition, { limit }: Lane): FeatureStoreError {
    const bound =
      limit === this.#max
        ? `the limit STORE_MAX_IN_FLIGHT is ${limit}`
        : `calls end late, so only ${limit} are let in for now`;
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
      };
      this.#lanes.set(name, lane);
    }
    return lane;
  }
}
