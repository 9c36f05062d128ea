import type { IncomingMessage } from "node:http";
import { FeatureStoreError, type Logger, toWireStatus } from "@ofs/platform";
import { JsonSyntaxError, type JsonValue, parseJson, RowError } from "@ofs/rows";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { AuditTrail } from "../../apply/audit-trail.ts";
import type { Permission } from "../../auth/roles.ts";
import { RowCall } from "./row-call.ts";
import { deedOf, isDeed } from "./row-deeds.ts";

const JSON_TYPE = "application/json";

/** An endpoint. Answers are JSON text: numbers of callers come back digit by digit. */
export interface RowRoute {
  readonly methods: readonly ("GET" | "POST" | "PUT")[];
  readonly paths: readonly string[];
  /** @returns the payload as JSON text, which is sent as `{"data": payload}` */
  readonly handle: (call: RowCall) => Promise<string>;
  /** The payload is the whole answer. */
  readonly isBare?: boolean;
  /** What callers must be allowed to, where they must be signed in. Default: `read` for GET, else `decide`. */
  readonly permission?: Permission;
}

export interface RowScopeOptions {
  readonly routes: readonly RowRoute[];
  /** Whether callers must be signed in; else the endpoints are open to everybody, as Darwin's are. */
  readonly isAuthEnabled: boolean;
  readonly maxRequestBytes: number;
  readonly log: Logger;
  /** Changes that took place are noted there. */
  readonly audit: Pick<AuditTrail, "note">;
  /** Default: the status of the failure, with its envelope. */
  readonly answerFailure?: (failure: RowError) => {
    readonly status: number;
    readonly body: string;
  };
}

/**
 * Serves the row dialect's endpoints beside the others of this port, with envelopes, parser and failures of their own: any
 * content type, GET with a body, numbers without loss.
 */
export async function serveRows(app: FastifyInstance, options: RowScopeOptions): Promise<void> {
  await app.register(async (scope) => {
    readAnyBody(scope, options.maxRequestBytes);
    answerRowFailures(scope, options);
    for (const route of options.routes) addRoute(scope, route, options);
  });
}

function addRoute(
  scope: FastifyInstance,
  route: RowRoute,
  { isAuthEnabled, audit }: RowScopeOptions,
): void {
  for (const method of route.methods) {
    const permission = route.permission ?? (method === "GET" ? "read" : "decide");
    for (const path of route.paths) {
      const handler = async (request: FastifyRequest, reply: FastifyReply) => {
        const call = new RowCall(request);
        const payload = await route.handle(call);
        const deed = deedOf(method, path, call, payload);
        if (deed !== undefined) await audit.note({ actor: actorName(request), ...deed });
        const text = route.isBare === true ? payload : `{"data":${payload}}`;
        return reply.code(200).type(JSON_TYPE).send(text);
      };
      const open = isDeed(method, path) ? "open" : "public";
      const config = { access: isAuthEnabled ? permission : open } as const;
      for (const url of [path, `${path}/`]) {
        scope.route({ method, url, handler, config, schema: { hide: true } });
      }
    }
  }
}

/** For the audit log: clients of the row dialect need not sign in. */
function actorName({ session, ip }: FastifyRequest): string {
  return session?.user.email ?? `anonymous ${ip}`;
}

/** Whatever the body is labelled as, it is JSON. */
function readAnyBody(scope: FastifyInstance, maxBytes: number): void {
  scope.addHook("onRequest", async (request) => {
    request.raw.headers["content-type"] = JSON_TYPE;
  });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(JSON_TYPE, { parseAs: "buffer" }, async (_: unknown, body: Buffer) =>
    parseBody(body),
  );
  // The framework reads no body of a GET.
  scope.addHook("preValidation", async (request) => {
    if (request.method !== "GET") return;
    request.body = parseBody(await readBody(request.raw, maxBytes));
  });
}

function parseBody(bytes: Buffer): JsonValue | undefined {
  return bytes.length === 0 || bytes.toString("latin1").trim() === ""
    ? undefined
    : parseJson(bytes);
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === "0")) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) {
      const message = `the body has more than ${maxBytes} bytes`;
      throw RowError.of("INVALID_REQUEST", { status: 413, message });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function answerRowFailures(
  scope: FastifyInstance,
  { log, answerFailure = standardFailure }: RowScopeOptions,
): void {
  scope.setErrorHandler((error: unknown, request, reply) => {
    const failure = toRowError(error);
    if (failure.status >= 500) {
      const fields = { err: error, requestId: request.id, route: request.routeOptions.url };
      log.error({ ...fields, reason: failure.cause }, "a request of the row dialect failed");
    }
    const { status, body } = answerFailure(failure);
    return reply.code(status).type(JSON_TYPE).send(body);
  });
}

function standardFailure({ status, message, cause, code }: RowError): {
  status: number;
  body: string;
} {
  return { status, body: JSON.stringify({ error: { message, cause, code } }) };
}

function toRowError(error: unknown): RowError {
  if (error instanceof RowError) return error;
  if (error instanceof JsonSyntaxError) {
    return RowError.of("INVALID_REQUEST", { message: "invalid request", cause: error.message });
  }
  if (error instanceof FeatureStoreError) {
    const { http: status, message } = toWireStatus(error);
    const code = status < 500 ? "INVALID_REQUEST" : "UNKNOWN_EXCEPTION";
    return RowError.of(code, { status, message });
  }
  const { statusCode, message } = error as Partial<FastifyError>;
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) {
    return RowError.of("UNKNOWN_EXCEPTION");
  }
  return RowError.of("INVALID_REQUEST", { status: statusCode, message });
}
