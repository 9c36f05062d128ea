import { toWireStatus } from "@ofs/platform";
import { CredentialsError } from "../auth/authenticator.ts";
import { InvalidBodyError } from "./invalid-body-error.ts";

/** What a route answers. */
export interface HttpReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A fault of HTTP itself: no such path, wrong method, body too large. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export function jsonReply(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  const contentType = "application/json; charset=utf-8";
  return { status, contentType, body: JSON.stringify(body), headers };
}

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
