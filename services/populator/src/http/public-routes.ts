import { type HttpRoute, jsonReply } from "@ofs/http";
import type { Health } from "@ofs/platform";
import type { Registry } from "prom-client";

export interface PublicRouteDeps {
  readonly health: Health;
  readonly metrics: Registry;
  /** Workers of this process, and whether they can get work. */
  readonly workers: () => ReadonlyMap<string, boolean>;
  /** Shards under way in the whole fleet: worker, table, count. */
  readonly assignments: () => Promise<Record<string, Record<string, number>>>;
}

/** Liveness, readiness, metrics, and who does what. */
export function publicRoutes({
  health,
  metrics,
  workers,
  assignments,
}: PublicRouteDeps): HttpRoute[] {
  const get = (path: string, handle: HttpRoute["handle"]): HttpRoute => ({
    method: "GET",
    path,
    isAdmin: false,
    handle,
  });
  return [
    get("/health/self", () => jsonReply(200, { message: "true" })),
    get("/ready", () => {
      const { isReady, status, checks } = health.report();
      return jsonReply(isReady ? 200 : 503, { status, checks }, { "cache-control": "no-store" });
    }),
    get("/metrics", async () => ({
      status: 200,
      contentType: metrics.contentType,
      body: await metrics.metrics(),
    })),
    get("/healthcheck", () => {
      const states = [...workers()].map(
        ([worker, isHealthy]) => [worker, isHealthy ? "HEALTHY" : "UNHEALTHY"] as const,
      );
      const isHealthy = states.every(([, state]) => state === "HEALTHY");
      return jsonReply(isHealthy ? 200 : 503, { data: Object.fromEntries(states) });
    }),
    get("/assignments", async () => jsonReply(200, { data: await assignments() })),
  ];
}
