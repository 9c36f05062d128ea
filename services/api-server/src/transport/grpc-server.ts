import type { Socket } from "node:net";
import {
  type ConnectionInjector,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import {
  FeatureStoreError,
  type Logger,
  type UnaryHandler,
  type UnaryReply,
  type UnaryRoutes,
} from "@ofs/platform";
import { GrpcCall } from "./grpc-call.ts";
import { sendableStatus } from "./grpc-status.ts";
import { GuardedStreams, type StreamHooks } from "./guarded-streams.ts";
import { DEFAULT_HELD_LIMITS, HeldStreams } from "./held-streams.ts";
import type { RpcServer, RpcServerOptions } from "./rpc-server.ts";
import { SocketSet } from "./socket-set.ts";

export interface GrpcServerOptions extends RpcServerOptions {
  /** Gets each HTTP/2 stream first. @returns whether it has taken the stream */
  readonly takeOver?: StreamHooks["takeOver"];
}

/** For a client to close its connection after GOAWAY and the last answer. */
const LINGER_MS = 1_000;

/**
 * gRPC over grpc-js. It does not listen: connections are given to it. Unary methods come as transport-neutral
 * handlers on raw bytes; grpc-js's own kinds of service (health, reflection) can be added.
 */
export class GrpcServer implements RpcServer {
  readonly #server: Server;
  readonly #injector: ConnectionInjector;
  readonly #streams: GuardedStreams;
  readonly #held: HeldStreams;
  readonly #sockets = new SocketSet();
  readonly #log: Logger;

  constructor(routes: UnaryRoutes, options: GrpcServerOptions) {
    this.#log = options.log;
    this.#server = new Server({
      "grpc.max_receive_message_length": options.maxRequestBytes,
      "grpc.max_send_message_length": -1,
      "grpc.max_concurrent_streams": options.maxConcurrentStreams,
      "grpc.keepalive_time_ms": options.keepaliveTimeMs,
      "grpc.keepalive_timeout_ms": options.keepaliveTimeoutMs,
      "grpc.enable_channelz": 0,
    });
    for (const [method, handler] of routes) this.#register(method, handler);
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#held = new HeldStreams(
      options.heldLimits ?? DEFAULT_HELD_LIMITS,
      options.onStreamFault ?? (() => undefined),
    );
    this.#streams = new GuardedStreams(this.#server, {
      onFault: (err) => this.#log.error({ err }, "a connection failed unexpectedly"),
      takeOver: options.takeOver ?? (() => false),
      onCall: (stream, headers) => this.#held.watch(stream, headers),
    });
  }

  addService(service: ServiceDefinition, implementation: UntypedServiceImplementation): void {
    this.#server.addService(service, implementation);
  }

  /** Takes a connection over whose first bytes are HTTP/2's; TLS is below it, if any. */
  accept(socket: Socket): void {
    this.#sockets.add(socket);
    this.#injector.injectConnection(socket);
  }

  /**
   * Sends GOAWAY to everyone. Clients that do not hang up although their calls are answered are cut a second later.
   *
   * @returns when all calls in flight are answered and the connections closed
   */
  async drain(): Promise<void> {
    // What it reports is of no use: to grpc-js a session is closed before its connection is.
    this.#server.tryShutdown(() => undefined);
    const lingering = new AbortController();
    const idle = this.#streams.whenIdle().then(() => delay(LINGER_MS, lingering.signal));
    await Promise.race([this.#sockets.whenEmpty(), idle]);
    lingering.abort();
    this.destroy();
  }

  /** Ends every connection now. */
  destroy(): void {
    this.#held.close();
    this.#server.forceShutdown();
    this.#sockets.destroy();
  }

  #register(method: string, handler: UnaryHandler): void {
    const serve = (call: ServerUnaryCall<Buffer, Uint8Array>, send: sendUnaryData<Uint8Array>) => {
      this.#serve(new GrpcCall(method, call), handler, send);
    };
    this.#server.register<Buffer, Uint8Array>(method, serve, asBuffer, identity, "unary");
  }

  #serve(call: GrpcCall, handler: UnaryHandler, send: sendUnaryData<Uint8Array>): void {
    const succeed = (reply: UnaryReply): void => {
      call.markAnswered();
      send(null, reply.response, reply.trailers && metadataOf(reply.trailers));
    };
    const fail = (error: unknown): void => {
      call.markAnswered();
      if (!(error instanceof FeatureStoreError)) {
        this.#log.error({ err: error, method: call.method }, "a call failed unexpectedly");
      }
      const { grpc, message } = sendableStatus(error);
      send({ code: grpc, details: message });
    };
    try {
      const reply = handler(call);
      if (reply instanceof Promise) reply.then(succeed).catch(fail);
      else succeed(reply);
    } catch (error) {
      fail(error);
    }
  }
}

/** Resolves after the time, or when the signal aborts. */
function delay(timeMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, timeMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function identity(bytes: Buffer): Buffer {
  return bytes;
}

function metadataOf(trailers: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return metadata;
}
