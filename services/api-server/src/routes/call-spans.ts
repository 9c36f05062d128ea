import {
  type ErrorCode,
  FeatureStoreError,
  type Span,
  TRACEPARENT_HEADER,
  TRACESTATE_HEADER,
  type Tracer,
  type UnaryCall,
} from "@ofs/platform";

/** Failures of the server; the others are the caller's, who marks a span of its own. */
const SERVER_FAULTS: ReadonlySet<ErrorCode> = new Set([
  "DEADLINE_EXCEEDED",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
]);

/** Goes on with the caller's trace, or begins one. @returns undefined if it is not kept */
export function startCallSpan(tracer: Tracer, call: UnaryCall): Span | undefined {
  const traceparent = call.header(TRACEPARENT_HEADER);
  const starter = tracer.keep(traceparent);
  if (starter === undefined) return undefined;
  const method = call.method.slice(1);
  return starter.start(method, "server", {
    traceparent,
    tracestate: traceparent && call.header(TRACESTATE_HEADER),
    attributes: { "rpc.system.name": "grpc", "rpc.method": method },
  });
}

/** The same of a path of the row dialect. */
export function startPathSpan(
  tracer: Tracer,
  path: string,
  httpMethod: string,
  call: UnaryCall,
): Span | undefined {
  const traceparent = call.header(TRACEPARENT_HEADER);
  return tracer.keep(traceparent)?.start(`${httpMethod} ${path}`, "server", {
    traceparent,
    tracestate: traceparent && call.header(TRACESTATE_HEADER),
    attributes: { "http.request.method": httpMethod, "http.route": path },
  });
}

/** @param error what the call failed with; undefined if it did not */
export function endCallSpan(span: Span, error?: unknown): void {
  const code = error === undefined ? "OK" : codeOf(error);
  span.setAttributes({ "rpc.response.status_code": code });
  span.end(isServerFault(code) ? error : undefined);
}

/** @param status of the HTTP answer @param error what the call failed with; undefined if it did not */
export function endPathSpan(span: Span, status: number, error?: unknown): void {
  span.setAttributes({ "http.response.status_code": status });
  // A stream may fail after its head has been sent.
  span.end(status >= 500 || status < 400 ? error : undefined);
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof FeatureStoreError ? error.code : "INTERNAL";
}

function isServerFault(code: ErrorCode | "OK"): boolean {
  return code !== "OK" && SERVER_FAULTS.has(code);
}
