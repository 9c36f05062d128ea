import { HttpError, type HttpReply, InvalidBodyError, jsonReply } from "@ofs/http";
import { type TraceFields, toWireStatus } from "@ofs/platform";
import { CredentialsError } from "../auth/authenticator.ts";

/** An answer that is made while it is sent. */
export interface StreamedReply {
  readonly status: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asked for the next one only when the caller has taken the last; always asked for the first, whatever happens. */
  readonly chunks: AsyncIterable<string>;
  /** Of the call, for the log line of an answer that breaks off. */
  readonly trace?: TraceFields | undefined;
}

export type RouteReply = HttpReply | StreamedReply;

/**
 * Errors as existing HTTP clients know them: `{"error"}` for what is wrong with the headers or the body's form,
 * `{"error","code"}` for everything that the handlers refuse.
 */
export function errorReply(error: unknown): HttpReply {
  if (error instanceof HttpError) {
    return jsonReply(error.status, { error: error.message }, error.headers);
  }
  const { http, name, message } = toWireStatus(error);
  const isPlain = error instanceof CredentialsError || error instanceof InvalidBodyError;
  return jsonReply(http, isPlain ? { error: message } : { error: message, code: name });
}
