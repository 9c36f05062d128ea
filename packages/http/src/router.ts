import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpError, type HttpReply } from "./reply.ts";

/** One request, as a route sees it. */
export interface HttpCall {
  readonly request: IncomingMessage;
  /** Of the path, by name, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Aborts when the caller is gone or the server ends. */
  readonly signal: AbortSignal;
}

/** What a path answers to. `HEAD` is answered wherever `GET` is. */
export interface HttpRoute {
  readonly method: "GET" | "POST" | "DELETE";
  /** For example `/dlq/:topic/:partition/:offset`. */
  readonly path: string;
  /** For operators only. */
  readonly isAdmin: boolean;
  handle(call: HttpCall): HttpReply | Promise<HttpReply>;
}

/** A route with the parameters of one path. */
export interface RouteMatch {
  readonly route: HttpRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** Who asks for what. */
export type HttpExchange = readonly [request: IncomingMessage, response: ServerResponse];

interface Compiled {
  readonly route: HttpRoute;
  readonly segments: readonly string[];
}

/** Finds routes by method and path. */
export class Router {
  readonly #routes: readonly Compiled[];

  constructor(routes: readonly HttpRoute[]) {
    this.#routes = routes.map((route) => ({ route, segments: route.path.split("/") }));
  }

  /** @throws {HttpError} 404, 405, and 400 for a path that is not decodable */
  find(method: string | undefined, path: string): RouteMatch {
    const segments = path.split("/").map(decodeSegment);
    const wanted = method === "HEAD" ? "GET" : method;
    const allowed = new Set<string>();
    for (const compiled of this.#routes) {
      const params = matchPath(compiled.segments, segments);
      if (params === undefined) continue;
      if (compiled.route.method === wanted) return { route: compiled.route, params };
      allowed.add(compiled.route.method);
    }
    if (allowed.size === 0) throw new HttpError(404, "not found");
    const allow = [...allowed].flatMap((one) => (one === "GET" ? ["GET", "HEAD"] : [one]));
    throw new HttpError(405, `method ${method} is not allowed`, { allow: allow.join(", ") });
  }
}

function matchPath(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] as string;
    if (expected.startsWith(":") && actual !== "") params[expected.slice(1)] = actual;
    else if (expected !== actual) return undefined;
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpError(400, `the path has a broken escape in ${segment.slice(0, 80)}`);
  }
}
