import type { Socket } from "node:net";
import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Logger } from "@ofs/platform";
import type { HeldLimits, StreamFault } from "./held-streams.ts";

/** Who speaks gRPC on the port: our own front, or grpc-js. */
export type GrpcTransport = "front" | "grpc-js";

/** A gRPC server that does not listen: connections are given to it. */
export interface RpcServer {
  /** Adds a service as grpc-js has them: health, reflection. */
  addService(service: ServiceDefinition, implementation: UntypedServiceImplementation): void;
  /** Takes a connection over whose first bytes are HTTP/2's; TLS is below it, if any. */
  accept(socket: Socket): void;
  /** Sends GOAWAY to everyone. @returns when all calls in flight are answered and the connections closed */
  drain(): Promise<void>;
  /** Ends every connection now. */
  destroy(): void;
}

/** What both servers are told. */
export interface RpcServerOptions {
  /** Larger messages, also after decompression, are RESOURCE_EXHAUSTED. */
  readonly maxRequestBytes: number;
  /** Per connection; clients queue what is beyond. */
  readonly maxConcurrentStreams: number;
  /** Between pings to a client, so that a dead peer is noticed. */
  readonly keepaliveTimeMs: number;
  /** For the answer to such a ping. */
  readonly keepaliveTimeoutMs: number;
  /** What calls that do not end may hold; default `DEFAULT_HELD_LIMITS`. */
  readonly heldLimits?: HeldLimits;
  /** Is told of each stream that was ended for passing them. */
  onStreamFault?(fault: StreamFault): void;
  readonly log: Logger;
}
