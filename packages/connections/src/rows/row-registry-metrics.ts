import type { RowRegistry } from "@ofs/registry";
import { type Aggregator, Gauge, type Registry } from "prom-client";

/** How current and how healthy the row dialect's registry is that this process serves from. */
export function registerRowRegistryMetrics(
  metrics: Registry,
  registry: () => RowRegistry | undefined,
): void {
  const gauge = (
    name: string,
    help: string,
    aggregator: Aggregator,
    read: (open: RowRegistry) => number,
  ): Gauge =>
    new Gauge({
      name: `ofs_row_registry_${name}`,
      help,
      aggregator,
      registers: [metrics],
      collect() {
        const open = registry();
        if (open !== undefined) this.set(read(open));
      },
    });
  const text = "Revision of the row registry that is served; of several processes, the oldest.";
  gauge("revision", text, "min", (open) => open.revision);
  gauge("live", "1 while changes of the row registry arrive.", "min", (open) =>
    open.status().isLive ? 1 : 0,
  );
  gauge(
    "faults",
    "Objects of the row registry that cannot be served.",
    "max",
    (open) => open.status().faults.length,
  );
}
