import { AggregatorRegistry, Counter, Gauge, type Registry } from "prom-client";
import type { Series } from "./protocol.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** For a worker to give its metrics; without them the scrape goes on. */
export const COLLECT_TIMEOUT_MS = 1_000;

/** Metrics that only ever grow. */
const CUMULATIVE_TYPES: readonly string[] = ["counter", "histogram"];

export interface HostMetricsOptions {
  /** The primary's own. */
  readonly metrics: Registry;
  readonly workerCount: number;
  workers(): readonly WorkerProcess[];
}

/**
 * The metrics of a primary and its workers as one. Counters and histograms never go back: those of workers that have
 * ended, or do not answer, count as they were last seen.
 */
export class HostMetrics {
  readonly restarts: Counter<"reason">;
  readonly reloads: Counter<"result">;
  readonly busLate: Counter;
  readonly connectionFaults: Counter<"reason">;
  readonly #missed: Counter;
  readonly #options: HostMetricsOptions;
  #retired: readonly Series[] = [];
  #scraping: Promise<string> | undefined;

  constructor(options: HostMetricsOptions) {
    this.#options = options;
    const registers = [options.metrics];
    const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
      new Counter({ name: `ofs_worker_${name}_total`, help, labelNames, registers });
    this.restarts = counter("restarts", "Workers started in place of others, by why those ended.", [
      "reason",
    ]);
    this.reloads = counter("reloads", "Rolling restarts: done, or stopped half way.", ["result"]);
    this.busLate = counter("bus_late", "Messages that a worker did not see in time.");
    this.connectionFaults = counter(
      "connection_faults",
      "Connections closed without a worker: full, late (none came up), overflow, lost.",
      ["reason"],
    );
    this.#missed = counter("scrapes_missed", "Workers that did not give their metrics in time.");
    new Gauge({
      name: "ofs_workers_configured",
      help: "Workers that there should be.",
      registers,
      collect() {
        this.set(options.workerCount);
      },
    });
    new Gauge({
      name: "ofs_workers",
      help: "Workers by state: starting, open (not ready), ready, draining.",
      labelNames: ["state"],
      registers,
      collect() {
        for (const state of ["starting", "open", "ready", "draining"]) this.set({ state }, 0);
        for (const { state } of options.workers()) this.inc({ state });
      },
    });
  }

  get contentType(): string {
    return this.#options.metrics.contentType;
  }

  /** The sum of everything as text. Scrapes at the same time share one. */
  scrape(): Promise<string> {
    this.#scraping ??= this.#scrape().finally(() => {
      this.#scraping = undefined;
    });
    return this.#scraping;
  }

  /** Keeps what a worker that has ended has counted. */
  retire({ lastSeries }: WorkerProcess): void {
    const merged = AggregatorRegistry.aggregate([this.#retired, cumulative(lastSeries)]);
    // An aggregate holds its metrics together with their values.
    this.#retired = (merged.getMetricsAsArray() as unknown as Series[]).map(
      ({ name, help, type, aggregator, values }) => ({ name, help, type, aggregator, values }),
    );
  }

  async #scrape(): Promise<string> {
    const workers = this.#options.workers().filter((worker) => worker.isReachable);
    const collected = await Promise.all(workers.map((worker) => this.#collect(worker)));
    const own = await this.#options.metrics.getMetricsAsJSON();
    return AggregatorRegistry.aggregate([own, ...collected, this.#retired]).metrics();
  }

  async #collect(worker: WorkerProcess): Promise<Series[]> {
    try {
      return [...(await worker.collect(COLLECT_TIMEOUT_MS))];
    } catch {
      this.#missed.inc();
      return cumulative(worker.lastSeries);
    }
  }
}

function cumulative(series: readonly Series[]): Series[] {
  return series.filter(({ type }) => CUMULATIVE_TYPES.includes(String(type)));
}
