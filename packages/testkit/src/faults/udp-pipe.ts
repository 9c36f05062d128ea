import type { SeededRandom } from "../random.ts";

/** Datagrams held back by a delay, per client and direction; more are lost, as in a full router. */
const HELD_MAX = 10_000;
/** A datagram that waits for a later one to overtake it goes on alone after this. */
const OVERTAKE_WAIT_MS = 50;
const BITS = 8;

/** Fates of datagrams; a share is between 0 and 1, and each datagram draws for each fate. */
export interface UdpFaults {
  readonly dropShare?: number;
  readonly duplicateShare?: number;
  /** The next datagram overtakes it (or it comes 50 ms late). */
  readonly reorderShare?: number;
  /** One random bit is flipped. */
  readonly corruptShare?: number;
  /** Cut at a random length below its own; may be empty. */
  readonly truncateShare?: number;
  readonly delayMs?: number;
  /** A random share of it is added to the delay, so that datagrams overtake each other. */
  readonly jitterMs?: number;
}

/** @throws {RangeError} naming the field and value that make no sense */
export function assertUdpFaults(faults: UdpFaults): void {
  for (const [name, value] of Object.entries(faults) as [string, unknown][]) {
    const most = name.endsWith("Share") ? 1 : Number.MAX_SAFE_INTEGER;
    if (typeof value !== "number" || !(value >= 0 && value <= most)) {
      throw new RangeError(`${name} must be between 0 and ${most}, not ${value}`);
    }
  }
}

export interface UdpPipeOptions {
  readonly faults: () => UdpFaults;
  readonly random: SeededRandom;
  readonly send: (bytes: Uint8Array) => void;
}

/** Carries datagrams one way. */
export class UdpPipe {
  readonly #options: UdpPipeOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #waiting: { readonly bytes: Uint8Array; readonly timer: NodeJS.Timeout } | undefined;
  #isClosed = false;

  constructor(options: UdpPipeOptions) {
    this.#options = options;
  }

  take(bytes: Uint8Array): void {
    const faults = this.#options.faults();
    if (this.#draws(faults.dropShare)) return;
    const changed = this.#truncated(this.#corrupted(bytes, faults), faults);
    this.#order(changed, faults);
    if (this.#draws(faults.duplicateShare)) this.#later(changed, faults);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    clearTimeout(this.#waiting?.timer);
    this.#waiting = undefined;
  }

  #order(bytes: Uint8Array, faults: UdpFaults): void {
    if (this.#waiting === undefined && this.#draws(faults.reorderShare)) {
      const timer = setTimeout(() => this.#release(faults), OVERTAKE_WAIT_MS);
      this.#waiting = { bytes, timer };
      return;
    }
    this.#later(bytes, faults);
    this.#release(faults);
  }

  #release(faults: UdpFaults): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.#waiting = undefined;
    this.#later(waiting.bytes, faults);
  }

  #later(bytes: Uint8Array, { delayMs = 0, jitterMs = 0 }: UdpFaults): void {
    const lateMs = delayMs + jitterMs * (jitterMs > 0 ? this.#options.random.next() : 0);
    if (this.#isClosed) return;
    if (lateMs === 0) {
      this.#options.send(bytes);
      return;
    }
    if (this.#timers.size >= HELD_MAX) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#options.send(bytes);
    }, lateMs);
    this.#timers.add(timer);
  }

  #corrupted(bytes: Uint8Array, { corruptShare }: UdpFaults): Uint8Array {
    if (bytes.length === 0 || !this.#draws(corruptShare)) return bytes;
    const { random } = this.#options;
    const changed = Uint8Array.from(bytes);
    const at = random.integer(0, changed.length - 1);
    changed[at] = (changed[at] ?? 0) ^ (1 << random.integer(0, BITS - 1));
    return changed;
  }

  #truncated(bytes: Uint8Array, { truncateShare }: UdpFaults): Uint8Array {
    if (bytes.length === 0 || !this.#draws(truncateShare)) return bytes;
    return bytes.subarray(0, this.#options.random.integer(0, bytes.length - 1));
  }

  #draws(share: number | undefined): boolean {
    return share !== undefined && share > 0 && this.#options.random.next() < share;
  }
}
