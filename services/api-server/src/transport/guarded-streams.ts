import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Server } from "@grpc/grpc-js";

/** A listener of an HTTP/2 server's "stream" event. */
export type OnStream = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  rawHeaders: string[],
) => void;

export interface StreamHooks {
  /** Is told of an exception; the connection it came from is cut. */
  onFault(error: unknown): void;
  /** Gets the streams of other paths than gRPC's. @returns whether it has taken the stream */
  takeOver(...stream: Parameters<OnStream>): boolean;
  /** Gets the streams that have become calls of grpc-js. */
  onCall(...stream: Parameters<OnStream>): void;
}

/**
 * The calls of a grpc-js server as HTTP/2 streams: counts those that are open, and keeps a bad connection from ending
 * the process.
 *
 * grpc-js answers some requests (unknown method, other content type) inside the event that announces the stream. If
 * the client has reset the stream in between, that throws, and nobody can catch it: a stranger could stop the server.
 * The HTTP/2 server that raises the event is not part of grpc-js's interface, so this reaches for a private field; the
 * version is pinned, and a field that is gone is an error at start.
 */
export class GuardedStreams {
  readonly #hooks: StreamHooks;
  #openCount = 0;
  #onIdle: (() => void) | undefined;

  /**
   * @param server its connection injector has been made
   * @throws {Error} if grpc-js has been changed inside
   */
  constructor(server: Server, hooks: StreamHooks) {
    this.#hooks = hooks;
    for (const http2Server of http2ServersOf(server)) this.#guard(http2Server);
  }

  /** Resolves when no stream is open: every answer has left, or its client. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      if (this.#openCount === 0) resolve();
    });
  }

  #guard(http2Server: Http2Server): void {
    const listeners = http2Server.listeners("stream") as OnStream[];
    if (listeners.length === 0) throw new Error("grpc-js listens to no streams");
    http2Server.removeAllListeners("stream");
    http2Server.on("stream", (...event: Parameters<OnStream>) => {
      const [stream] = event;
      stream.on("error", ignore);
      if (stream.destroyed) return;
      this.#track(stream);
      try {
        if (this.#hooks.takeOver(...event)) return;
        for (const listener of listeners) listener.apply(http2Server, event);
        this.#hooks.onCall(...event);
      } catch (error) {
        this.#hooks.onFault(error);
        stream.session?.destroy();
      }
    });
  }

  #track(stream: ServerHttp2Stream): void {
    this.#openCount += 1;
    stream.once("close", () => {
      this.#openCount -= 1;
      if (this.#openCount === 0) this.#onIdle?.();
    });
  }
}

/** A stream's error belongs to its client; "close" follows, and the call hears of that. */
function ignore(): void {
  // Without a listener the error would end the process.
}

function http2ServersOf(server: Server): Http2Server[] {
  const { http2Servers } = server as unknown as { http2Servers?: unknown };
  if (!(http2Servers instanceof Map) || http2Servers.size === 0) {
    throw new Error("grpc-js has no http2Servers: its version does not fit this server");
  }
  return [...http2Servers.keys()] as Http2Server[];
}
