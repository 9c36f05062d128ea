import type { InvalidationChannel, InvalidationListener } from "@ofs/cache";
import type { WorkerBus } from "@ofs/platform";
import { Counter, type Registry } from "prom-client";
import { z } from "zod";

const KEYS = z.array(z.string());

/** Keys of one message; more go in several. */
const MAX_KEYS_PER_MESSAGE = 10_000;

interface Batch {
  readonly keys: string[];
  readonly sent: Promise<void>;
}

/**
 * Tells the other workers of this host which keys were written, and waits until they have dropped them, for 100 ms at
 * most. What is published in one turn of the event loop goes in one message.
 */
export class WorkerInvalidationChannel implements InvalidationChannel {
  readonly #bus: WorkerBus;
  readonly #late: Counter;
  #batch: Batch | undefined;

  constructor(bus: WorkerBus, metrics: Registry) {
    this.#bus = bus;
    this.#late = new Counter({
      name: "ofs_worker_invalidations_late_total",
      help: "Messages about written keys that a worker of this host did not see in time.",
      registers: [metrics],
    });
  }

  /** @throws {FeatureStoreError} if the primary did not pass the keys on */
  publish(keys: readonly string[]): Promise<void> {
    if (this.#batch === undefined) {
      const gathered: string[] = [];
      const sent = new Promise<void>((turn) => setImmediate(turn)).then(() => this.#send(gathered));
      this.#batch = { keys: gathered, sent };
    }
    for (const key of keys) this.#batch.keys.push(key);
    return this.#batch.sent;
  }

  subscribe(listener: InvalidationListener): void {
    this.#bus.subscribe((payload) => listener.invalidate(KEYS.parse(payload)));
  }

  /** Sends what has been published. */
  async close(): Promise<void> {
    // Whoever published it hears of its failure.
    await this.#batch?.sent.catch(() => undefined);
  }

  async #send(keys: readonly string[]): Promise<void> {
    this.#batch = undefined;
    for (let from = 0; from < keys.length; from += MAX_KEYS_PER_MESSAGE) {
      const { lateCount } = await this.#bus.publish(keys.slice(from, from + MAX_KEYS_PER_MESSAGE));
      if (lateCount > 0) this.#late.inc(lateCount);
    }
  }
}
