import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
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

/** Where connections come from in place of a listening socket: another process listens. */
export interface ConnectionSource {
  readonly port: number;
  /** @param take gets each connection; returns whether it does not refuse it */
  onConnection(take: (socket: Socket) => boolean): void;
}

export interface SharedPortOptions {
  /** Interface to listen on; undefined = all. */
  readonly host: string | undefined;
  /** 0 = any free port. */
  readonly port: number;
  /** If given, `host` and `port` are not used. */
  readonly source?: ConnectionSource | undefined;
  readonly tls: TlsMaterial | undefined;
  /** Offered to clients over TLS. Default: HTTP/2 and HTTP/1.1. */
  readonly protocols?: readonly string[] | undefined;
  /** For the first bytes to arrive, and before that for the TLS handshake. */
  readonly firstBytesTimeoutMs: number;
  /** More are closed at once, or given back to the source. */
  readonly maxConnections: number;
  onHttp2(socket: Socket): void;
  onHttp1(socket: Socket): void;
  onFault(fault: ConnectionFault): void;
}

/** For a connection without first bytes, once no more are accepted. */
const LAST_WORDS_MS = 250;

/**
 * One listening socket for gRPC (HTTP/2 with prior knowledge, or over TLS) and HTTP/1.1: the first bytes of
 * each connection decide who gets it. Bytes that were read for this are put back first.
 */
export class SharedPort {
  readonly #server: Server;
  readonly #options: SharedPortOptions;
  readonly #sockets = new SocketSet();
  readonly #undecided = new Set<Socket>();
  #isStopped = false;
  #mayDecide = true;
  #onDecided: () => void = () => undefined;

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
    if (options.source !== undefined) {
      options.source.onConnection((socket) => shared.#take(socket));
      return shared;
    }
    shared.#server.listen({ port: options.port, host: options.host });
    await once(shared.#server, "listening");
    return shared;
  }

  get port(): number {
    return this.#options.source?.port ?? (this.#server.address() as AddressInfo).port;
  }

  get connectionCount(): number {
    return this.#sockets.size;
  }

  /**
   * Accepts no more connections. Those that have not said anything yet get a moment for it: their first call may be on
   * its way, and its client cannot know whether it was heard if the connection just ends.
   *
   * @returns when every connection is handed on or closed
   */
  async stopAccepting(): Promise<void> {
    this.#isStopped = true;
    if (this.#server.listening) this.#server.close();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LAST_WORDS_MS);
      this.#onDecided = () => {
        // Connections that still shake hands are not among them.
        if (this.#undecided.size > 0 || this.#options.tls !== undefined) return;
        clearTimeout(timer);
        resolve();
      };
      this.#onDecided();
    });
    // Timers come before input: first bytes that arrived while the process had no core are still to be read.
    await nextTurn();
    this.#mayDecide = false;
    for (const socket of this.#undecided) socket.destroy();
  }

  /** Resolves when the last connection is gone: its owner must end it, or `destroy`. */
  whenClosed(): Promise<void> {
    return this.#sockets.whenEmpty();
  }

  /** Cuts every connection. */
  destroy(): void {
    this.#sockets.destroy();
  }

  /** @returns false if this process must not take it: the source has others */
  #take(socket: Socket): boolean {
    if (this.#isStopped) return false;
    if (this.#sockets.size >= this.#options.maxConnections) {
      this.#options.onFault("too-many");
      return false;
    }
    socket.setNoDelay(true);
    this.#server.emit("connection", socket);
    return true;
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => this.#options.onFault("reset"));
  }

  #decide(socket: Socket): void {
    if (!this.#mayDecide) {
      socket.destroy();
      return;
    }
    let seen: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => {
      this.#options.onFault("silent");
      socket.destroy();
    }, this.#options.firstBytesTimeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      this.#undecided.delete(socket);
      this.#onDecided();
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

function tlsServer({ tls, protocols, firstBytesTimeoutMs }: SharedPortOptions): Server {
  const options: TlsOptions = {
    cert: tls?.cert,
    key: tls?.key,
    ca: tls?.clientCa,
    requestCert: tls?.clientCa !== undefined,
    rejectUnauthorized: tls?.clientCa !== undefined,
    ALPNProtocols: [...(protocols ?? ["h2", "http/1.1"])],
    minVersion: "TLSv1.2",
    handshakeTimeout: firstBytesTimeoutMs,
    noDelay: true,
  };
  return createTlsServer(options);
}
