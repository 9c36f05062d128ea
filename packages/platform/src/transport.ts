import type { CancelSignal } from "./cancellation.ts";

/** Everything a unary handler may know about its call; no transport's own types. */
export interface UnaryCall {
  /** Full method name, for example `/retrieve.FeatureService/RetrieveFeatures`. */
  readonly method: string;
  /** First value of a header, by its lower-case name. */
  header(name: string): string | undefined;
  /** Unix milliseconds; `Infinity` without a deadline. */
  readonly deadlineMs: number;
  /** Aborts when the caller is gone or the deadline has passed. */
  readonly signal: CancelSignal;
  /** The message's bytes. Valid until the handler has answered. */
  readonly request: Uint8Array;
}

export interface UnaryReply {
  readonly response: Uint8Array;
  /** Trailing metadata; names in lower case. */
  readonly trailers?: Readonly<Record<string, string>>;
  /**
   * To be given the response, at most once, by a transport that has done with its bytes: they may be overwritten from then on.
   * Absent: they are nobody else's.
   */
  readonly release?: ((response: Uint8Array) => void) | undefined;
}

/**
 * Answers one call. A reply given at once, not as a promise, lets a transport skip a turn of the loop.
 * A thrown error becomes the status of `toWireStatus`.
 */
export type UnaryHandler = (call: UnaryCall) => UnaryReply | Promise<UnaryReply>;

/** Handlers by full method name. */
export type UnaryRoutes = ReadonlyMap<string, UnaryHandler>;
