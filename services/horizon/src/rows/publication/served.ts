import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "@ofs/platform";
import type { RegistrySource, Revision } from "@ofs/registry";

/** How long a change waits for the instances that serve, at most. */
const WAIT_MS_MAX = 1_000;
/** Between looks at what they serve. */
const LOOK_MS = 25;

/** What the instances of the data plane have taken in of the registry. */
export interface Served {
  /** Resolves when all live instances serve the revision, or have had a second for it. Never rejects. */
  waitFor(revision: Revision): Promise<void>;
}

/** Instances that tell their revision in the folder `runtime/applied/`, each under a lease. */
export class AppliedRevisions implements Served {
  readonly #source: RegistrySource;
  readonly #log: Logger;

  /** @param source whose root is that folder */
  constructor(source: RegistrySource, log: Logger) {
    this.#source = source;
    this.#log = log;
  }

  async waitFor(revision: Revision): Promise<void> {
    const timeout = AbortSignal.timeout(WAIT_MS_MAX);
    try {
      for (;;) {
        const { entries } = await this.#source.load(timeout);
        const behind = [...entries].filter(
          ([, value]) => Number(Buffer.from(value).toString()) < revision,
        );
        if (behind.length === 0 || timeout.aborted) return;
        await pause(LOOK_MS, undefined, { signal: timeout });
      }
    } catch (err) {
      // Whether they are quick or not, the change is made.
      this.#log.debug({ err, revision }, "not all instances serve a change yet");
    }
  }
}
