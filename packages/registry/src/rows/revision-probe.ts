import { pause } from "../live/backoff.ts";
import { withDeadline } from "../live/deadline.ts";
import type { Revision } from "../model.ts";
import type { RegistrySource } from "../source.ts";

/** Between two questions, in milliseconds: requests with unknown names must not load the source. */
const INTERVAL_MS = 50;

/** How long a question may take, in milliseconds. */
const TIMEOUT_MS = 2_000;

/** Asks a source for its last change: once for all who wait, and not too often. */
export class RevisionProbe {
  readonly #source: RegistrySource;
  readonly #closing = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  /** It has not begun, so more may join it. */
  #next: Promise<Revision | undefined> | undefined;
  #openAtMs = 0;
  #count = 0;
  #failureCount = 0;

  constructor(source: RegistrySource) {
    this.#source = source;
  }

  get count(): number {
    return this.#count;
  }

  get failureCount(): number {
    return this.#failureCount;
  }

  /** @returns the source's last change, as of a moment after this call; undefined if it does not answer. Never rejects */
  ask(): Promise<Revision | undefined> {
    this.#next ??= this.#askNext();
    return this.#next;
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error("the registry is closed"));
    await this.#running;
  }

  async #askNext(): Promise<Revision | undefined> {
    await this.#running;
    await pause(Math.max(0, this.#openAtMs - performance.now()), this.#closing.signal);
    this.#next = undefined;
    const answer = this.#askNow();
    this.#running = answer;
    return answer;
  }

  async #askNow(): Promise<Revision | undefined> {
    this.#count += 1;
    this.#openAtMs = performance.now() + INTERVAL_MS;
    try {
      return await withDeadline(this.#closing.signal, TIMEOUT_MS, (signal) =>
        this.#source.lastChange(signal),
      );
    } catch {
      // Whether the source is away is seen and told by the watch; here it is counted.
      this.#failureCount += 1;
      return undefined;
    }
  }
}
