import { setTimeout as delay } from "node:timers/promises";

/** Tenants that are remembered; the one that was not used for longest goes. */
const TENANTS_MAX = 1_000;

const SECOND_MS = 1_000;

/** Lets each tenant send so many rows a second, on average, in this process. */
export class RateLimit {
  readonly #rowsPerSecond: number | undefined;
  readonly #now: () => number;
  /** By tenant: when all that was let through is due. */
  readonly #dueMs = new Map<string, number>();

  /**
   * @param rowsPerSecond undefined: no limit
   * @param now monotonic milliseconds
   */
  constructor(rowsPerSecond: number | undefined, now: () => number) {
    this.#rowsPerSecond = rowsPerSecond;
    this.#now = now;
  }

  /** Waits until rows may be sent; a batch goes at once if nothing is due, and then the next one waits. */
  async take(tenant: string, rowCount: number, signal: AbortSignal): Promise<void> {
    const waitMs = this.reserve(tenant, rowCount);
    if (waitMs > 0) await delay(waitMs, undefined, { signal });
  }

  /** @returns milliseconds to wait before these rows */
  reserve(tenant: string, rowCount: number): number {
    if (this.#rowsPerSecond === undefined || rowCount === 0) return 0;
    const nowMs = this.#now();
    const fromMs = Math.max(nowMs, this.#dueMs.get(tenant) ?? nowMs);
    this.#dueMs.delete(tenant);
    this.#dueMs.set(tenant, fromMs + (rowCount * SECOND_MS) / this.#rowsPerSecond);
    const [oldest] = this.#dueMs.keys();
    if (this.#dueMs.size > TENANTS_MAX && oldest !== undefined) this.#dueMs.delete(oldest);
    return fromMs - nowMs;
  }
}
