import type { Logger } from "@ofs/platform";

/** Most faults logged one by one for one snapshot. */
const LINES_MAX = 50;

interface Fault {
  readonly path: string;
  readonly reason: string;
  readonly disables: string;
}

/** Logs each fault once, until it changes or is repaired. */
export class FaultLog {
  readonly #log: Logger;
  #reasons: ReadonlyMap<string, string> = new Map();

  constructor(log: Logger) {
    this.#log = log;
  }

  report(faults: readonly Fault[]): void {
    const before = this.#reasons;
    this.#reasons = new Map(faults.map((fault) => [fault.path, fault.reason]));
    const added = faults.filter((fault) => before.get(fault.path) !== fault.reason);
    for (const { path, reason, disables } of added.slice(0, LINES_MAX)) {
      this.#log.warn({ path, reason, disables }, "registry node is faulty");
    }
    if (added.length > LINES_MAX) {
      this.#log.warn({ faultCount: added.length - LINES_MAX }, "more registry nodes are faulty");
    }
    const repaired = [...before.keys()].filter((path) => !this.#reasons.has(path));
    for (const path of repaired.slice(0, LINES_MAX)) {
      this.#log.info({ path }, "registry node is repaired");
    }
  }
}
