import {
  type CallOptions,
  type ChannelCredentials,
  Client,
  type ClientOptions,
  credentials,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";

export interface RawReply {
  readonly response: Buffer;
  readonly trailers: Metadata;
}

/** A gRPC client for bytes: no message types. */
export class RawClient {
  readonly client: Client;

  constructor(
    port: number,
    channelCredentials: ChannelCredentials = credentials.createInsecure(),
    options: ClientOptions = {},
  ) {
    // Channels of equal settings share connections; tests must not meet in one.
    const own = { "grpc.use_local_subchannel_pool": 1, ...options };
    this.client = new Client(`localhost:${port}`, channelCredentials, own);
  }

  /** @throws {ServiceError} */
  call(
    method: string,
    request: Uint8Array = Buffer.alloc(0),
    headers: Record<string, string> = {},
    options: CallOptions = {},
  ): Promise<RawReply> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    return new Promise((resolve, reject) => {
      let response: Buffer = Buffer.alloc(0);
      const call = this.client.makeUnaryRequest(
        method,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => bytes,
        request,
        metadata,
        options,
        (error, value) => {
          if (error !== null) reject(error);
          else response = value ?? response;
        },
      );
      call.on("status", (status) => {
        if (status.code === 0) resolve({ response, trailers: status.metadata });
      });
    });
  }

  close(): void {
    this.client.close();
  }
}

/** Code and text of the error that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<[number, string]> {
  try {
    await call;
  } catch (error) {
    const { code, details } = error as ServiceError;
    return [code, details];
  }
  throw new Error("the call did not fail");
}
