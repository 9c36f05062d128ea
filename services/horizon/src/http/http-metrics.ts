import { LATENCY_BUCKETS_SECONDS } from "@ofs/platform";
import type { FastifyInstance } from "fastify";
import { Counter, Histogram, type Registry } from "prom-client";
import type { LoginOutcome } from "../auth/sign-in.ts";

/** Others are counted as `other`: callers may send any word. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];

/** Routes are patterns, never paths; everything that is none is one label. */
const NO_ROUTE = "unmatched";

/** What is counted at the port. */
export class HttpMetrics {
  readonly #requests: Counter<"method" | "route" | "status">;
  readonly #seconds: Histogram<"method" | "route">;
  readonly #logins: Counter<"outcome">;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#requests = new Counter({
      name: "ofs_http_requests_total",
      help: "Answered requests, those that were refused included.",
      labelNames: ["method", "route", "status"],
      registers,
    });
    this.#seconds = new Histogram({
      name: "ofs_http_request_seconds",
      help: "From a request's head to the end of its answer.",
      labelNames: ["method", "route"],
      buckets: [...LATENCY_BUCKETS_SECONDS],
      registers,
    });
    this.#logins = new Counter({
      name: "ofs_logins_total",
      help: "Attempts to sign in, by how they ended.",
      labelNames: ["outcome"],
      registers,
    });
  }

  login(outcome: LoginOutcome): void {
    this.#logins.inc({ outcome });
  }

  observe(app: FastifyInstance): void {
    app.addHook("onResponse", async (request, reply) => {
      const method = METHODS.includes(request.method) ? request.method : "other";
      const route = request.is404 ? NO_ROUTE : (request.routeOptions.url ?? NO_ROUTE);
      this.#requests.inc({ method, route, status: String(reply.statusCode) });
      this.#seconds.observe({ method, route }, reply.elapsedTime / 1_000);
    });
  }
}
