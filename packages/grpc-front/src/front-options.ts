import type { Duplex } from "node:stream";
import type { Logger, UnaryRoutes } from "@ofs/platform";
import type { PlainHandler } from "./plain-call.ts";
import type { StreamRoutes } from "./stream-call.ts";

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/** What a connection, a call and the process may use. Times in milliseconds; `Infinity` switches one off. */
export interface FrontLimits {
  /** Of a request message, also after decompression; larger ones are RESOURCE_EXHAUSTED. */
  readonly maxMessageBytes: number;
  /** Streams open at once on a connection; the excess is REFUSED_STREAM. */
  readonly maxConcurrentStreams: number;
  /**
   * Of one header block as sent, over all its frames; more ends the connection. Well above `maxHeaderListBytes`, which
   * costs its call only.
   */
  readonly maxHeaderBlockBytes: number;
  /** Of one header list as decoded, 32 bytes for each header added (RFC 9113, 10.5.1); more is RESOURCE_EXHAUSTED. */
  readonly maxHeaderListBytes: number;
  /** Headers in one list; more is RESOURCE_EXHAUSTED. */
  readonly maxHeaderCount: number;
  /** CONTINUATION frames of one header block; more ends the connection. */
  readonly maxContinuationFrames: number;
  /** Bytes that requests and unsent answers of a connection hold; the call that passes it is RESOURCE_EXHAUSTED. */
  readonly maxConnectionHeldBytes: number;
  /** The same over all connections: the one that holds most is cut. */
  readonly maxHeldBytes: number;
  /** Messages of one streaming call that its caller has not taken; more resets the call. */
  readonly maxStreamQueueBytes: number;
  /** Bytes given to the socket and not taken by the system: from here on nothing is read and no DATA is made. */
  readonly maxWriteQueueBytes: number;
  /** Calls reset by the caller within 100 ms, and streams beyond the limit: a burst, and how many a second after it. */
  readonly resetBurst: number;
  readonly resetsPerSecond: number;
  /** PING, SETTINGS, PRIORITY, unknown and empty frames: a burst, and how many a second after it. */
  readonly controlBurst: number;
  readonly controlsPerSecond: number;
  /** WINDOW_UPDATE frames, beyond two for each DATA frame sent. */
  readonly windowUpdateBurst: number;
  readonly windowUpdatesPerSecond: number;
  /** For the preface and the first SETTINGS. */
  readonly handshakeTimeoutMs: number;
  /** For a request to arrive whole; then DEADLINE_EXCEEDED. */
  readonly requestTimeoutMs: number;
  /** For an answer to be taken whole; then the call is reset. */
  readonly answerTimeoutMs: number;
  /** For the system to take any of the bytes that wait for it; then the connection is cut. */
  readonly stalledWriteTimeoutMs: number;
  /** Without anything received, before a PING asks whether the peer is there. */
  readonly keepaliveTimeMs: number;
  /** For anything to come back. */
  readonly keepaliveTimeoutMs: number;
  /** Without a call; then GOAWAY. */
  readonly maxConnectionIdleMs: number;
  /** Then GOAWAY; calls in flight are answered. Each connection's is up to a tenth longer, so that they do not end together. */
  readonly maxConnectionAgeMs: number;
  /** For the calls in flight after such a GOAWAY. */
  readonly maxConnectionAgeGraceMs: number;
  /** For a client to close its connection after GOAWAY and the last answer. */
  readonly lingerMs: number;
}

export const DEFAULT_FRONT_LIMITS: FrontLimits = {
  maxMessageBytes: 4 * MEBIBYTE,
  maxConcurrentStreams: 1_000,
  maxHeaderBlockBytes: 128 * KIBIBYTE,
  maxHeaderListBytes: 32 * KIBIBYTE,
  maxHeaderCount: 128,
  maxContinuationFrames: 16,
  maxConnectionHeldBytes: 128 * MEBIBYTE,
  maxHeldBytes: 1024 * MEBIBYTE,
  maxStreamQueueBytes: MEBIBYTE,
  maxWriteQueueBytes: MEBIBYTE,
  resetBurst: 1_000,
  resetsPerSecond: 200,
  controlBurst: 1_000,
  controlsPerSecond: 100,
  windowUpdateBurst: 5_000,
  windowUpdatesPerSecond: 1_000,
  handshakeTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  answerTimeoutMs: 60_000,
  stalledWriteTimeoutMs: 20_000,
  keepaliveTimeMs: 20_000,
  keepaliveTimeoutMs: 10_000,
  maxConnectionIdleMs: Number.POSITIVE_INFINITY,
  maxConnectionAgeMs: Number.POSITIVE_INFINITY,
  maxConnectionAgeGraceMs: 30_000,
  lingerMs: 1_000,
};

/** Decides which calls are let in, before their bodies are there. */
export interface Admission {
  /** Status text of RESOURCE_EXHAUSTED for those that are not. */
  readonly refusalText: string;
  /** @param path full method name, whether it is known or not */
  admits(path: string): boolean;
}

/** Why a call or a connection was ended. */
export type FrontFault =
  /** Calls. */
  | "slow-request"
  | "unread-answer"
  | "held-bytes"
  | "stream-queue"
  /** Connections. */
  | "protocol"
  | "flood"
  | "handshake"
  | "keepalive"
  | "stalled-write"
  | "internal";

export interface FrontOptions {
  /** Unary methods. */
  readonly routes: UnaryRoutes;
  /** Streaming methods. They are not asked for admission. */
  readonly streams?: StreamRoutes;
  /** Gets requests that are not gRPC's: returns undefined for those it does not want either. */
  readonly plain?: PlainHandler;
  readonly admission?: Admission;
  readonly limits?: Partial<FrontLimits>;
  readonly log: Logger;
  onFault?(fault: FrontFault): void;
}

export interface FrontStats {
  readonly connectionCount: number;
  readonly openStreamCount: number;
  /** Bytes of requests, and of answers that have not left. */
  readonly heldBytes: number;
  /** Since the start. */
  readonly callCount: number;
  /** Refused by the admission. */
  readonly refusedCount: number;
}

/** An HTTP/2 server for gRPC. It does not listen: connections are given to it. */
export interface Front {
  /** Takes a connection over, from its first byte (the client's preface) on; TLS is below it, if any. */
  accept(socket: Duplex): void;
  /**
   * Sends GOAWAY to everyone, now and again once clients have seen it, and waits for calls in flight.
   *
   * @returns when they are answered and the connections closed
   */
  drain(): Promise<void>;
  /** Cuts every connection now. */
  destroy(): void;
  stats(): FrontStats;
}
