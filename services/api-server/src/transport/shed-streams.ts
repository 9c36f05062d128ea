import type { OutgoingHttpHeaders } from "node:http2";
import type { OnStream, StreamHooks } from "./guarded-streams.ts";
import { OVERLOAD_TEXT, type OverloadGuard } from "./overload-guard.ts";

/** gRPC's services for operators: answered however busy the process is. */
const ALWAYS_SERVED = /^\/grpc\.(?:health|reflection)\./;

/** A status without a message: what gRPC calls trailers-only. */
const REFUSAL: OutgoingHttpHeaders = {
  ":status": 200,
  "content-type": "application/grpc",
  "grpc-status": "8",
  "grpc-message": OVERLOAD_TEXT,
};

/**
 * Refuses gRPC calls with RESOURCE_EXHAUSTED while the process is overloaded, before grpc-js has spent anything on
 * them: there, a refusal costs about as much as a cheap answer.
 */
export function shedStreams(guard: OverloadGuard): StreamHooks["takeOver"] {
  return (...[stream, headers]: Parameters<OnStream>) => {
    if (ALWAYS_SERVED.test(headers[":path"] ?? "")) return false;
    if (guard.enter()) {
      stream.once("close", () => guard.leave());
      return false;
    }
    stream.respond(REFUSAL, { endStream: true });
    // What comes of the message is dropped, so that it does not take up the connection's window.
    stream.resume();
    return true;
  };
}
