import { FeatureStoreError } from "@ofs/platform";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { ChangeService } from "../apply/ports.ts";
import { FieldProblemsError } from "../auth/field-problems.ts";
import { payloadSchemas } from "../changes/payloads.ts";
import { actorOf } from "./access.ts";
import { DECISIONS, ONLINE_FEATURE_STORE, SUBMISSIONS, type Submission } from "./request-kinds.ts";
import { commonFailures, errorSchema } from "./schemas.ts";

/** As the column is. */
const MAX_REASON_LENGTH = 255;

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

const submitReply = z.object({
  message: z.string(),
  "request-id": z.number(),
  status: z.string(),
  token: z.string().optional().describe("That was made for a job without one; shown this once"),
});

const decisionBody = z.object({
  "request-id": z.int().min(1),
  status: z.enum(["APPROVED", "REJECTED"]),
  "reject-reason": z.string().max(MAX_REASON_LENGTH).default(""),
});

const decisionReply = z.object({
  message: z.string(),
  "request-id": z.number(),
  status: z.string(),
});

const failures = {
  ...commonFailures,
  404: errorSchema,
  409: errorSchema,
  412: errorSchema,
  503: errorSchema,
} as const;

/** Requests for changes, and decisions about them. */
export function changeRoutes(instance: FastifyInstance, changes: ChangeService): void {
  for (const submission of SUBMISSIONS) submitRoute(instance, submission, changes);
  const app = instance.withTypeProvider<ZodTypeProvider>();
  for (const { path, kinds } of DECISIONS) {
    app.post(
      `${ONLINE_FEATURE_STORE}/${path}`,
      {
        config: { access: "decide" },
        schema: {
          tags: ["Decisions"],
          summary: `Approves or rejects a request: ${kinds.join(", ")}`,
          body: decisionBody,
          response: { 200: decisionReply, ...failures },
        },
      },
      async (request) => {
        const { "request-id": id, status, "reject-reason": rejectReason } = request.body;
        const by = actorOf(request);
        const ended = await changes.decide(kinds, id, { status, rejectReason }, by);
        if (ended.status === "FAILED") {
          const reason = `request ${id} could not be carried out: ${ended.rejectReason}`;
          throw new FeatureStoreError("FAILED_PRECONDITION", reason);
        }
        const outcome = ended.status.toLowerCase();
        return { message: `request ${id} ${outcome}`, "request-id": id, status: ended.status };
      },
    );
  }
}

function submitRoute(
  app: FastifyInstance,
  { kind, method, path, message }: Submission,
  changes: ChangeService,
): void {
  app.route({
    method,
    url: `${ONLINE_FEATURE_STORE}/${path}`,
    config: { access: "submit" },
    // For the documentation: the body is checked with the registry at hand, so that all problems are named at once.
    validatorCompiler: () => (value: unknown) => ({ value }),
    schema: {
      tags: ["Changes"],
      summary: `Asks for a change: ${kind}`,
      headers: z.object({ "idempotency-key": z.string().optional() }),
      body: payloadSchemas[kind],
      response: { 200: submitReply, ...failures },
    },
    handler: async (request, reply) => {
      const idempotencyKey = idempotencyKeyOf(request);
      const body = objectOf(request.body);
      const outcome = await changes.submit(kind, body, actorOf(request), { idempotencyKey });
      if ("problems" in outcome) throw new FieldProblemsError(outcome.problems);
      const { request: made, isRepeated, madeToken } = outcome;
      if (isRepeated) reply.header("idempotent-replayed", "true");
      return {
        message: `${message}. RequestId ${made.id}`,
        "request-id": made.id,
        status: made.status,
        ...(madeToken === undefined ? {} : { token: madeToken }),
      };
    },
  });
}

function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key === "string" && IDEMPOTENCY_KEY.test(key)) return key;
  throw new FeatureStoreError(
    "INVALID_ARGUMENT",
    "the Idempotency-Key header must be 1 to 200 printable characters without blanks",
  );
}

/** @throws {FieldProblemsError} for a body that is no JSON object */
export function objectOf(body: unknown): Record<string, unknown> {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) {
    return body as Record<string, unknown>;
  }
  const problem = { field: "", message: "the body must be a JSON object", reason: "invalid" };
  throw new FieldProblemsError([{ ...problem, reason: "invalid" as const }]);
}
