import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  constants,
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import type { Socket } from "node:net";
import type { PlainAnswer, PlainHead, PlainReply, PlainRequest } from "@ofs/grpc-front";
import { HttpError, type HttpReply, linger } from "@ofs/http";
import { FeatureStoreError, type Logger } from "@ofs/platform";
import type { OnStream } from "../transport/guarded-streams.ts";
import { SocketSet } from "../transport/socket-set.ts";
import { errorReply, type RouteReply, type StreamedReply } from "./http-reply.ts";
import type { HttpRequest, HttpResponse } from "./http-request.ts";
import { PlainCaller, plainHttpRequest } from "./plain-http.ts";
import { sendStream, wholeBody } from "./streamed-reply.ts";

/** What a path answers to. `HEAD` is answered wherever `GET` is. */
export interface HttpRoute {
  readonly methods: readonly ("GET" | "POST")[];
  handle(request: HttpRequest, response: HttpResponse): RouteReply | Promise<RouteReply>;
}

/** Routes by exact path. */
export type HttpRoutes = ReadonlyMap<string, HttpRoute>;

/** For the head of a request to arrive, and for the whole of it. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** Longer than load balancers keep an idle connection, so that they, not we, close it. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** Without a byte in either direction while a request is under way: an answer that nobody reads. */
const IDLE_TIMEOUT_MS = 60_000;

/** How often the first two are looked at. */
const TIMEOUT_CHECK_INTERVAL_MS = 1_000;

type NodeRequest = IncomingMessage | Http2ServerRequest;
type NodeResponse = ServerResponse | Http2ServerResponse;

export interface HttpServerOptions {
  readonly log: Logger;
  readonly headersTimeoutMs?: number;
  /** How callers are told of failures. Default: as the HTTP mirror of gRPC tells them. */
  readonly errorReply?: (error: unknown) => HttpReply;
}

/** HTTP with a handful of fixed paths. It does not listen: connections (HTTP/1.1) and streams (HTTP/2) are given to it. */
export class HttpServer {
  readonly #server: Server;
  /** Has no sessions: it makes requests of streams. */
  readonly #streams: Http2Server;
  readonly #routes: HttpRoutes;
  readonly #log: Logger;
  readonly #errorReply: (error: unknown) => HttpReply;
  readonly #sockets = new SocketSet();
  #isDraining = false;
  #mayCloseIdle = false;

