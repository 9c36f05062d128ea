import type { Health } from "@ofs/platform";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Registry } from "prom-client";
import { z } from "zod";

const TAGS = ["Operation"];

/** `status` is what clients of the row dialect look for, `message` what those of the block dialect do. */
const aliveSchema = z.object({ status: z.string(), message: z.string() });
const readySchema = z.object({ status: z.string(), checks: z.record(z.string(), z.unknown()) });

/** Liveness, readiness and metrics, for everybody. */
export function healthRoutes(instance: FastifyInstance, health: Health, metrics: Registry): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const config = { access: "public", rateLimit: false } as const;

  app.get(
    "/health",
    {
      config,
      schema: { tags: TAGS, summary: "The process is alive", response: { 200: aliveSchema } },
    },
    (_, reply) => {
      reply.header("cache-control", "no-store");
      return { status: "UP", message: "true" };
    },
  );

  app.get(
    "/ready",
    {
      config,
      schema: {
        tags: TAGS,
        summary: "Whether requests can be answered: database, registry, stores",
        response: { 200: readySchema, 503: readySchema },
      },
    },
    (_, reply) => {
      const { isReady, status, checks } = health.report();
      reply.header("cache-control", "no-store");
      reply.code(isReady ? 200 : 503);
      return { status, checks: { ...checks } };
    },
  );

  app.get(
    "/metrics",
    { config, schema: { tags: TAGS, summary: "For Prometheus", produces: ["text/plain"] } },
    async (_, reply) => {
      reply.header("cache-control", "no-store");
      reply.header("content-type", metrics.contentType);
      return metrics.metrics();
    },
  );
}
