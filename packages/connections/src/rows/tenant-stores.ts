import type { CheckResult, Logger } from "@ofs/platform";
import type { RowStore } from "@ofs/store";
import { Counter, Gauge, type Registry } from "prom-client";
import { BackendMonitor } from "../backend-monitor.ts";
import { BoundedRowStore } from "./bounded-row-store.ts";

export interface TenantStoresOptions {
  /**
   * Makes the store of a tenant; it may connect when it is pinged.
   *
   * @returns undefined where the tenant has no connection
   */
  open(tenant: string): RowStore | undefined;
  /** Calls that wait for one tenant's store at once. */
  readonly maxInFlight: number;
  readonly log: Logger;
  readonly metrics: Registry;
}

interface Opened {
  readonly store: BoundedRowStore;
  /** Tries again and again to reach it. */
  readonly monitor: BackendMonitor;
}

/** The stores of tenants, each opened when it is first asked for. */
export class TenantStores {
  readonly #options: TenantStoresOptions;
  readonly #opened = new Map<string, Opened>();
  readonly #closing = new Set<Promise<void>>();

  constructor(options: TenantStoresOptions) {
    this.#options = options;
    this.#registerMetrics(options.metrics);
  }

  /** @returns undefined where the tenant has no connection */
  storeOf(tenant: string): RowStore | undefined {
    const opened = this.#opened.get(tenant);
    return opened === undefined ? this.#open(tenant) : opened.store;
  }

  /** Closes the stores of all other tenants, once what is under way on them has ended. */
  retain(tenants: ReadonlySet<string>): void {
    for (const [tenant, opened] of this.#opened) {
      if (tenants.has(tenant)) continue;
      this.#opened.delete(tenant);
      this.#options.log.info({ tenant }, "no feature group uses the tenant's store any more");
      const closed = this.#retire(tenant, opened).finally(() => this.#closing.delete(closed));
      this.#closing.add(closed);
    }
  }

  /** By tenant: whether its store answered last time. A tenant that nobody has asked for is not there. */
  states(): ReadonlyMap<string, boolean> {
    const states = [...this.#opened].map(
      ([tenant, { monitor }]) => [tenant, isUp(monitor)] as const,
    );
    return new Map(states);
  }

  /** Stores that do not answer are a warning: what other tenants have is served. */
  check(): CheckResult {
    const detail: Record<string, unknown> = {};
    let areAllUp = true;
    for (const [tenant, { monitor }] of this.#opened) {
      const [status] = monitor.statuses();
      const { state, error } = status ?? {};
      detail[tenant] = error === undefined ? { state } : { state, error };
      areAllUp &&= state === "up";
    }
    return { status: areAllUp ? "ok" : "warning", detail };
  }

  /** Closes all of them, whatever happens to each. @throws {AggregateError} */
  async close(): Promise<void> {
    const opened = [...this.#opened.values()];
    this.#opened.clear();
    const closes = opened.map(async ({ monitor, store }) => {
      await monitor.close();
      await store.close();
    });
    const outcomes = await Promise.allSettled([...closes, ...this.#closing]);
    const faults = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason as Error] : [],
    );
    if (faults.length > 0) throw new AggregateError(faults, "some tenants could not be closed");
  }

  #open(tenant: string): RowStore | undefined {
    const { open, maxInFlight, log } = this.#options;
    const made = open(tenant);
    if (made === undefined) return undefined;
    const store = new BoundedRowStore(made, tenant, maxInFlight);
    const backend = { name: `tenant ${tenant}`, isRequired: false, ping: () => store.ping() };
    const monitor = new BackendMonitor([backend], log);
    this.#opened.set(tenant, { store, monitor });
    monitor.start();
    return store;
  }

  /** Never rejects. */
  async #retire(tenant: string, { store, monitor }: Opened): Promise<void> {
    try {
      await monitor.close();
      await store.whenIdle();
      await store.close();
    } catch (err) {
      this.#options.log.warn({ err, tenant }, "the tenant's store could not be closed");
    }
  }

  #registerMetrics(metrics: Registry): void {
    const opened = this.#opened;
    const registers = [metrics];
    new Gauge({
      name: "ofs_row_store_in_flight",
      help: "Reads, writes and scans that wait for a tenant's store.",
      labelNames: ["tenant"],
      registers,
      collect() {
        this.reset();
        for (const [tenant, { store }] of opened) this.set({ tenant }, store.count);
      },
    });
    new Counter({
      name: "ofs_row_store_refused_total",
      help: "Reads, writes and scans that were refused because too many wait for the tenant's store.",
      labelNames: ["tenant"],
      registers,
      collect() {
        this.reset();
        for (const [tenant, { store }] of opened) this.inc({ tenant }, store.refusedCount);
      },
    });
  }
}

function isUp(monitor: BackendMonitor): boolean {
  return monitor.statuses().every(({ state }) => state === "up");
}
