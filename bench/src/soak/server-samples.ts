import type { Fleet } from "../../../services/api-server/test/model/fleet.ts";
import type { Point } from "./statistics.ts";

/** What is watched of the server, as its `/metrics` call it. */
const METRICS = {
  rssBytes: "process_resident_memory_bytes",
  heapUsedBytes: "nodejs_heap_size_used_bytes",
  externalBytes: "nodejs_external_memory_bytes",
  handles: "nodejs_active_handles_total",
  lagP99Seconds: "nodejs_eventloop_lag_p99_seconds",
} as const;

export type SampledFigure = keyof typeof METRICS;
export type Samples = Readonly<Record<SampledFigure, Point[]>>;

/** Asks a server for its own figures, again and again. */
export class ServerSampler {
  readonly samples: Samples = {
    rssBytes: [],
    heapUsedBytes: [],
    externalBytes: [],
    handles: [],
    lagP99Seconds: [],
  };
  readonly #fleet: Fleet;
  readonly #startedAt = performance.now();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** @throws {Error} if a figure is missing */
  async sample(): Promise<void> {
    const text = await this.#fleet.metrics(0);
    const seconds = (performance.now() - this.#startedAt) / 1000;
    for (const [figure, metric] of Object.entries(METRICS)) {
      const line = new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(text);
      if (line === null) throw new Error(`the server's metrics lack ${metric}`);
      this.samples[figure as SampledFigure].push({ seconds, value: Number(line[1]) });
    }
  }
}
