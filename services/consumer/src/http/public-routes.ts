import { type HttpRoute, jsonReply } from "@ofs/http";
import type { Health } from "@ofs/platform";
import type { Registry } from "prom-client";

/** What the api-server answers and this service does not: it knows no callers, so none is admitted. */
const FEATURE_PATHS = [
  "/api/v1/features/retrieve",
  "/api/v1/features/retrieve/decoded",
  "/api/v1/features/persist",
] as const;

/** Liveness, readiness, metrics, and the refusal of everything about features. */
export function publicRoutes(health: Health, metrics: Registry): HttpRoute[] {
  return [
    {
      method: "GET",
      path: "/health/self",
      isAdmin: false,
      handle: () => jsonReply(200, { message: "true" }),
    },
    {
      method: "GET",
      path: "/ready",
      isAdmin: false,
      handle() {
        const { isReady, status, checks } = health.report();
        return jsonReply(isReady ? 200 : 503, { status, checks }, { "cache-control": "no-store" });
      },
    },
    {
      method: "GET",
      path: "/metrics",
      isAdmin: false,
      async handle() {
        const body = await metrics.metrics();
        return { status: 200, contentType: metrics.contentType, body };
      },
    },
    ...FEATURE_PATHS.map(
      (path): HttpRoute => ({
        method: "POST",
        path,
        isAdmin: false,
        handle: () => jsonReply(401, { error: "Invalid auth token" }),
      }),
    ),
  ];
}