  constructor(routes: HttpRoutes, options: HttpServerOptions) {
    this.#routes = routes;
    this.#log = options.log;
    this.#errorReply = options.errorReply ?? errorReply;
    this.#server = createServer({
      headersTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
    });
    this.#server.on("request", (request, response) => void this.#serve(request, response));
    this.#streams = createHttp2Server((request, response) => void this.#serve(request, response));
    this.#server.timeout = IDLE_TIMEOUT_MS;
    // Node enforces the timeouts only on a server that listens; this is how it learns that it does.
    this.#server.emit("listening");
  }

  accept(socket: Socket): void {
    this.#sockets.add(socket);
    this.#server.emit("connection", socket);
  }

  /**
   * Serves a stream of an HTTP/2 connection if its path is one of the routes'.
   *
   * @returns whether it does; the connection stays its owner's
   */
  acceptStream(...event: Parameters<OnStream>): boolean {
    const [stream, headers] = event;
    if (!this.#routes.has(pathOf(headers[":path"]))) return false;
    stream.setTimeout(REQUEST_TIMEOUT_MS, () => stream.close(constants.NGHTTP2_CANCEL));
    this.#streams.emit("stream", ...event);
    return true;
  }

  /** @returns who answers a request that our own HTTP/2 server has received; undefined if no route does */
  plainAnswer(head: PlainHead): PlainAnswer | undefined {
    if (!this.#routes.has(pathOf(head.path))) return undefined;
    return (request) => this.#servePlain(request);
  }

  /** Closes connections after their next answer, or if no request comes soon. @returns when all are closed */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await linger(() => this.#sockets.size);
    this.#mayCloseIdle = true;
    // Closes idle connections, and ends the timeouts' timer; there is no listening socket, which it complains of.
    this.#server.close(() => undefined);
    await this.#sockets.whenEmpty();
  }

  destroy(): void {
    this.#sockets.destroy();
  }

  /** Never rejects: whatever fails becomes an answer. */
  async #serve(request: NodeRequest, response: NodeResponse): Promise<void> {
    const reply = await this.#answer(request, response);
    if ("chunks" in reply) await this.#stream(request, response, reply);
    else this.#send(request, response, reply);
  }

  async #servePlain(request: PlainRequest): Promise<PlainReply> {
    const caller = new PlainCaller(request.signal);
    const reply = await this.#whole(await this.#answer(plainHttpRequest(request), caller));
    return {
      status: reply.status,
      headers: { ...reply.headers, "content-type": reply.contentType },
      body: Buffer.from(reply.body),
    };
  }

  /** Never rejects: whatever fails becomes an answer. */
  async #whole(reply: RouteReply): Promise<HttpReply> {
    if (!("chunks" in reply)) return reply;
    const { chunks, ...head } = reply;
    try {
      return { ...head, body: await wholeBody(chunks) };
    } catch (error) {
      return this.#errorReply(error);
    }
  }

  /** Never rejects: whatever fails becomes an answer. */
  async #answer(request: HttpRequest, response: HttpResponse): Promise<RouteReply> {
    try {
      return await this.#route(request).handle(request, response);
    } catch (error) {
      if (!(error instanceof FeatureStoreError || error instanceof HttpError)) {
        this.#log.error(
          { err: error, path: pathOf(request.url) },
          "an HTTP request failed unexpectedly",
        );
      }
      return this.#errorReply(error);
    }
  }

  #route(request: HttpRequest): HttpRoute {
    const route = this.#routes.get(pathOf(request.url));
    if (route === undefined) throw new HttpError(404, "not found");
    const method = request.method === "HEAD" ? "GET" : request.method;
    if (!route.methods.some((allowed) => allowed === method)) {
      const allow = route.methods.join(", ").replace("GET", "GET, HEAD");
      throw new HttpError(405, `method ${request.method} is not allowed`, { allow });
    }
    return route;
  }

  /** Never rejects: what fails once the answer has begun cuts it off. */
  async #stream(request: NodeRequest, response: NodeResponse, reply: StreamedReply): Promise<void> {
    const mustClose = !("stream" in response) && (this.#isDraining || !request.complete);
    const headers = { ...reply.headers, "content-type": reply.contentType };
    try {
      await sendStream(response, reply, mustClose ? { ...headers, connection: "close" } : headers);
      if (this.#mayCloseIdle) this.#server.closeIdleConnections();
    } catch (error) {
      const path = pathOf(request.url);
      this.#log.warn({ err: error, path, ...reply.trace }, "an answer was cut off");
      response.destroy();
    }
  }

  #send(request: NodeRequest, response: NodeResponse, reply: HttpReply): void {
    const body = Buffer.from(reply.body);
    // What is left of a body that nobody read would be taken for the next request.
    const mustClose = this.#isDraining || !request.complete;
    const headers = {
      ...reply.headers,
      "content-type": reply.contentType,
      "content-length": body.length,
    };
    if ("stream" in response) {
      response.writeHead(reply.status, headers);
      const { stream } = response;
      response.end(body, () => {
        if (!request.complete) stream.close(constants.NGHTTP2_NO_ERROR);
      });
      return;
    }
    response.writeHead(reply.status, mustClose ? { ...headers, connection: "close" } : headers);
    response.end(body, () => {
      if (this.#mayCloseIdle) this.#server.closeIdleConnections();
    });
  }
}

function pathOf(url = ""): string {
  const end = url.indexOf("?");
  return end < 0 ? url : url.slice(0, end);
}
