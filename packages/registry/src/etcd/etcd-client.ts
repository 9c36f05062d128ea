import { connect } from "node:net";
import { FeatureStoreError } from "@ofs/platform";
import {
  Etcd3,
  type IOptions,
  type IPutRequest,
  type IPutResponse,
  type IRangeRequest,
  type IRangeResponse,
  type IRequestOp,
  type ITxnRequest,
  type ITxnResponse,
  type Lease,
  type WatchClient,
} from "etcd3";
import { isDefinite, toStoreError } from "./etcd-errors.ts";
import type { CompiledEtcdOptions, EtcdEndpoint } from "./etcd-options.ts";

/** Largest reply taken: a page of the tree, or the events of one answer. */
export const REPLY_SIZE_BYTES_MAX = 64 * 1024 * 1024;

/** How long a TCP connection may take to open. */
const CONNECT_TIMEOUT_MS = 2_000;

type Policy = NonNullable<NonNullable<IOptions["faultHandling"]>["global"]>;

export type EtcdWatchStream = Awaited<ReturnType<WatchClient["watch"]>>;

/** One endpoint, with the client's own retries and breakers switched off: its users retry. */
export class EtcdConnection {
  readonly #client: Etcd3;

  constructor(endpoint: EtcdEndpoint, options: CompiledEtcdOptions) {
    const { host, port, isSecure } = endpoint;
    this.#client = new Etcd3({
      hosts: [`${isSecure ? "https" : "http"}://${host}:${port}`],
      ...(options.auth && { auth: options.auth }),
      ...(options.tls && isSecure && { credentials: toCredentials(options.tls) }),
      defaultCallOptions: ({ isStream }) =>
        isStream ? {} : { deadline: Date.now() + options.callTimeoutMs },
      faultHandling: { host: () => DIRECT, global: DIRECT },
      grpcOptions: {
        "grpc.max_receive_message_length": REPLY_SIZE_BYTES_MAX,
        // Finds a peer that is gone without a word. etcd allows one ping in 5 s.
        "grpc.keepalive_time_ms": 10_000,
        "grpc.keepalive_timeout_ms": 5_000,
        "grpc.initial_reconnect_backoff_ms": 100,
        "grpc.max_reconnect_backoff_ms": 2_000,
        "grpc.use_local_subchannel_pool": 1,
      },
    });
  }

  range(request: IRangeRequest, signal: AbortSignal): Promise<IRangeResponse> {
    return unlessAborted(this.#client.kv.range(request), signal);
  }

  txn(operations: IRequestOp[], signal: AbortSignal): Promise<ITxnResponse> {
    return unlessAborted(this.#client.kv.txn({ success: operations }), signal);
  }

  /** @returns also if a comparison failed: see `succeeded` */
  txnIf(request: ITxnRequest, signal: AbortSignal): Promise<ITxnResponse> {
    return unlessAborted(this.#client.kv.txn(request), signal);
  }

  put(request: IPutRequest): Promise<IPutResponse> {
    return this.#client.kv.put(request);
  }

  /** Begins to grant a lease; it is renewed by whoever holds it. */
  lease(ttlSeconds: number, timeoutMs: number): Lease {
    return this.#client.lease(ttlSeconds, {
      autoKeepAlive: false,
      deadline: Date.now() + timeoutMs,
    });
  }

  /** @returns the new lease's id */
  async grantLease(ttlSeconds: number): Promise<string> {
    const { ID: id } = await this.#client.leaseClient.leaseGrant({ TTL: ttlSeconds });
    return id;
  }

  async revokeLease(id: string): Promise<void> {
    await this.#client.leaseClient.leaseRevoke({ ID: id });
  }

  /** Renews a lease, whichever connection it was granted through. @returns false if it is over */
  async renewLease(id: string, timeoutMs: number): Promise<boolean> {
    const stream = await this.#client.leaseClient.leaseKeepAlive({
      deadline: Date.now() + timeoutMs,
    });
    try {
      const { TTL: ttl } = await new Promise<{ TTL: string }>((resolve, reject) => {
        stream.on("data", resolve);
        stream.on("error", reject);
        stream.on("end", () => reject(new Error("the answer to a renewal did not come")));
        stream.write({ ID: id });
      });
      return Number(ttl) > 0;
    } finally {
      stream.end();
    }
  }

  /** Without a deadline: the stream lives until it is cancelled or breaks. */
  watch(): Promise<EtcdWatchStream> {
    return this.#client.watchClient.watch();
  }

  close(): void {
    this.#client.close();
  }
}

