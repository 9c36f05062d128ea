import { FeatureStoreError, type Logger, toWireStatus } from "@ofs/platform";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { type FieldProblem, FieldProblemsError } from "../auth/field-problems.ts";
import { PopulatorRefusal } from "../populator/populator-client.ts";

/** The form of every failure. */
export interface ErrorBody {
  /** What existing clients show. */
  readonly error: string;
  /** Failure class, for example `InvalidArgument`. */
  readonly code: string;
  readonly problems?: readonly FieldProblem[];
}

/** Failures of the transport, by status: the framework's own texts name nothing of ours. */
const TRANSPORT_CODES: Readonly<Record<number, string>> = {
  400: "InvalidArgument",
  404: "NotFound",
  405: "InvalidArgument",
  408: "DeadlineExceeded",
  413: "OutOfRange",
  415: "InvalidArgument",
  429: "ResourceExhausted",
  431: "OutOfRange",
};

/** Answers every failure in one form. What was not foreseen is logged, and answered with a fixed text. */
export function answerFailures(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler((error: unknown, request, reply) => {
    const { status, body } = failureOf(error);
    if (status >= 500) logFailure(error, request, log);
    if (status === 401) reply.header("www-authenticate", "Bearer");
    return reply.code(status).type("application/json").send(JSON.stringify(body));
  });
}

export function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [path = ""] = request.url.split("?");
  const body: ErrorBody = {
    error: `there is no ${request.method} ${path.slice(0, 200)}`,
    code: "NotFound",
  };
  return reply.code(404).type("application/json").send(JSON.stringify(body));
}

function failureOf(error: unknown): { status: number; body: ErrorBody } {
  if (error instanceof FeatureStoreError) return ownFailure(error);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const problems = error.validation.map(({ instancePath, message = "is not valid" }) => ({
      field: instancePath.split("/").filter(Boolean).join("."),
      message,
      reason: "invalid" as const,
    }));
    return ownFailure(new FieldProblemsError(problems));
  }
  const { statusCode, message } = error as Partial<FastifyError>;
  const code = statusCode === undefined ? undefined : TRANSPORT_CODES[statusCode];
  if (statusCode === undefined || code === undefined) return ownFailure(error);
  return { status: statusCode, body: { error: message ?? code, code } };
}

function ownFailure(error: unknown): { status: number; body: ErrorBody } {
  const { http, name, message } = toWireStatus(error);
  const body = { error: message, code: name };
  const hasProblems = error instanceof FieldProblemsError || error instanceof PopulatorRefusal;
  if (!hasProblems || error.problems.length === 0) return { status: http, body };
  return { status: http, body: { ...body, problems: error.problems } };
}

function logFailure(err: unknown, { id, method, routeOptions }: FastifyRequest, log: Logger): void {
  const fields = { err, requestId: id, method, route: routeOptions.url };
  if (err instanceof FeatureStoreError) log.warn(fields, "a request could not be answered");
  else log.error(fields, "a request failed");
}
