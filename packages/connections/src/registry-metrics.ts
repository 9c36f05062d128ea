import type { Registry, RegistryCounters } from "@ofs/registry";
import { type Aggregator, Counter, Gauge, type Registry as MetricsRegistry } from "prom-client";

const EVENTS = {
  swapCount: "swap",
  listCount: "list",
  listFailureCount: "list-failure",
  gapCount: "gap",
  disconnectCount: "disconnect",
  changeCount: "change",
  refreshCount: "refresh",
  fileWriteCount: "file-write",
  fileFailureCount: "file-failure",
  listenerFailureCount: "listener-failure",
} as const satisfies Record<keyof RegistryCounters, string>;

/** How current and how healthy the registry is that this process serves from. */
export class RegistryMetrics {
  readonly #metrics: MetricsRegistry;
  #swappedAtMs: number | undefined;

  /** @param registry the open registry; undefined while it is being opened */
  constructor(metrics: MetricsRegistry, registry: () => Registry | undefined) {
    this.#metrics = metrics;
    const text = "Revision of the registry that is served; of several processes, the oldest.";
    this.#gauge("revision", text, "min", () => registry()?.revision);
    this.#gauge("live", "1 while changes of the registry arrive.", "min", () =>
      registry()?.status().isLive ? 1 : 0,
    );
    this.#gauge("age_seconds", "Since the registry last changed here.", "max", () =>
      this.#swappedAtMs === undefined ? undefined : (Date.now() - this.#swappedAtMs) / 1000,
    );
    this.#registerFaults(registry);
    this.#registerEvents(registry);
  }

  /** A new snapshot is served from now on. */
  swapped(): void {
    this.#swappedAtMs = Date.now();
  }

  /** @param aggregator how the values of several processes become one */
  #gauge(name: string, help: string, aggregator: Aggregator, read: () => number | undefined): void {
    new Gauge({
      name: `ofs_registry_${name}`,
      help,
      aggregator,
      registers: [this.#metrics],
      collect() {
        this.set(read() ?? 0);
      },
    });
  }

  #registerFaults(registry: () => Registry | undefined): void {
    new Gauge({
      name: "ofs_registry_faults",
      help: "Broken nodes of the registry, by what does not serve because of them.",
      labelNames: ["disables"],
      aggregator: "max",
      registers: [this.#metrics],
      collect() {
        this.reset();
        for (const { disables } of registry()?.status().faults ?? []) this.inc({ disables });
      },
    });
  }

  #registerEvents(registry: () => Registry | undefined): void {
    new Counter({
      name: "ofs_registry_events_total",
      help: "What happened to the registry's connection, since the start.",
      labelNames: ["event"],
      registers: [this.#metrics],
      collect() {
        const counters = registry()?.status().counters;
        this.reset();
        if (counters === undefined) return;
        for (const [name, event] of Object.entries(EVENTS)) {
          this.inc({ event }, counters[name as keyof RegistryCounters]);
        }
      },
    });
  }
}
