import type { Socket } from "node:net";
import type { SeededRandom } from "../random.ts";
import { type FlowFault, paceOf } from "./tcp-fault.ts";

/** Bytes that a pipe holds back; then it stops reading, and the sender feels it. A long way holds more than a narrow one. */
const QUEUE_BYTES_MAX = 256 * 1024;
const DELAYED_BYTES_MAX = 64 * 1024 * 1024;
const BITS = 8;

interface Piece {
  readonly bytes: Buffer;
  readonly arrivedMs: number;
  /** Which share of the jitter it gets: 0 to 1. */
  readonly jitter: number;
}

export interface PipeEnds {
  readonly source: Socket;
  readonly sink: Socket;
  readonly random: SeededRandom;
  /** The pipe tore the connection on purpose. */
  readonly cut: () => void;
  readonly count: (sizeBytes: number) => void;
}

/** Carries bytes from one socket to another, in order, subject to a fault that may change at any time. */
export class TcpPipe {
  readonly #ends: PipeEnds;
  readonly #queue: Piece[] = [];
  #queuedBytes = 0;
  #fault: FlowFault | undefined;
  /** How the source ended, once it did. */
  #ending: "end" | "reset" | undefined;
  /** A connection that met a half-open fault stays dead, whatever happens. */
  #isDead = false;
  #timer: NodeJS.Timeout | undefined;
  #isSinkFull = false;
  /** When the next paced bytes may go. */
  #nextMs = 0;
  /** Forwarded since the fault began. */
  #faultBytes = 0;

  constructor(ends: PipeEnds) {
    this.#ends = ends;
    const { source, sink } = ends;
    source.on("data", (bytes: Buffer) => this.#take(bytes));
    source.once("end", () => this.#finish("end"));
    source.on("error", () => this.#finish("reset"));
    sink.on("drain", () => {
      this.#isSinkFull = false;
      this.#pump();
    });
  }

  setFault(fault: FlowFault | undefined): void {
    if (fault === this.#fault || this.#isDead) return;
    this.#fault = fault;
    this.#faultBytes = 0;
    this.#nextMs = 0;
    if (fault?.kind === "halfOpen") this.close();
    else this.#pump();
  }

  /** From now on nothing passes, neither bytes nor an end. */
  close(): void {
    this.#isDead = true;
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#ends.source.resume();
  }

  get #maxQueuedBytes(): number {
    return this.#fault?.kind === "delay" ? DELAYED_BYTES_MAX : QUEUE_BYTES_MAX;
  }

  #take(bytes: Buffer): void {
    if (this.#isDead) return;
    const jitter = this.#ends.random.next();
    this.#queue.push({ bytes, arrivedMs: performance.now(), jitter });
    this.#queuedBytes += bytes.length;
    if (this.#queuedBytes >= this.#maxQueuedBytes) this.#ends.source.pause();
    this.#pump();
  }

  #finish(ending: "end" | "reset"): void {
    if (this.#ending === "reset") return;
    this.#ending = ending;
    this.#pump();
  }

  /** Forwards all that may go now, and comes back when more may. */
  #pump(): void {
    clearTimeout(this.#timer);
    while (this.#queue.length > 0) {
      const waitMs = this.#waitMs();
      if (waitMs === undefined) return;
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#pump(), Math.ceil(waitMs));
        return;
      }
      this.#forward();
    }
    this.#forwardEnd();
  }

  /** @returns milliseconds until the first piece may go; `undefined`: not before something changes */
  #waitMs(): number | undefined {
    const fault = this.#fault;
    const [piece] = this.#queue;
    if (piece === undefined || fault?.kind === "stall") return undefined;
    if (this.#isSinkFull) return undefined;
    if (fault?.kind === "delay") {
      const lateMs = fault.ms + (fault.jitterMs ?? 0) * piece.jitter;
      return piece.arrivedMs + lateMs - performance.now();
    }
    return this.#nextMs - performance.now();
  }

  #forward(): void {
    const { sink, source, count } = this.#ends;
    const bytes = this.#corrupted(this.#next());
    this.#faultBytes += bytes.length;
    if (bytes.length > 0 && sink.writable) {
      count(bytes.length);
      this.#isSinkFull = !sink.write(bytes);
    }
    if (this.#queuedBytes < this.#maxQueuedBytes) source.resume();
    const fault = this.#fault;
    if (fault?.kind === "cut" && this.#faultBytes >= fault.afterBytes) this.#ends.cut();
  }

  /** Takes from the queue what the fault lets pass at once. */
  #next(): Buffer {
    const piece = this.#queue[0] as Piece;
    const size = Math.min(piece.bytes.length, this.#sizeMax());
    const bytes = piece.bytes.subarray(0, size);
    this.#queuedBytes -= size;
    if (size === piece.bytes.length) this.#queue.shift();
    else this.#queue[0] = { ...piece, bytes: piece.bytes.subarray(size) };
    return bytes;
  }

  #sizeMax(): number {
    if (this.#fault?.kind === "cut") return this.#fault.afterBytes - this.#faultBytes;
    const pace = paceOf(this.#fault);
    if (pace === undefined) return Number.POSITIVE_INFINITY;
    // Timers are late: a tick counts from when the last one was due, unless that is long ago.
    const now = performance.now();
    const isBehind = this.#nextMs < now - pace.everyMs;
    this.#nextMs = (isBehind ? now : this.#nextMs) + pace.everyMs;
    return pace.bytes;
  }

  #corrupted(bytes: Buffer): Buffer {
    if (this.#fault?.kind !== "corrupt") return bytes;
    const { everyBytes } = this.#fault;
    const changed = Buffer.from(bytes);
    const first = everyBytes - 1 - (this.#faultBytes % everyBytes);
    for (let at = first; at < changed.length; at += everyBytes) {
      changed[at] = (changed[at] ?? 0) ^ (1 << this.#ends.random.integer(0, BITS - 1));
    }
    return changed;
  }

  #forwardEnd(): void {
    if (this.#ending === undefined || this.#isDead || this.#fault?.kind === "stall") return;
    const { sink } = this.#ends;
    if (this.#ending === "reset") sink.resetAndDestroy();
    else sink.end();
  }
}
