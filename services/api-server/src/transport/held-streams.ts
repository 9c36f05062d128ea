import {
  constants,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { status } from "@grpc/grpc-js";

/** Why a stream was ended. */
export type StreamFault = "slow-request" | "unread-answer" | "held-bytes" | "stream-queue";

export interface HeldLimits {
  /** For a request to arrive whole. */
  readonly requestTimeoutMs: number;
  /** For an answer to be taken whole by its caller. */
  readonly answerTimeoutMs: number;
  /** Bytes of requests that came, and of answers that have not left, over all streams of one connection. */
  readonly maxConnectionBytes: number;
  /** The same over all connections. */
  readonly maxBytes: number;
}

const MEBIBYTE = 1024 * 1024;

/** Two of the largest answers fit a connection, sixteen the process. */
export const DEFAULT_HELD_LIMITS: HeldLimits = {
  requestTimeoutMs: 30_000,
  answerTimeoutMs: 60_000,
  maxConnectionBytes: 128 * MEBIBYTE,
  maxBytes: 1024 * MEBIBYTE,
};

/** How often the times are looked at; a stream may live that much longer. */
const SWEEP_INTERVAL_MS = 1_000;

/** Calls that are meant to last: their number is limited elsewhere. */
const LASTS = /^\/grpc\.(?:health\.v1\.Health\/Watch$|reflection\.)/;

/** The part of a stream's `write` that is of interest here. */
type Write = (chunk: Uint8Array, ...rest: unknown[]) => boolean;

/** One stream, and what the process holds for it. */
interface Held {
  readonly stream: ServerHttp2Stream;
  readonly session: ServerHttp2Session;
  readonly lasts: boolean;
  readonly startedAtMs: number;
  answeredAtMs: number | undefined;
  bytes: number;
}

/**
 * Bounds what gRPC calls can hold of the process by never ending their request, by sending it a byte at a time, or by not
 * reading the answer: each for itself by time, and all of a connection, and of the process, by bytes.
 */
export class HeldStreams {
  readonly #limits: HeldLimits;
  readonly #onFault: (fault: StreamFault) => void;
  readonly #streams = new Set<Held>();
  readonly #bytesBySession = new Map<ServerHttp2Session, number>();
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;

  constructor(limits: HeldLimits, onFault: (fault: StreamFault) => void) {
    this.#limits = limits;
    this.#onFault = onFault;
    this.#timer = setInterval(() => this.#sweep(performance.now()), SWEEP_INTERVAL_MS);
    this.#timer.unref();
  }

  /** Bytes held now, over all streams. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Call it once grpc-js listens to the stream: it must be the first to decide when data flows. */
  watch(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const { session } = stream;
    if (session === undefined || stream.destroyed) return;
    const held: Held = {
      stream,
      session: session as ServerHttp2Session,
      lasts: LASTS.test(headers[":path"] ?? ""),
      startedAtMs: performance.now(),
      answeredAtMs: undefined,
      bytes: 0,
    };
    this.#streams.add(held);
    stream.on("data", (chunk: Buffer) => this.#hold(held, chunk.length));
    const write = stream.write.bind(stream) as Write;
    const counted: Write = (chunk, ...rest) => {
      const hasRoom = write(chunk, ...rest);
      held.answeredAtMs ??= performance.now();
      if (!held.lasts) this.#hold(held, chunk.length);
      return hasRoom;
    };
    stream.write = counted as ServerHttp2Stream["write"];
    stream.once("close", () => this.#release(held));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #hold(held: Held, sizeBytes: number): void {
    if (!this.#streams.has(held)) return;
    held.bytes += sizeBytes;
    this.#bytes += sizeBytes;
    const ofSession = (this.#bytesBySession.get(held.session) ?? 0) + sizeBytes;
    this.#bytesBySession.set(held.session, ofSession);
    const { maxConnectionBytes, maxBytes } = this.#limits;
    if (ofSession > maxConnectionBytes) {
      this.#end(held, "held-bytes", "the connection holds too many bytes of other calls");
    }
    if (this.#bytes > maxBytes) this.#endLargest();
  }

  #release(held: Held): void {
    if (!this.#streams.delete(held)) return;
    this.#bytes -= held.bytes;
    const left = (this.#bytesBySession.get(held.session) ?? 0) - held.bytes;
    if (left > 0) this.#bytesBySession.set(held.session, left);
    else this.#bytesBySession.delete(held.session);
  }

  /** The connection that holds most is the one to go: the call that came last may be anybody's. */
  #endLargest(): void {
    let largest: ServerHttp2Session | undefined;
    let most = 0;
    for (const [session, bytes] of this.#bytesBySession) {
      if (bytes <= most) continue;
      largest = session;
      most = bytes;
    }
    this.#onFault("held-bytes");
    for (const held of [...this.#streams]) if (held.session === largest) this.#release(held);
    largest?.destroy();
  }

  #sweep(nowMs: number): void {
    const { answerTimeoutMs, requestTimeoutMs } = this.#limits;
    for (const held of [...this.#streams]) {
      if (held.lasts) continue;
      const { stream, answeredAtMs, startedAtMs } = held;
      if (answeredAtMs !== undefined) {
        if (nowMs - answeredAtMs > answerTimeoutMs) this.#end(held, "unread-answer", "");
      } else if (!stream.readableEnded && nowMs - startedAtMs > requestTimeoutMs) {
        this.#end(held, "slow-request", `the request did not arrive within ${requestTimeoutMs} ms`);
      }
    }
  }

  /** With a status where none has been sent yet. What the stream held is free at once. */
  #end(held: Held, fault: StreamFault, message: string): void {
    const { stream } = held;
    this.#release(held);
    this.#onFault(fault);
    if (stream.headersSent || stream.destroyed || stream.closed) {
      stream.destroy();
      return;
    }
    const code = fault === "slow-request" ? status.DEADLINE_EXCEEDED : status.RESOURCE_EXHAUSTED;
    const headers = {
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": String(code),
      "grpc-message": message,
    };
    stream.respond(headers, { endStream: true });
    stream.close(constants.NGHTTP2_NO_ERROR);
  }
}
