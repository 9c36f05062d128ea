import type { Logger } from "@ofs/platform";
import type { LogDamageError } from "./log-errors.ts";
import type { LogEvents } from "./log-events.ts";

/** Damages that are remembered; all are logged. */
const MAX_DAMAGES = 16;

/** Logs what happens to partitions, and remembers what an operator should see. */
export class LogState implements LogEvents {
  /** Why partitions were not written, by `topic/partition`: until they are. */
  readonly refusals = new Map<string, string>();
  readonly damages: LogDamageError[] = [];
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  appended(partition: string): void {
    if (this.refusals.size === 0 || !this.refusals.delete(partition)) return;
    this.#log.info({ partition }, "the embedded log takes records again");
  }

  refused(partition: string, reason: string): void {
    if (!this.refusals.has(partition)) {
      this.#log.error({ partition, reason }, "the embedded log cannot take records");
    }
    this.refusals.set(partition, reason);
  }

  cutOff(partition: string, file: string, sizeBytes: number): void {
    this.#log.warn(
      { partition, file, sizeBytes },
      "the end of a partition was never acknowledged and is cut off",
    );
  }

  damaged(error: LogDamageError): void {
    this.#log.error({ err: error, ...error.place }, "the embedded log is damaged");
    if (this.damages.length < MAX_DAMAGES) this.damages.push(error);
  }
}
