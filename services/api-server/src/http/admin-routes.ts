import type { Health } from "@ofs/platform";
import type { Registry } from "prom-client";
import { jsonReply } from "./http-reply.ts";
import type { HttpRoute } from "./http-server.ts";

/** Liveness, readiness and metrics. None needs credentials. */
export function adminRoutes(health: Health, metrics: Registry): Map<string, HttpRoute> {
  return new Map<string, HttpRoute>([
    ["/health/self", { method: "GET", handle: () => jsonReply(200, { message: "true" }) }],
    [
      "/ready",
      {
        method: "GET",
        handle() {
          const { isReady, status, checks } = health.report();
          return jsonReply(
            isReady ? 200 : 503,
            { status, checks },
            { "cache-control": "no-store" },
          );
        },
      },
    ],
    [
      "/metrics",
      {
        method: "GET",
        async handle() {
          const body = await metrics.metrics();
          return { status: 200, contentType: metrics.contentType, body };
        },
      },
    ],
  ]);
}
