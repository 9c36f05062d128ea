import { constants } from "node:http2";
import type { OnStream, StreamHooks } from "./guarded-streams.ts";
import type { OverloadGuard } from "./overload-guard.ts";

/** gRPC's services for operators: answered however busy the process is. */
const ALWAYS_SERVED = /^\/grpc\.(?:health|reflection)\./;

/**
 * Refuses gRPC calls while the process is overloaded, before grpc-js has spent anything on them: there, a refusal costs
 * about as much as a cheap answer. The stream is reset with ENHANCE_YOUR_CALM, which gRPC defines as RESOURCE_EXHAUSTED;
 * an answer with a status and a text would cost more.
 */
export function shedStreams(guard: OverloadGuard): StreamHooks["takeOver"] {
  return (...[stream, headers]: Parameters<OnStream>) => {
    if (ALWAYS_SERVED.test(headers[":path"] ?? "")) return false;
    const enteredAtMs = guard.enter();
    if (enteredAtMs !== undefined) {
      stream.once("close", () => guard.leave(enteredAtMs));
      return false;
    }
    stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    return true;
  };
}
