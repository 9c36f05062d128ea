import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { TokenRevoker } from "../apply/token-revoker.ts";
import { jobReference, jobType } from "../changes/job-payloads.ts";
import { actorOf } from "./access.ts";
import { ONLINE_FEATURE_STORE } from "./request-kinds.ts";
import { commonFailures, errorSchema, messageSchema } from "./schemas.ts";

/** As reasons of rejections are. */
const REASON_LENGTH_MAX = 255;

const revocation = z.object({
  "job-type": jobType,
  "job-id": jobReference,
  reason: z
    .string()
    .max(REASON_LENGTH_MAX)
    .default("")
    .describe("For the audit log")
    .meta({ examples: ["found in a repository"] }),
});

const failures = { ...commonFailures, 404: errorSchema, 412: errorSchema, 503: errorSchema };

/** What happens to tokens at once; new ones are asked for as other changes are. */
export function tokenRoutes(instance: FastifyInstance, revoker: TokenRevoker): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.post(
    `${ONLINE_FEATURE_STORE}/revoke-job-tokens`,
    {
      config: { access: "decide" },
      schema: {
        tags: ["Jobs"],
        summary: "Takes all tokens from a job or client, at once",
        description:
          "Needs no second person: it only takes away. It may call again once a rotation with `restore` is approved.",
        body: revocation,
        response: { 200: messageSchema, ...failures },
      },
    },
    async (request) => {
      const { "job-type": type, "job-id": jobId, reason } = request.body;
      await revoker.revoke({ jobType: type, jobId, reason }, actorOf(request));
      return { message: `no token of ${type} ${JSON.stringify(jobId)} is accepted any more` };
    },
  );
}
