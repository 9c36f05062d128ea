import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { FeatureStoreError, type Logger, toWireStatus } from "@ofs/platform";
import type { AdminGuard } from "./admin-guard.ts";
import { linger } from "./linger.ts";
import { HttpError, type HttpReply, jsonReply } from "./reply.ts";
import { type HttpExchange, type HttpRoute, Router } from "./router.ts";

/** For the head of a request to arrive, and for the whole of it. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** Without a byte in either direction: an answer that nobody reads, or a replay that takes too long for its caller. */
const IDLE_TIMEOUT_MS = 120_000;

/** Longer than load balancers keep an idle connection, so that they, not we, close it. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** More are closed at once: these are operators, probes and scrapers. */
const MAX_CONNECTIONS = 1_000;

/** How often connections without a request are closed while the server ends. */
const CLOSE_IDLE_INTERVAL_MS = 50;

/** Requests in work; more are RESOURCE_EXHAUSTED. */
const MAX_IN_FLIGHT = 256;

export interface HttpServerOptions {
  /** undefined: all interfaces. */
  readonly host: string | undefined;
  readonly port: number;
  /** PEM. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  readonly guard: AdminGuard;
  readonly log: Logger;
}

/** A small HTTP/1.1 server for operators. */
export class HttpServer {
  readonly #server: Server;
  readonly #router: Router;
  readonly #guard: AdminGuard;
  readonly #log: Logger;
  readonly #sockets = new Set<Socket>();
  readonly #ending = new AbortController();
  #inFlight = 0;
  #isDraining = false;

  private constructor(routes: readonly HttpRoute[], { tls, guard, log }: HttpServerOptions) {
    this.#router = new Router(routes);
    this.#guard = guard;
    this.#log = log;
    const times = {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    };
    const listener: RequestListener = (...exchange) => void this.#serve(exchange);
    const server =
      tls === undefined
        ? createServer(times, listener)
        : createTlsServer({ ...times, ...tls }, listener);
    server.timeout = IDLE_TIMEOUT_MS;
    server.maxConnections = MAX_CONNECTIONS;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    this.#server = server;
  }

  /** @throws the system's error if the port cannot be opened */
  static async listen(
    routes: readonly HttpRoute[],
    options: HttpServerOptions,
  ): Promise<HttpServer> {
    const http = new HttpServer(routes, options);
    await new Promise<void>((resolve, reject) => {
      http.#server.once("error", reject);
      http.#server.listen({ port: options.port, host: options.host }, resolve);
    });
    http.#server.on("error", (err) => options.log.error({ err }, "the HTTP port failed"));
    return http;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Closes connections with their next answer, or if no request comes soon; what is left when the signal aborts is cut. */
  async close(signal: AbortSignal): Promise<void> {
    this.#isDraining = true;
    this.#ending.abort(new FeatureStoreError("UNAVAILABLE", "the service is shutting down"));
    const onAbort = (): void => {
      for (const socket of this.#sockets) socket.destroy();
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    await linger(() => this.#sockets.size, signal);
    // Takes no more connections, and closes idle ones.
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // Answers that were under way may have promised to keep their connections.
    const timer = setInterval(() => this.#server.closeIdleConnections(), CLOSE_IDLE_INTERVAL_MS);
    await closed;
    clearInterval(timer);
    signal.removeEventListener("abort", onAbort);
  }

  /** Never rejects: whatever fails becomes an answer. */
  async #serve(exchange: HttpExchange): Promise<void> {
    const [request, response] = exchange;
    this.#inFlight += 1;
    try {
      this.#send(exchange, await this.#answer(exchange));
    } catch (error) {
      if (!(error instanceof FeatureStoreError || error instanceof HttpError)) {
        this.#log.error({ err: error, path: pathOf(request) }, "a request failed unexpectedly");
      }
      if (!response.destroyed) this.#send(exchange, errorReply(error));
    } finally {
      this.#inFlight -= 1;
    }
  }

  async #answer([request, response]: HttpExchange): Promise<HttpReply> {
    if (this.#inFlight > MAX_IN_FLIGHT) {
      throw new FeatureStoreError("RESOURCE_EXHAUSTED", `${MAX_IN_FLIGHT} requests are in work`);
    }
    const { route, params } = this.#router.find(request.method, pathOf(request));
    if (route.isAdmin) this.#guard.assertAllowed(request);
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableEnded) {
        gone.abort(new FeatureStoreError("CANCELLED", "the caller is gone"));
      }
    });
    const signal = AbortSignal.any([gone.signal, this.#ending.signal]);
    const query = new URLSearchParams(request.url?.split("?")[1] ?? "");
    return route.handle({ request, params, query, signal });
  }

  #send([request, response]: HttpExchange, reply: HttpReply): void {
    const body = Buffer.from(reply.body);
    // What is left of a body that nobody read would be taken for the next request.
    const mustClose = this.#isDraining || !request.complete;
    response.writeHead(reply.status, {
      ...reply.headers,
      "content-type": reply.contentType,
      "content-length": body.length,
      ...(mustClose ? { connection: "close" } : {}),
    });
    response.end(body);
  }
}

function errorReply(error: unknown): HttpReply {
  if (error instanceof HttpError) {
    return jsonReply(error.status, { error: error.message }, error.headers);
  }
  const { http, name, message } = toWireStatus(error);
  return jsonReply(http, { error: message, code: name });
}

function pathOf({ url = "" }: IncomingMessage): string {
  const end = url.indexOf("?");
  return end < 0 ? url : url.slice(0, end);
}
