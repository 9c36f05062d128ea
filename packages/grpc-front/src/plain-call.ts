import type { Readable } from "node:stream";

/** The head of a request that is not a gRPC call. */
export interface PlainHead {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names and values in turn, in the order of arrival, without pseudo headers; names in lower case. */
  readonly rawHeaders: readonly string[];
}

/** Answer to such a request. */
export interface PlainReply {
  readonly status: number;
  /** Names in lower case; `content-length` is added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A plain request under way. */
export interface PlainRequest extends PlainHead {
  /** The caller sends no faster than this is read; it is destroyed if the caller goes away. */
  readonly body: Readable;
  /** Aborts when the caller is gone. */
  readonly signal: AbortSignal;
}

/** Answers a plain request; a rejection becomes status 500. */
export type PlainAnswer = (request: PlainRequest) => Promise<PlainReply>;

/** @returns who answers the request, or undefined if nobody does: such requests are taken for gRPC */
export type PlainHandler = (head: PlainHead) => PlainAnswer | undefined;
