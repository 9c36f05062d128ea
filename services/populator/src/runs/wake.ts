import { setTimeout as delay } from "node:timers/promises";

/** Pauses that something new ends early. */
export class Wake {
  #ending = new AbortController();

  /** Ends all pauses under way. */
  kick(): void {
    this.#ending.abort();
    this.#ending = new AbortController();
  }

  /** Never rejects. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const until = AbortSignal.any([signal, this.#ending.signal]);
    await delay(ms, undefined, { signal: until }).catch(() => undefined);
  }
}
