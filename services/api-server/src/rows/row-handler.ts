import type { RowCallContext } from "@ofs/engine";
import { type HttpReply, readBodyBytes } from "@ofs/http";
import {
  FeatureStoreError,
  type InFlightLimit,
  type Logger,
  type Span,
  type Tracer,
  toWireStatus,
  traceFields,
} from "@ofs/platform";
import { JsonSyntaxError, type JsonValue, parseJson, RowError } from "@ofs/rows";
import { type Access, type Authenticator, assertAccess } from "../auth/authenticator.ts";
import { HttpCall } from "../http/http-call.ts";
import type { RouteReply } from "../http/http-reply.ts";
import type { HttpRequest } from "../http/http-request.ts";
import type { HttpRoute } from "../http/http-server.ts";
import { type RequestMetrics, UNKNOWN_CALLER } from "../metrics/request-metrics.ts";
import { endPathSpan, startPathSpan } from "../routes/call-spans.ts";
import { type CallQueue, OVERLOAD_TEXT } from "../transport/call-queue.ts";
import type { RowLimits } from "./row-limits.ts";
import { rowErrorReply, rowFailure } from "./row-replies.ts";

/** Largest body where no limit is configured: text of twice the size could not be made of it. */
const BODY_BYTES_MAX = 256 * 1024 * 1024;

const STORE_TYPE_HEADER = "feature-store-type";
const STORE_TYPE = "cassandra";

export interface RowGuardDeps {
  /** undefined: callers need no token. */
  readonly authenticator: Authenticator | undefined;
  readonly limit: InFlightLimit;
  readonly queue: CallQueue;
  readonly metrics: RequestMetrics;
  readonly limits: RowLimits;
  readonly log: Logger;
  /** undefined: nothing is traced. */
  readonly tracer?: Tracer | undefined;
}

/** An admitted call. */
export interface RowCall extends RowCallContext {
  /** Of the request; `{}` where there was none and none is needed. */
  readonly body: JsonValue;
  readonly signal: AbortSignal;
  header(name: string): string | undefined;
}

/** What a path does. */
export interface RowMethod {
  /** For metrics and messages: the published path. */
  readonly path: string;
  readonly access: Access;
  readonly methods: HttpRoute["methods"];
  work(call: RowCall): Promise<RouteReply>;
}

/** Puts the same guard before every method: who calls, the body, room, a turn; and counts the outcome of whatever happens. */
export function rowRoute(method: RowMethod, deps: RowGuardDeps): HttpRoute {
  return {
    methods: method.methods,
    async handle(request, response): Promise<RouteReply> {
      const startedMs = performance.now();
      let caller = UNKNOWN_CALLER;
      const call = new HttpCall(method.path, request, response);
      const httpMethod = request.method ?? "POST";
      const span = deps.tracer && startPathSpan(deps.tracer, method.path, httpMethod, call);
      const record = (status: string, httpStatus: number, error?: unknown): void => {
        const seconds = (performance.now() - startedMs) / 1000;
        deps.metrics.record(method.path, caller, status, seconds);
        if (span !== undefined) endPathSpan(span, httpStatus, error);
      };
      try {
        if (!deps.queue.admits()) throw new FeatureStoreError("RESOURCE_EXHAUSTED", OVERLOAD_TEXT);
        caller = admit(call, method.access, deps.authenticator);
        assertStoreType(call.header(STORE_TYPE_HEADER));
        const body = await readJson(request, method.path, deps.limits);
        return await runAdmitted(method, new AdmittedRowCall(call, body, span), deps, record);
      } catch (error) {
        const reply = failureReply(error, method.path, deps.log, span);
        record(statusOf(error), reply.status, error);
        return reply;
      }
    },
  };
}

