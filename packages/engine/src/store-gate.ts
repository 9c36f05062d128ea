import { FeatureStoreError } from "@ofs/platform";
import type { StoreDefinition } from "@ofs/registry";
import { Counter, Gauge, type Registry } from "prom-client";

/** One store connection, as the gate sees it. */
interface Lane {
  readonly labels: { readonly db_type: string; readonly conf_id: string };
  count: number;
}

/**
 * Bounds the calls that wait for one store connection, reads and writes together, so that a store that has stalled does
 * not hold every call that the process may work on. Calls that share another's read wait like any other.
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
    this.#refused = new Counter({
      name: "ofs_store_refused_total",
      help: "Reads and writes that were refused because too many wait for the store connection.",
      labelNames,
      registers,
    });
  }

  /** Each call that is let in needs one `leave`. @returns RESOURCE_EXHAUSTED, naming the store, if it is full */
  enter(store: StoreDefinition): FeatureStoreError | undefined {
    const lane = this.#laneOf(store);
    if (lane.count >= this.#max) {
      this.#refused.inc(lane.labels);
      return new FeatureStoreError(
        "RESOURCE_EXHAUSTED",
        `store ${store.id} (${store.dbType}, conf-id ${store.confId}): ` +
          `too many calls wait for it: the limit STORE_MAX_IN_FLIGHT is ${this.#max}`,
      );
    }
    lane.count += 1;
    return undefined;
  }

  leave(store: StoreDefinition): void {
    this.#laneOf(store).count -= 1;
  }

  #laneOf({ dbType, confId }: StoreDefinition): Lane {
    const name = `${dbType} ${confId}`;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = { labels: { db_type: dbType, conf_id: String(confId) }, count: 0 };
      this.#lanes.set(name, lane);
    }
    return lane;
  }
}
