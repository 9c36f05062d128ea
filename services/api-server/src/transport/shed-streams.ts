import { constants } from "node:http2";
import { status } from "@grpc/grpc-js";
import { type CallQueue, OVERLOAD_TEXT } from "./call-queue.ts";
import type { OnStream, StreamHooks } from "./guarded-streams.ts";

const REFUSAL = {
  ":status": 200,
  "content-type": "application/grpc",
  "grpc-status": String(status.RESOURCE_EXHAUSTED),
  "grpc-message": OVERLOAD_TEXT,
};

/** gRPC's services for operators: answered however busy the process is. */
export const ALWAYS_SERVED = /^\/grpc\.(?:health|reflection)\./;

/**
 * Refuses gRPC calls while the process is overloaded, before grpc-js has spent anything on them: there, a refusal costs
 * about as much as a cheap answer. An answer of headers alone is the cheapest that Node has: a reset with an error code
 * costs half as much again, for the error object that it makes.
 */
export function shedStreams(queue: CallQueue): StreamHooks["takeOver"] {
  return (...[stream, headers]: Parameters<OnStream>) => {
    if (queue.length === 0) return false;
    if (ALWAYS_SERVED.test(headers[":path"] ?? "") || queue.admits()) return false;
    stream.respond(REFUSAL, { endStream: true });
    stream.close(constants.NGHTTP2_NO_ERROR);
    return true;
  };
}