/** @returns the answer; a streamed one keeps its room until it is sent @throws what the work throws */
async function runAdmitted(
  method: RowMethod,
  call: AdmittedRowCall,
  { limit, queue }: RowGuardDeps,
  record: (status: string, httpStatus: number, error?: unknown) => void,
): Promise<RouteReply> {
  limit.enter();
  let isStreaming = false;
  try {
    const reply = await queue.run(call.call, () => method.work(call));
    if (!("chunks" in reply)) {
      record("OK", reply.status);
      return reply;
    }
    isStreaming = true;
    const onEnd = (status: string, error?: unknown): void => {
      limit.leave();
      record(status, reply.status, error);
    };
    const trace = traceFields(call.span);
    return { ...reply, trace, chunks: watched(reply.chunks, onEnd) };
  } finally {
    if (!isStreaming) limit.leave();
  }
}

async function* watched(
  chunks: AsyncIterable<string>,
  onEnd: (status: string, error?: unknown) => void,
): AsyncGenerator<string> {
  let status = toWireStatus(new FeatureStoreError("CANCELLED", "")).name;
  let failure: unknown;
  try {
    yield* chunks;
    status = "OK";
  } catch (error) {
    status = statusOf(error);
    failure = error;
    throw error;
  } finally {
    onEnd(status, failure);
  }
}

/** @returns who calls */
function admit(call: HttpCall, access: Access, authenticator: Authenticator | undefined): string {
  if (authenticator === undefined) return UNKNOWN_CALLER;
  const reader = authenticator.authenticate(call);
  assertAccess(reader, access);
  return reader.callerId;
}

function assertStoreType(value: string | undefined): void {
  if (value === undefined || value.toLowerCase() === STORE_TYPE) return;
  const message = `${STORE_TYPE_HEADER}: ${value} is not ${STORE_TYPE}`;
  throw RowError.of("INVALID_REQUEST", { message, cause: "Constraint Violation" });
}

/** The body, whatever its content type says. */
async function readJson(
  request: HttpRequest,
  path: string,
  { maxBodyBytes }: RowLimits,
): Promise<JsonValue> {
  const maxBytes = maxBodyBytes === 0 ? BODY_BYTES_MAX : Math.min(maxBodyBytes, BODY_BYTES_MAX);
  const bytes = await readBodyBytes(request, maxBytes, "ROW_MAX_BODY_BYTES");
  if (bytes.length === 0) throw invalidBody(path, "body must not be null");
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw invalidBody(path, error.message);
    throw error;
  }
}

/** As existing clients know constraint violations; the text after the colon is for people. */
export function invalidBody(path: string, text: string): RowError {
  const method = path.slice(path.lastIndexOf("/") + 1);
  return RowError.of("INVALID_REQUEST", {
    message: `${method}.arg0: ${text}`,
    cause: "Constraint Violation",
  });
}

/** As for calls over gRPC. */
function statusOf(error: unknown): string {
  if (error instanceof FeatureStoreError) return toWireStatus(error).name;
  const { status } = rowFailure(error);
  if (status === 404) return "NotFound";
  return status < 500 ? "InvalidArgument" : "Internal";
}

function failureReply(
  error: unknown,
  path: string,
  log: Logger,
  span: Span | undefined,
): HttpReply {
  const reply = rowErrorReply(error);
  const isKnown = error instanceof RowError || error instanceof FeatureStoreError;
  if (reply.status >= 500 && !isKnown) {
    log.error({ err: error, path, ...traceFields(span) }, "a row call failed");
  }
  return reply;
}

/** The engine's view of a call. The signal is asked for only where something waits. */
class AdmittedRowCall implements RowCall {
  readonly call: HttpCall;
  readonly body: JsonValue;
  readonly deadlineMs = Number.POSITIVE_INFINITY;
  readonly span: Span | undefined;

  constructor(call: HttpCall, body: JsonValue, span: Span | undefined) {
    this.call = call;
    this.body = body;
    this.span = span;
  }

  get signal(): AbortSignal {
    return this.call.signal;
  }

  header(name: string): string | undefined {
    return this.call.header(name);
  }
}