/** Holds the connection that works, and goes to the next endpoint when it does not. */
export class EtcdClient {
  readonly #options: CompiledEtcdOptions;
  #index: number;
  #current: EtcdConnection | undefined;
  #connecting: Promise<EtcdConnection> | undefined;
  #isClosed = false;

  constructor(options: CompiledEtcdOptions) {
    this.#options = options;
    // So that many processes spread over the endpoints.
    this.#index = Math.floor(Math.random() * options.endpoints.length);
  }

  get endpointCount(): number {
    return this.#options.endpoints.length;
  }

  /**
   * Acts on the connection that works. One that fails is dropped, unless another would get the same answer.
   *
   * @param action for messages
   * @throws {FeatureStoreError} whatever fails
   */
  async call<T>(action: string, act: (connection: EtcdConnection) => Promise<T>): Promise<T> {
    let connection: EtcdConnection | undefined;
    try {
      connection = await this.connection();
      return await act(connection);
    } catch (error) {
      if (connection !== undefined && !isDefinite(error)) this.drop(connection);
      throw toStoreError(action, error);
    }
  }

  /** @throws {FeatureStoreError} UNAVAILABLE if the endpoint whose turn it is cannot be reached */
  connection(): Promise<EtcdConnection> {
    if (this.#isClosed) {
      return Promise.reject(new FeatureStoreError("UNAVAILABLE", "etcd: the source is closed"));
    }
    if (this.#current !== undefined) return Promise.resolve(this.#current);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** Drops a connection that failed, with its streams; the next one goes to the next endpoint. */
  drop(connection: EtcdConnection): void {
    if (this.#current !== connection) return;
    this.#current = undefined;
    this.#index += 1;
    connection.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#current?.close();
    this.#current = undefined;
  }

  /**
   * The client behind makes a channel for each log-in and never closes it, and that channel's pauses
   * grow to two minutes. So it is not made before the port answers.
   */
  async #connect(): Promise<EtcdConnection> {
    const { endpoints } = this.#options;
    const endpoint = endpoints[this.#index % endpoints.length] as EtcdEndpoint;
    try {
      await assertReachable(endpoint);
    } catch (cause) {
      this.#index += 1;
      const address = `${endpoint.host}:${endpoint.port}`;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new FeatureStoreError("UNAVAILABLE", `etcd: ${address} cannot be reached: ${reason}`, {
        cause,
      });
    }
    if (this.#isClosed) throw new FeatureStoreError("UNAVAILABLE", "etcd: the source is closed");
    this.#current = new EtcdConnection(endpoint, this.#options);
    return this.#current;
  }
}

function assertReachable({ host, port }: EtcdEndpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ""), port });
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
      socket.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`));
    });
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}

function toCredentials(tls: NonNullable<CompiledEtcdOptions["tls"]>) {
  return {
    rootCertificate: tls.ca,
    ...(tls.key && tls.cert && { privateKey: tls.key, certChain: tls.cert }),
  };
}

/** The call itself goes on until its deadline; its late outcome is of no use to anyone. */
function unlessAborted<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
    // Cannot reject: both outcomes are handled.
    void call.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

const NEVER = new AbortController().signal;
const NO_EVENT = () => ({ dispose: () => undefined });

/** Runs a call as it is. */
const DIRECT = {
  onSuccess: NO_EVENT,
  onFailure: NO_EVENT,
  execute: async <T>(act: (context: { signal: AbortSignal }) => PromiseLike<T> | T): Promise<T> =>
    act({ signal: NEVER }),
} as unknown as Policy;
