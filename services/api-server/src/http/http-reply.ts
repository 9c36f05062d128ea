import { HttpError, type HttpReply, InvalidBodyError, jsonReply } from "@ofs/http";
import { toWireStatus } from "@ofs/platform";
import { CredentialsError } from "../auth/authenticator.ts";

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
