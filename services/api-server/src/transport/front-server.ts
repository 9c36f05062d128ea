import type { Socket } from "node:net";
import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import {
  type Admission,
  createFront,
  type Front,
  type FrontFault,
  type PlainHandler,
  type StreamHandler,
} from "@ofs/grpc-front";
import type { UnaryHandler, UnaryRoutes } from "@ofs/platform";
import { type CallQueue, OVERLOAD_TEXT } from "./call-queue.ts";
import { DEFAULT_HELD_LIMITS, type StreamFault } from "./held-streams.ts";
import type { RpcServer, RpcServerOptions } from "./rpc-server.ts";
import { streamHandlerOf, unaryHandlerOf } from "./service-methods.ts";
import { ALWAYS_SERVED } from "./shed-streams.ts";

/** Why the front ended a connection. */
export type FrontConnectionFault = Exclude<FrontFault, StreamFault>;

export interface FrontServerOptions extends RpcServerOptions {
  readonly queue?: CallQueue;
  /** Gets requests of other paths than the methods'. */
  readonly plain?: PlainHandler;
  onConnectionFault?(fault: FrontConnectionFault): void;
}

/** gRPC over our own HTTP/2 server. */
export class FrontServer implements RpcServer {
  readonly #front: Front;
  readonly #routes: Map<string, UnaryHandler>;
  readonly #streams = new Map<string, StreamHandler>();

  constructor(routes: UnaryRoutes, options: FrontServerOptions) {
    const { queue, plain } = options;
    const held = options.heldLimits ?? DEFAULT_HELD_LIMITS;
    this.#routes = new Map(routes);
    this.#front = createFront({
      routes: this.#routes,
      streams: this.#streams,
      ...(plain === undefined ? {} : { plain }),
      ...(queue === undefined ? {} : { admission: admissionOf(queue) }),
      limits: {
        maxMessageBytes: options.maxRequestBytes,
        maxConcurrentStreams: options.maxConcurrentStreams,
        keepaliveTimeMs: options.keepaliveTimeMs,
        keepaliveTimeoutMs: options.keepaliveTimeoutMs,
        requestTimeoutMs: held.requestTimeoutMs,
        answerTimeoutMs: held.answerTimeoutMs,
        maxConnectionHeldBytes: held.maxConnectionBytes,
        maxHeldBytes: held.maxBytes,
      },
      log: options.log,
      onFault: (fault) => {
        if (isOfStream(fault)) options.onStreamFault?.(fault);
        else options.onConnectionFault?.(fault);
      },
    });
  }

  addService(service: ServiceDefinition, implementation: UntypedServiceImplementation): void {
    for (const [name, definition] of Object.entries(service)) {
      const handle = implementation[name] ?? implementation[definition.originalName ?? name];
      if (handle === undefined) throw new Error(`no implementation of ${definition.path}`);
      if (definition.requestStream || definition.responseStream) {
        this.#streams.set(definition.path, streamHandlerOf(definition, handle));
      } else {
        this.#routes.set(definition.path, unaryHandlerOf(definition, handle));
      }
    }
  }

  accept(socket: Socket): void {
    this.#front.accept(socket);
  }

  drain(): Promise<void> {
    return this.#front.drain();
  }

  destroy(): void {
    this.#front.destroy();
  }
}

function isOfStream(fault: FrontFault): fault is StreamFault {
  switch (fault) {
    case "slow-request":
    case "unread-answer":
    case "held-bytes":
    case "stream-queue":
      return true;
    default:
      return false;
  }
}

function admissionOf(queue: CallQueue): Admission {
  return {
    refusalText: OVERLOAD_TEXT,
    admits: (path) => queue.length === 0 || ALWAYS_SERVED.test(path) || queue.admits(),
  };
}
