import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { AuditRepository } from "../database/ports.ts";
import { commonFailures } from "./schemas.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

const word = z.string().min(1).max(255).optional();

const auditQuery = z.object({
  actor: word,
  action: word,
  subject: word,
  "before-id": z.coerce.number().int().min(1).optional().describe("For the next page"),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
});

const entrySchema = z.object({
  id: z.number(),
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  details: z.record(z.string(), z.unknown()),
});

/** Who did what, newest first, for administrators. */
export function auditRoutes(instance: FastifyInstance, audit: AuditRepository): void {
  instance.withTypeProvider<ZodTypeProvider>().get(
    "/api/v1/horizon/audit",
    {
      config: { access: "manage-users" },
      schema: {
        tags: ["Audit"],
        summary: "What was done, by whom and when; newest first",
        querystring: auditQuery,
        response: { 200: z.array(entrySchema), ...commonFailures },
      },
    },
    async ({ query }) => {
      const { actor, action, subject, "before-id": beforeId, limit } = query;
      const entries = await audit.list({
        limit,
        ...(actor === undefined ? {} : { actor }),
        ...(action === undefined ? {} : { action }),
        ...(subject === undefined ? {} : { subject }),
        ...(beforeId === undefined ? {} : { beforeId }),
      });
      return entries.map(({ id, atMs, details, ...entry }) => ({
        id,
        at: new Date(atMs).toISOString(),
        actor: entry.actor,
        action: entry.action,
        subject: entry.subject,
        details: { ...details },
      }));
    },
  );
}
