import { readFileSync } from "node:fs";
import {
  type ChannelCredentials,
  Client,
  credentials,
  Metadata,
  type ServiceError,
  type StatusObject,
} from "@grpc/grpc-js";

export const OK = 0;

const CALLER_ID_HEADER = "online-feature-store-caller-id";
const AUTH_TOKEN_HEADER = "online-feature-store-auth-token";

/** Set by the transport, or part of the status. */
const OTHER_TRAILERS = /^(grpc-.*|content-type|date|server)$/;

export interface TargetOptions {
  /** `host:port`. */
  readonly address: string;
  readonly callerId: string;
  readonly token: string;
  /** PEM file of the authority; undefined = without TLS. */
  readonly tlsCaFile?: string | undefined;
  readonly deadlineMs: number;
}

/** How one call ended. */
export interface Answer {
  /** gRPC status code. */
  readonly code: number;
  readonly message: string;
  readonly trailers: Readonly<Record<string, string>>;
  /** Bytes of the reply; empty unless the code is OK. */
  readonly response: Uint8Array;
}

/** What a case does to the two headers; undefined leaves a header out. */
export interface HeaderChanges {
  readonly callerId?: string | undefined;
  readonly token?: string | undefined;
}

/** One of the two servers. */
export class Target {
  readonly address: string;
  readonly #client: Client;
  readonly #options: TargetOptions;

  constructor(options: TargetOptions) {
    this.address = options.address;
    this.#options = options;
    this.#client = new Client(options.address, channelOf(options), {
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  /** Never rejects: a connection that fails is status 14. */
  call(method: string, request: Uint8Array, headers: HeaderChanges): Promise<Answer> {
    const { callerId, token, deadlineMs } = { ...this.#options, ...headers };
    const metadata = new Metadata();
    if (callerId !== undefined) metadata.set(CALLER_ID_HEADER, callerId);
    if (token !== undefined) metadata.set(AUTH_TOKEN_HEADER, token);
    return new Promise((resolve) => {
      let response: Uint8Array = new Uint8Array(0);
      let failure: ServiceError | undefined;
      const call = this.#client.makeUnaryRequest(
        method,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => bytes,
        request,
        metadata,
        { deadline: Date.now() + deadlineMs },
        (error, value) => {
          failure = error ?? undefined;
          response = value ?? response;
        },
      );
      call.on("status", (status) => {
        // The callback comes in the same turn, before or after this event.
        setImmediate(() => resolve(toAnswer(status, failure, response)));
      });
    });
  }

  close(): void {
    this.#client.close();
  }
}

function channelOf({ tlsCaFile }: TargetOptions): ChannelCredentials {
  if (tlsCaFile === undefined) return credentials.createInsecure();
  return credentials.createSsl(readFileSync(tlsCaFile));
}

function toAnswer(
  status: StatusObject,
  failure: ServiceError | undefined,
  response: Uint8Array,
): Answer {
  const trailers: Record<string, string> = {};
  for (const name of Object.keys(status.metadata.getMap()).sort()) {
    if (!OTHER_TRAILERS.test(name)) trailers[name] = status.metadata.get(name).join(", ");
  }
  return {
    code: failure?.code ?? status.code,
    message: failure?.details ?? status.details,
    trailers,
    response,
  };
}
