/*
 * The port between what is traced and what carries traces away. A part that is traced has `Span | undefined` in its context:
 * undefined costs it one comparison, and nothing is made for it.
 */

/** W3C Trace Context, as a header of calls and of records in a log. */
export const TRACEPARENT_HEADER = "traceparent";
export const TRACESTATE_HEADER = "tracestate";

/** Who speaks to whom: `server` and `consumer` are asked, `client` and `producer` ask. */
export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer";

/** Names by OpenTelemetry's semantic conventions, or `ofs.*`. Counts and names of the registry, never keys or values. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** One piece of work of a trace that is kept. */
export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** For whoever goes on with the trace elsewhere: W3C's header of this name. */
  readonly traceparent: string;
  /** @param links other spans that the work is done for */
  startChild(
    name: string,
    kind: SpanKind,
    attributes?: SpanAttributes,
    links?: readonly Span[],
  ): Span;
  setAttributes(attributes: SpanAttributes): void;
  /**
   * Call once. Says nothing of a failure but its code: messages may name keys.
   *
   * @param failure why the work failed; undefined if it did not
   */
  end(failure?: unknown): void;
}

export interface SpanStart {
  /** The one that the trace was kept by; what makes no sense counts as nothing. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  readonly attributes?: SpanAttributes;
}

/** Who traces. */
export interface TracedService {
  /** For example `api-server`. */
  readonly service: string;
  readonly appName: string;
  /** Empty if it is not said. */
  readonly appEnv: string;
}

/** Begins traces, or goes on with those of callers. */
export interface Tracer {
  /**
   * Decides whether a trace is kept, before a name, attributes or anything else is made for it:
   * `tracer.keep(traceparent)?.start(...)`.
   *
   * @param traceparent what the caller sent; what makes no sense counts as nothing
   * @returns undefined if the trace is not kept: then nothing of it is to be noted anywhere
   */
  keep(traceparent?: string): SpanStarter | undefined;
}

/** Of a trace that is kept. */
export interface SpanStarter {
  start(name: string, kind: SpanKind, start: SpanStart): Span;
}

/** Fields of log lines about work that is traced, so that a line leads to its trace; none where it is not. */
export function traceFields(span: Span | undefined): TraceFields | undefined {
  return span && { trace_id: span.traceId, span_id: span.spanId };
}

/** Named as OpenTelemetry has them in logs that are no OTLP. */
export interface TraceFields {
  readonly trace_id: string;
  readonly span_id: string;
}
