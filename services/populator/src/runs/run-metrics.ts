import type { Logger } from "@ofs/platform";
import { Gauge, type Registry } from "prom-client";
import type { RunStore } from "../store/run-store.ts";

/**
 * Tells how many runs the fleet has, by state. Every process tells the same, as the database has it; while that is away
 * nothing is told, rather than 0.
 */
export function registerRunMetrics(
  registry: Registry,
  runs: Pick<RunStore, "countByState">,
  log: Logger,
): void {
  new Gauge({
    name: "ofs_populator_runs",
    help: "Runs of the whole fleet by state; each process tells all of them.",
    labelNames: ["state"],
    registers: [registry],
    async collect() {
      this.reset();
      try {
        for (const [state, count] of await runs.countByState()) this.set({ state }, count);
      } catch (err) {
        log.debug({ err }, "runs cannot be counted");
      }
    },
  });
}
