import {
  type CallOptions,
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  compressionAlgorithms,
  credentials,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { type CallLimits, cancelled } from "./call-limits.ts";
import { invalid, OfsClientError, statusName } from "./errors.ts";
import type { CompiledOptions, TlsOptions } from "./options.ts";

const CALLER_ID_HEADER = "online-feature-store-caller-id";
const CALLER_TOKEN_HEADER = "online-feature-store-auth-token";

/** Before a server that was away is tried again, at first and at most: one that was restarted is used while the next one goes. */
const RECONNECT_MS = 200;
const RECONNECT_MS_MAX = 2_000;

const ROUND_ROBIN = JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] });

/** Bytes to one server address and back: the only place that knows the gRPC library. */
export class GrpcChannel {
  readonly #client: Client;
  readonly #metadata: Metadata;
  #isClosed = false;

  /** @throws {OfsClientError} INVALID_ARGUMENT for credentials that no header or certificate can be made of */
  constructor(options: CompiledOptions) {
    this.#metadata = createMetadata(options);
    this.#client = new Client(
      options.address,
      createCredentials(options.tls),
      createChannelOptions(options),
    );
  }

  /** @throws {OfsClientError} with the code that the call ended with */
  unary(method: string, request: Uint8Array, limits: CallLimits): Promise<Buffer> {
    const { deadlineAtMs, signal } = limits;
    if (this.#isClosed) {
      return Promise.reject(new OfsClientError("FAILED_PRECONDITION", "the client is closed"));
    }
    if (signal?.aborted === true) return Promise.reject(cancelled(signal));
    return new Promise((resolve, reject) => {
      const options: CallOptions = { deadline: deadlineAtMs };
      const call = this.#client.makeUnaryRequest(
        method,
        toBuffer,
        (bytes) => bytes,
        request,
        this.#metadata,
        options,
        (error, response) => {
          signal?.removeEventListener("abort", onAbort);
          if (error !== null) reject(toClientError(error, signal));
          else resolve(response ?? Buffer.alloc(0));
        },
      );
      const onAbort = (): void => call.cancel();
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Refuses further calls; those on their way are let finish. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#client.close();
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function createMetadata({ callerId, callerToken }: CompiledOptions): Metadata {
  const metadata = new Metadata();
  try {
    metadata.set(CALLER_ID_HEADER, callerId);
    metadata.set(CALLER_TOKEN_HEADER, callerToken);
  } catch (cause) {
    // The cause holds the value, which may be the token.
    throw invalid("callerId and callerToken must be printable ASCII", {
      cause: cause instanceof Error ? cause.name : cause,
    });
  }
  return metadata;
}

function createCredentials(tls: TlsOptions | undefined): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const { ca, key, cert, insecureSkipVerify = false } = tls;
  try {
    return credentials.createSsl(pem(ca), pem(key), pem(cert), {
      rejectUnauthorized: !insecureSkipVerify,
      ...(insecureSkipVerify ? { checkServerIdentity: () => undefined } : {}),
    });
  } catch (cause) {
    throw invalid("tls: the certificates or the key cannot be read", { cause });
  }
}

function pem(value: string | Uint8Array | undefined): Buffer | null {
  if (value === undefined) return null;
  return typeof value === "string" ? Buffer.from(value) : toBuffer(value);
}

function createChannelOptions(options: CompiledOptions): ChannelOptions {
  const serverName = options.tls?.serverName;
  return {
    "grpc.max_receive_message_length": options.maxReceiveBytes,
    "grpc.service_config": ROUND_ROBIN,
    "grpc.initial_reconnect_backoff_ms": RECONNECT_MS,
    "grpc.max_reconnect_backoff_ms": RECONNECT_MS_MAX,
    // Connections are this client's own: closing it closes them.
    "grpc.use_local_subchannel_pool": 1,
    ...(options.compression === "gzip"
      ? { "grpc.default_compression_algorithm": compressionAlgorithms.gzip }
      : {}),
    ...(serverName === undefined
      ? {}
      : { "grpc.ssl_target_name_override": serverName, "grpc.default_authority": serverName }),
  };
}

function toClientError(error: ServiceError, signal: AbortSignal | undefined): OfsClientError {
  if (signal?.aborted === true) return cancelled(signal);
  return new OfsClientError(statusName(error.code), error.details, { cause: error });
}
