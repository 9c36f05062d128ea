import type { Duplex } from "node:stream";
import { FeatureStoreError } from "@ofs/platform";
import { Connection } from "./connection.ts";
import {
  DEFAULT_FRONT_LIMITS,
  type Front,
  type FrontFault,
  type FrontLimits,
  type FrontOptions,
  type FrontStats,
} from "./front-options.ts";
import { Calls } from "./grpc/calls.ts";
import { DeadlineWatch } from "./grpc/deadline-watch.ts";
import { HpackDecoder } from "./hpack/decoder.ts";
import { Output } from "./http2/output.ts";
import type { RequestHead } from "./http2/request-head.ts";
import type { Session, SessionHost } from "./http2/session.ts";

/** How often times are looked at: a fraction of the shortest, within these bounds. */
const MAX_SWEEP_MS = 1_000;
const MIN_SWEEP_MS = 5;
const SWEEPS_PER_TIME = 4;

/** Makes a server for gRPC. It listens to nothing: give it connections. */
export function createFront(options: FrontOptions): Front {
  return new SocketFront(options);
}

class SocketFront implements Front, SessionHost {
  readonly limits: FrontLimits;
  readonly output = new Output();
  readonly scratch: Buffer;
  readonly #options: FrontOptions;
  readonly #deadlines = new DeadlineWatch();
  readonly #calls: Calls;
  readonly #connections = new Map<Session, Connection>();
  readonly #sweepMs: number;
  #heldBytes = 0;
  #scheduled: Session[] = [];
  #sweepTimer: NodeJS.Timeout | undefined;
  #isDraining = false;
  #onEmpty: (() => void)[] = [];

  constructor(options: FrontOptions) {
    this.#options = options;
    this.limits = { ...DEFAULT_FRONT_LIMITS, ...options.limits };
    this.scratch = HpackDecoder.scratchFor(this.limits.maxHeaderBlockBytes);
    this.#sweepMs = sweepIntervalOf(this.limits);
    this.#calls = new Calls(options, {
      limits: this.limits,
      deadlines: this.#deadlines,
      onError: (error, method) => this.#logError(error, method),
    });
  }

  accept(socket: Duplex): void {
    const connection = new Connection(socket, this, performance.now());
    const { session } = connection;
    this.#connections.set(session, connection);
    this.#sweepTimer ??= setInterval(this.#sweepSoon, this.#sweepMs).unref();
    connection.start(() => this.#forget(session));
    if (this.#isDraining) connection.announceDrain();
  }

  async drain(): Promise<void> {
    this.#isDraining = true;
    for (const connection of [...this.#connections.values()]) connection.announceDrain();
    if (this.#connections.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty.push(resolve);
      });
    }
    this.#deadlines.close();
  }

  destroy(): void {
    for (const connection of [...this.#connections.values()]) connection.destroy();
    this.#deadlines.close();
  }

  stats(): FrontStats {
    let openStreamCount = 0;
    for (const session of this.#connections.keys()) openStreamCount += session.streams.size;
    return {
      connectionCount: this.#connections.size,
      openStreamCount,
      heldBytes: this.#heldBytes,
      callCount: this.#calls.callCount,
      refusedCount: this.#calls.refusedCount,
    };
  }

  #forget(session: Session): void {
    this.#connections.delete(session);
    if (this.#connections.size > 0) return;
    clearInterval(this.#sweepTimer);
    this.#sweepTimer = undefined;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  /** After what has arrived is read: a process that was busy must not take its own lateness for its peers'. */
  readonly #sweepSoon = (): void => {
    setImmediate(this.#sweep);
  };

  readonly #sweep = (): void => {
    const nowMs = performance.now();
    for (const connection of [...this.#connections.values()]) {
      try {
        connection.sweep(nowMs);
      } catch (error) {
        this.onUnexpected(error);
        connection.destroy();
      }
    }
  };

  onRequest(session: Session, head: RequestHead, isEnd: boolean): void {
    this.#calls.onRequest(session, head, isEnd);
  }

  onTooManyHeaders(session: Session, isEnd: boolean): void {
    this.#calls.onTooManyHeaders(session, isEnd);
  }

  schedule(session: Session): void {
    if (this.#scheduled.push(session) === 1) setImmediate(this.#runScheduled);
  }

  readonly #runScheduled = (): void => {
    const sessions = this.#scheduled;
    this.#scheduled = [];
    const nowMs = performance.now();
    for (const session of sessions) session.runPosted(nowMs);
  };

  onHeld(session: Session, changeBytes: number): void {
    this.#heldBytes += changeBytes;
    if (changeBytes <= 0 || this.#heldBytes <= this.limits.maxHeldBytes) return;
    this.onFault("held-bytes");
    this.#cutLargest(session);
  }

  /** The connection that holds most is the one to go: the call that came last may be anybody's. */
  #cutLargest(last: Session): void {
    let largest = last;
    for (const session of this.#connections.keys()) {
      if (session.heldBytes > largest.heldBytes) largest = session;
    }
    largest.close();
    this.#connections.get(largest)?.destroy();
  }

  onUnexpected(error: unknown): void {
    this.#options.log.error({ err: error }, "a connection failed unexpectedly");
  }

  onFault(fault: FrontFault): void {
    this.#options.onFault?.(fault);
  }

  #logError(error: unknown, method: string): void {
    if (error instanceof FeatureStoreError) return;
    this.#options.log.error({ err: error, method }, "a call failed unexpectedly");
  }
}

function sweepIntervalOf(limits: FrontLimits): number {
  const shortestMs = Math.min(
    limits.handshakeTimeoutMs,
    limits.requestTimeoutMs,
    limits.answerTimeoutMs,
    limits.stalledWriteTimeoutMs,
    limits.keepaliveTimeMs,
    limits.keepaliveTimeoutMs,
    limits.maxConnectionIdleMs,
    limits.maxConnectionAgeMs,
    limits.maxConnectionAgeGraceMs,
    limits.lingerMs,
  );
  return Math.min(MAX_SWEEP_MS, Math.max(MIN_SWEEP_MS, shortestMs / SWEEPS_PER_TIME));
}
