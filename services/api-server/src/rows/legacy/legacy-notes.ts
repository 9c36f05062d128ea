import type { Logger } from "@ofs/platform";
import { Counter, type Registry } from "prom-client";

/** Counts what the old API does not tell its callers: reads that failed, rows that were not written. */
export class LegacyNotes {
  readonly #log: Logger;
  readonly #hidden: Counter<"method">;

  constructor(metrics: Registry, log: Logger) {
    this.#log = log;
    this.#hidden = new Counter({
      name: "ofs_row_legacy_hidden_failures_total",
      help: "Failures that the old API reports as success: bulk reads that failed, rows that did not fit.",
      labelNames: ["method"],
      registers: [metrics],
    });
  }

  hidden(path: string, error: unknown): void {
    this.#hidden.inc({ method: path });
    this.#log.warn(
      { err: error, path },
      "a failure was answered as success, as old clients expect",
    );
  }
}
