import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { connectionKind } from "./connection-kind.ts";
import { SocketSet } from "./socket-set.ts";

/** Certificates in PEM form. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Authority of client certificates; if given, every client must show one that it has signed. */
  readonly clientCa: Buffer | undefined;
}

/** Why a connection ended before it was handed on. */
export type ConnectionFault = "silent" | "reset" | "tls" | "too-many";

export interface SharedPortOptions {
  /** Interface to listen on; undefined = all. */
  readonly host: string | undefined;
  /** 0 = any free port. */
  readonly port: number;
  readonly tls: TlsMaterial | undefined;
  /** For the first bytes to arrive, and before that for the TLS handshake. */
  readonly firstBytesTimeoutMs: number;
  /** More are closed at once. */
  readonly maxConnections: number;
  onHttp2(socket: Socket): void;
  onHttp1(socket: Socket): void;
  onFault(fault: ConnectionFault): void;
}

/**
 * One listening socket for gRPC (HTTP/2 with prior knowledge, or over TLS) and HTTP/1.1: the first bytes of
 * each connection decide who gets it. Bytes that were read for this are put back first.
 */
export class SharedPort {
  readonly #server: Server;
  readonly #options: SharedPortOptions;
  readonly #sockets = new SocketSet();
  readonly #undecided = new Set<Socket>();

  private constructor(options: SharedPortOptions) {
    this.#options = options;
    this.#server = options.tls === undefined ? createServer({ noDelay: true }) : tlsServer(options);
    this.#server.maxConnections = options.maxConnections;
    this.#server.on("drop", () => options.onFault("too-many"));
    this.#server.on("tlsClientError", () => options.onFault("tls"));
    this.#server.on("connection", (socket: Socket) => this.#track(socket));
    const ready = options.tls === undefined ? "connection" : "secureConnection";
    this.#server.on(ready, (socket: Socket) => this.#decide(socket));
  }

  /** @throws the system's error if the address is taken or not allowed */
  static async listen(options: SharedPortOptions): Promise<SharedPort> {
    const shared = new SharedPort(options);
    shared.#server.listen({ port: options.port, host: options.host });
    await once(shared.#server, "listening");
    return shared;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connectionCount(): number {
    return this.#sockets.size;
  }

  /**
   * Accepts no more connections and closes those that have not said anything yet.
   *
   * @returns when the last connection is gone: its owner must end it, or `destroy`
   */
  stopAccepting(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#undecided) socket.destroy();
    return closed;
  }

  /** Cuts every connection. */
  destroy(): void {
    this.#sockets.destroy();
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => this.#options.onFault("reset"));
  }

  #decide(socket: Socket): void {
    let seen: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => {
      this.#options.onFault("silent");
      socket.destroy();
    }, this.#options.firstBytesTimeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      this.#undecided.delete(socket);
      socket.off("readable", onReadable);
      socket.off("close", stop);
      socket.off("end", onEnd);
    };
    const onEnd = (): void => void socket.destroy();
    const onReadable = (): void => {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      const kind = connectionKind(seen);
      if (kind === undefined) return;
      stop();
      socket.unshift(seen);
      if (kind === "http2") this.#options.onHttp2(socket);
      else this.#options.onHttp1(socket);
    };
    this.#undecided.add(socket);
    socket.on("error", ignoreTracked);
    socket.on("readable", onReadable);
    socket.on("close", stop);
    socket.on("end", onEnd);
  }
}

/** A TLS socket's errors are those of the TCP socket below it, where they are counted. */
function ignoreTracked(): void {
  // An error event without a listener would end the process; "close" follows and cleans up.
}

function tlsServer({ tls, firstBytesTimeoutMs }: SharedPortOptions): Server {
  const options: TlsOptions = {
    cert: tls?.cert,
    key: tls?.key,
    ca: tls?.clientCa,
    requestCert: tls?.clientCa !== undefined,
    rejectUnauthorized: tls?.clientCa !== undefined,
    ALPNProtocols: ["h2", "http/1.1"],
    minVersion: "TLSv1.2",
    handshakeTimeout: firstBytesTimeoutMs,
    noDelay: true,
  };
  return createTlsServer(options);
}
