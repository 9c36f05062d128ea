import type { Logger } from "../logger.ts";

/** For a worker to see a message of another before the sender goes on without it. */
export const DELIVERY_TIMEOUT_MS = 100;

/** Who gets messages. */
export interface BusTarget {
  readonly slot: number;
  /** Whether it is worth waiting for; set to false by a message that it does not see in time. */
  isResponsive: boolean;
  deliver(message: object, timeoutMs: number): Promise<void>;
}

/** The primary's part of the bus: passes messages on, and knows when everybody has seen them. */
export class BusHub {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /**
   * @param targets all but the sender
   * @returns how many have not seen the message in time; those known to be slow are sent it, but not waited for
   */
  async publish(targets: readonly BusTarget[], message: object): Promise<number> {
    const seen = await Promise.all(targets.map((target) => this.#deliver(target, message)));
    return seen.filter((isSeen) => !isSeen).length;
  }

  /** Never rejects. */
  async #deliver(target: BusTarget, message: object): Promise<boolean> {
    const wasResponsive = target.isResponsive;
    const delivered = target.deliver(message, DELIVERY_TIMEOUT_MS).then(
      () => true,
      (err: unknown) => {
        if (target.isResponsive) {
          this.#log.warn({ err, slot: target.slot }, "a worker keeps the others waiting");
        }
        target.isResponsive = false;
        return false;
      },
    );
    return wasResponsive ? delivered : false;
  }
}
