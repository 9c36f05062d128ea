import { EventEmitter } from "node:events";
import {
  type MethodDefinition,
  type sendUnaryData,
  status,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import type { StreamCall, StreamHandler, StreamListener } from "@ofs/grpc-front";
import { type ErrorCode, FeatureStoreError, type UnaryHandler } from "@ofs/platform";

/*
 * Methods written for grpc-js (health, reflection), behind the ports of our own server.
 */

type Method = MethodDefinition<unknown, unknown>;

/** The codes that such methods use. */
const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [status.INVALID_ARGUMENT, "INVALID_ARGUMENT"],
  [status.NOT_FOUND, "NOT_FOUND"],
  [status.RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED"],
  [status.UNIMPLEMENTED, "UNIMPLEMENTED"],
  [status.UNAVAILABLE, "UNAVAILABLE"],
]);

export function unaryHandlerOf(definition: Method, handle: UntypedHandleCall): UnaryHandler {
  const serve = handle as (call: { request: unknown }, send: sendUnaryData<unknown>) => void;
  return ({ request: bytes }) =>
    new Promise((resolve, reject) => {
      const request = parse(definition, bytes);
      serve({ request }, (error, reply) => {
        if (error) reject(errorOf(error));
        else resolve({ response: definition.responseSerialize(reply) });
      });
    });
}

export function streamHandlerOf(definition: Method, handle: UntypedHandleCall): StreamHandler {
  const serve = handle as unknown as (stream: ServiceStream) => void;
  return (call) => new ServiceStream(definition, serve, call);
}

/** The part of grpc-js's streaming calls that the methods use. */
class ServiceStream extends EventEmitter implements StreamListener {
  /** Of methods that take one. */
  request: unknown = undefined;
  readonly #definition: Method;
  readonly #serve: (stream: ServiceStream) => void;
  readonly #call: StreamCall;

  constructor(definition: Method, serve: (stream: ServiceStream) => void, call: StreamCall) {
    super();
    this.#definition = definition;
    this.#serve = serve;
    this.#call = call;
    if (definition.requestStream) serve(this);
  }

  write(reply: unknown): boolean {
    this.#call.send(this.#definition.responseSerialize(reply));
    return true;
  }

  end(): void {
    this.#call.end();
  }

  /** An error that is emitted ends the call. */
  override emit(event: string, ...details: unknown[]): boolean {
    if (event !== "error") return super.emit(event, ...details);
    this.#call.fail(errorOf(details[0]));
    return true;
  }

  onMessage(bytes: Uint8Array): void {
    const request = parse(this.#definition, bytes);
    if (this.#definition.requestStream) this.emit("data", request);
    else if (this.request === undefined) this.request = request;
    else throw new FeatureStoreError("UNIMPLEMENTED", "Received a second request message");
  }

  onEnd(): void {
    if (this.#definition.requestStream) this.emit("end");
    else if (this.request !== undefined) this.#serve(this);
    else throw new FeatureStoreError("UNIMPLEMENTED", "Received no request message");
  }

  onClose(): void {
    this.emit("close");
  }
}

function parse(definition: Method, bytes: Uint8Array): unknown {
  try {
    return definition.requestDeserialize(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    );
  } catch (error) {
    throw new FeatureStoreError("INTERNAL", "Error deserializing request", { cause: error });
  }
}

function errorOf(error: unknown): Error {
  const { code, details } = error as { code?: unknown; details?: unknown };
  const name = typeof code === "number" ? CODES.get(code) : undefined;
  if (name !== undefined) return new FeatureStoreError(name, String(details));
  return error instanceof Error ? error : new Error(`a method failed with ${String(details)}`);
}
