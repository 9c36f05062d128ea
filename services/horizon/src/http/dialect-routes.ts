import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { commonFailures } from "./schemas.ts";

const dialects = z.object({ block: z.literal(true), row: z.boolean() });

/** Which dialects are served here, for pages that show only those. */
export function dialectRoutes(
  instance: FastifyInstance,
  { hasRows }: { readonly hasRows: boolean },
): void {
  instance.withTypeProvider<ZodTypeProvider>().get(
    "/api/v1/horizon/dialects",
    {
      config: { access: "read" },
      schema: {
        tags: ["Operation"],
        summary: "Which dialects this control plane serves",
        response: { 200: dialects, ...commonFailures },
      },
    },
    async () => ({ block: true as const, row: hasRows }),
  );
}
