import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { FrontFault } from "./front-options.ts";
import { CANCEL } from "./http2/constants.ts";
import { Session, type SessionHost, type SessionLink } from "./http2/session.ts";

/** For a peer to answer the ping that goes with the first GOAWAY; then the second follows anyway. */
const DRAIN_ANSWER_MS = 1_000;

/** How much longer than others a connection may live, at most. */
const AGE_JITTER = 0.1;

/** The socket of one session: what it sends and receives, and the times that are up. */
export class Connection implements SessionLink {
  readonly session: Session;
  readonly #socket: Duplex;
  readonly #host: SessionHost;
  /** Whether nobody but the system gets to see what is written. */
  readonly #isSystemSocket: boolean;
  readonly #openedAtMs: number;
  readonly #maxAgeMs: number;
  #receivedAtMs: number;
  #pingedAtMs = Number.NaN;
  #announcedAtMs = Number.NaN;
  #endedAtMs = Number.NaN;
  #idleSinceMs: number;
  #lastStreamId = 0;
  #writtenBytes = 0;
  #movedBytes = 0;
  #movedAtMs: number;
  #isPaused = false;
  #isEnded = false;
  #isAging = false;

  constructor(socket: Duplex, host: SessionHost, nowMs: number) {
    this.#socket = socket;
    this.#host = host;
    this.#isSystemSocket = socket instanceof Socket && !(socket instanceof TLSSocket);
    this.#openedAtMs = nowMs;
    this.#receivedAtMs = nowMs;
    this.#idleSinceMs = nowMs;
    this.#movedAtMs = nowMs;
    this.#maxAgeMs = host.limits.maxConnectionAgeMs * (1 + Math.random() * AGE_JITTER);
    this.session = new Session(host, this, nowMs);
  }

  /** @param onClosed called once, when nothing is left of the connection */
  start(onClosed: () => void): void {
    const socket = this.#socket;
    socket.on("error", ignore);
    socket.once("close", () => {
      this.session.close();
      onClosed();
    });
    if (socket.destroyed) {
      socket.emit("close");
      return;
    }
    socket.on("drain", () => this.#onDrain());
    socket.on("end", () => {
      this.session.close();
      this.end();
    });
    this.session.start();
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.resume();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  hasRoom(): boolean {
    return this.#socket.writableLength < this.#host.limits.maxWriteQueueBytes;
  }

  write(bytes: Buffer): boolean {
    const socket = this.#socket;
    if (!socket.writable) return true;
    this.#writtenBytes += bytes.length;
    // What waits already waits in memory of its own: the memory that is reused is large.
    const mustCopy = !this.#isSystemSocket || socket.writableLength > 0;
    socket.write(mustCopy ? Buffer.from(bytes) : bytes);
    if (!this.hasRoom() && !this.#isPaused) {
      this.#isPaused = true;
      socket.pause();
    }
    return mustCopy || socket.writableLength === 0;
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#endedAtMs = performance.now();
    this.#socket.end();
    // What the peer sends is read to its end: a connection with unread bytes would be reset, and our last words lost.
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** See `Session.announceDrain`. */
  announceDrain(): void {
    if (Number.isNaN(this.#announcedAtMs)) this.#announcedAtMs = performance.now();
    this.session.run(() => this.session.announceDrain());
  }

  #receive(chunk: Buffer): void {
    const nowMs = performance.now();
    this.#receivedAtMs = nowMs;
    try {
      this.session.receive(chunk, nowMs);
    } catch (error) {
      // It guards itself; this is for what its guard does not hold.
      this.#host.onUnexpected(error);
      this.#cut("internal");
    }
  }

  #onDrain(): void {
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#socket.resume();
    }
    if (!this.session.sender.isIdle) this.session.run(nothing);
  }

  /** Looks at all times of this connection. */
  sweep(nowMs: number): void {
    const { session } = this;
    if (this.#sweepWrites(nowMs)) return;
    if (this.#isEnded) {
      if (nowMs - this.#endedAtMs > this.#host.limits.lingerMs) this.destroy();
      return;
    }
    session.nowMs = nowMs;
    if (this.#sweepPeer(nowMs)) return;
    this.#sweepAge(nowMs);
    this.#sweepStreams(nowMs);
  }

  /** @returns whether the connection is cut, for the system takes nothing */
  #sweepWrites(nowMs: number): boolean {
    const waitingBytes = this.#socket.writableLength;
    const movedBytes = this.#writtenBytes - waitingBytes;
    if (waitingBytes === 0 || movedBytes !== this.#movedBytes) {
      this.#movedBytes = movedBytes;
      this.#movedAtMs = nowMs;
      return false;
    }
    if (nowMs - this.#movedAtMs <= this.#host.limits.stalledWriteTimeoutMs) return false;
    this.#cut("stalled-write");
    return true;
  }

  /** @returns whether the connection is cut, for the peer is silent */
  #sweepPeer(nowMs: number): boolean {
    const { handshakeTimeoutMs, keepaliveTimeMs, keepaliveTimeoutMs } = this.#host.limits;
    if (!this.session.isOpen) {
      if (nowMs - this.#openedAtMs <= handshakeTimeoutMs) return false;
      this.#cut("handshake");
      return true;
    }
    // While it is not read, the peer cannot be heard; then the time for writes counts.
    if (this.#isPaused || nowMs - this.#receivedAtMs <= keepaliveTimeMs) {
      this.#pingedAtMs = Number.NaN;
    } else if (Number.isNaN(this.#pingedAtMs)) {
      this.#pingedAtMs = nowMs;
      this.session.run(() => this.session.ping());
    } else if (nowMs - this.#pingedAtMs > keepaliveTimeoutMs) {
      this.#cut("keepalive");
      return true;
    }
    return false;
  }

  #sweepAge(nowMs: number): void {
    const { session } = this;
    const { maxConnectionAgeGraceMs, maxConnectionIdleMs } = this.#host.limits;
    if (session.streams.size > 0 || session.lastStreamId !== this.#lastStreamId) {
      this.#lastStreamId = session.lastStreamId;
      this.#idleSinceMs = nowMs;
    }
    const isOld = nowMs - this.#openedAtMs > this.#maxAgeMs;
    if (isOld || nowMs - this.#idleSinceMs > maxConnectionIdleMs) {
      this.#isAging = true;
      this.announceDrain();
    }
    const announcedForMs = nowMs - this.#announcedAtMs;
    if (announcedForMs > DRAIN_ANSWER_MS) session.run(() => session.leave());
    if (this.#isAging && announcedForMs > maxConnectionAgeGraceMs) this.destroy();
  }

  #sweepStreams(nowMs: number): void {
    const { session } = this;
    const { answerTimeoutMs, requestTimeoutMs } = this.#host.limits;
    for (const stream of [...session.streams.values()]) {
      if (stream.lasts || stream.isClosed) continue;
      if (stream.answeredAtMs >= 0) {
        if (nowMs - stream.answeredAtMs <= answerTimeoutMs) continue;
        this.#host.onFault("unread-answer");
        session.run(() => session.resetStream(stream, CANCEL));
      } else if (!stream.isRemoteClosed && nowMs - stream.openedAtMs > requestTimeoutMs) {
        this.#host.onFault("slow-request");
        session.run(() => stream.onSlowRequest());
      }
    }
  }

  #cut(fault: FrontFault): void {
    this.#host.onFault(fault);
    this.destroy();
  }
}

function nothing(): void {
  // An entry without work of its own: what waits is sent at its end.
}

/** "close" follows an error, and cleans up. */
function ignore(): void {
  // Without a listener the error would end the process.
}
