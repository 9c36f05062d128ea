import { jsonReply } from "@ofs/http";
import type { Health, WorkerSummary } from "@ofs/platform";
import type { Registry } from "prom-client";
import type { HttpRoute } from "./http-server.ts";

/** What a worker knows of its host. */
export interface HostView {
  readonly slot: number;
  readonly summary: WorkerSummary | undefined;
  /** The metrics of all processes in one. */
  scrape(): Promise<{ readonly text: string; readonly contentType: string }>;
}

/** Liveness, readiness and metrics: this process's, and the host's if it is one of several. None needs credentials. */
export function adminRoutes(
  health: Health,
  metrics: Registry,
  host?: HostView,
): Map<string, HttpRoute> {
  return new Map<string, HttpRoute>([
    ["/health/self", { methods: ["GET"], handle: () => jsonReply(200, { message: "true" }) }],
    [
      "/ready",
      {
        methods: ["GET"],
        handle() {
          const { isReady, status, checks } = health.report();
          return jsonReply(
            isReady ? 200 : 503,
            host === undefined
              ? { status, checks }
              : { status, checks, worker: { slot: host.slot, ...host.summary } },
            { "cache-control": "no-store" },
          );
        },
      },
    ],
    [
      "/metrics",
      {
        methods: ["GET"],
        async handle() {
          if (host !== undefined) {
            const { text, contentType } = await host.scrape();
            return { status: 200, contentType, body: text };
          }
          const body = await metrics.metrics();
          return { status: 200, contentType: metrics.contentType, body };
        },
      },
    ],
  ]);
}
