import type { InvalidationMessage } from "./message.ts";

/** Processes that are followed at once; beyond, the one that was heard longest ago is forgotten. */
const MAX_SENDERS = 10_000;

/** A process that has not been heard for this many ticks is forgotten. */
const FORGET_AFTER_TICKS = 60;

interface Sender {
  readonly sequence: number;
  readonly heardTick: number;
}

/** Whether all messages of a sender have come: `missed` says no, `unknown` that nobody can tell. */
export type Completeness = "complete" | "missed" | "unknown";

/** Remembers, for each other process, the last message that it was heard with. */
export class SenderLog {
  readonly #senders = new Map<string, Sender>();
  #tick = 0;

  /** Takes note of a message, in the order of their arrival. */
  note({ kind, sender, sequence }: InvalidationMessage): Completeness {
    const known = this.#senders.get(sender);
    const last = Math.max(known?.sequence ?? 0, sequence);
    this.#senders.delete(sender);
    if (this.#senders.size >= MAX_SENDERS) this.#forgetOldest();
    this.#senders.set(sender, { sequence: last, heardTick: this.#tick });
    const before = kind === "keys" ? sequence - 1 : sequence;
    if (before <= (known?.sequence ?? 0)) return "complete";
    return known === undefined ? "unknown" : "missed";
  }

  /** Call once a heartbeat interval. */
  tick(): void {
    this.#tick += 1;
    for (const [sender, { heardTick }] of this.#senders) {
      // Ordered by when each was heard.
      if (heardTick + FORGET_AFTER_TICKS > this.#tick) break;
      this.#senders.delete(sender);
    }
  }

  clear(): void {
    this.#senders.clear();
  }

  get size(): number {
    return this.#senders.size;
  }

  #forgetOldest(): void {
    const oldest = this.#senders.keys().next();
    if (!oldest.done) this.#senders.delete(oldest.value);
  }
}
