import {
  FeatureStoreError,
  type Span,
  type SpanAttributes,
  type SpanKind,
  type SpanStart,
  type SpanStarter,
  type Tracer,
} from "@ofs/platform";
import {
  type Context,
  type Span as OtelApiSpan,
  type Tracer as OtelApiTracer,
  SpanKind as OtelKind,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { TraceState } from "@opentelemetry/core";
import type { Sampling } from "./sampling.ts";
import { isSampled, isTraceparent, spanIdOf, traceIdOf } from "./traceparent.ts";

const KINDS: Readonly<Record<SpanKind, OtelKind>> = {
  internal: OtelKind.INTERNAL,
  server: OtelKind.SERVER,
  client: OtelKind.CLIENT,
  producer: OtelKind.PRODUCER,
  consumer: OtelKind.CONSUMER,
};

/** Longest `tracestate` that is taken over: what W3C says must be. */
const MAX_STATE_LENGTH = 512;

/** The tracing port over OpenTelemetry's. Contexts are handed on by hand: nothing is looked up by asynchronous call. */
export class OtelTracer implements Tracer, SpanStarter {
  readonly #tracer: OtelApiTracer;
  readonly #keeps: Sampling;

  /** @param tracer one that takes every span: which there are is decided before it is asked */
  constructor(tracer: OtelApiTracer, keeps: Sampling) {
    this.#tracer = tracer;
    this.#keeps = keeps;
  }

  keep(traceparent?: string): SpanStarter | undefined {
    return this.#keeps(traceparent) ? this : undefined;
  }

  start(name: string, kind: SpanKind, start: SpanStart): Span {
    const { attributes = {} } = start;
    const options = { kind: KINDS[kind], attributes };
    return new OtelSpan(this.#tracer, this.#tracer.startSpan(name, options, parentOf(start)));
  }
}

class OtelSpan implements Span {
  readonly #tracer: OtelApiTracer;
  readonly #span: OtelApiSpan;

  constructor(tracer: OtelApiTracer, span: OtelApiSpan) {
    this.#tracer = tracer;
    this.#span = span;
  }

  get traceId(): string {
    return this.#span.spanContext().traceId;
  }

  get spanId(): string {
    return this.#span.spanContext().spanId;
  }

  get traceparent(): string {
    const { traceId, spanId } = this.#span.spanContext();
    return `00-${traceId}-${spanId}-0${TraceFlags.SAMPLED}`;
  }

  startChild(
    name: string,
    kind: SpanKind,
    attributes: SpanAttributes = {},
    others: readonly Span[] = [],
  ): Span {
    const parent = trace.setSpan(ROOT_CONTEXT, this.#span);
    const links = others.flatMap((other) =>
      other instanceof OtelSpan ? { context: other.#span.spanContext() } : [],
    );
    const options = { kind: KINDS[kind], attributes, links };
    return new OtelSpan(this.#tracer, this.#tracer.startSpan(name, options, parent));
  }

  setAttributes(attributes: SpanAttributes): void {
    this.#span.setAttributes(attributes);
  }

  end(failure?: unknown): void {
    if (failure !== undefined) {
      this.#span.setStatus({ code: SpanStatusCode.ERROR });
      this.#span.setAttribute("error.type", typeOf(failure));
    }
    this.#span.end();
  }
}

/** From a small closed set, and free of what a message may say. */
function typeOf(failure: unknown): string {
  if (failure instanceof FeatureStoreError) return failure.code;
  return failure instanceof Error ? failure.name : "unknown";
}

function parentOf({ traceparent, tracestate }: SpanStart): Context {
  if (!isTraceparent(traceparent)) return ROOT_CONTEXT;
  const context = {
    traceId: traceIdOf(traceparent),
    spanId: spanIdOf(traceparent),
    traceFlags: isSampled(traceparent) ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  };
  if (tracestate === undefined || tracestate.length > MAX_STATE_LENGTH) {
    return trace.setSpanContext(ROOT_CONTEXT, context);
  }
  const withState = { ...context, traceState: new TraceState(tracestate) };
  return trace.setSpanContext(ROOT_CONTEXT, withState);
}
