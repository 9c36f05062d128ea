import type { Logger } from "@ofs/platform";
import type { Context } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import { Counter, type Registry } from "prom-client";

const METRIC = "ofs_tracing_spans_total";

type Outcome = "exported" | "failed" | "dropped";

/** Counts what becomes of spans. */
export class SpanCounts {
  readonly #counter: Counter<"outcome">;
  /** Ended and not handed to the exporter yet. */
  queued = 0;

  constructor(registry: Registry) {
    // Services that run in one program may share a registry.
    const known = registry.getSingleMetric(METRIC) as Counter<"outcome"> | undefined;
    this.#counter =
      known ??
      new Counter({
        name: METRIC,
        help: "Spans that were exported, that the collector did not take, and that were dropped because too many waited.",
        labelNames: ["outcome"],
        registers: [registry],
      });
    for (const outcome of ["exported", "failed", "dropped"]) {
      if (known === undefined) this.#counter.labels(outcome).inc(0);
    }
  }

  add(outcome: Outcome, count: number): void {
    this.#counter.labels(outcome).inc(count);
  }
}

/** Hands batches to an exporter; says when it begins to fail and when it works again. */
export class CountedExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #counts: SpanCounts;
  readonly #log: Logger;
  #isFailing = false;

  constructor(exporter: SpanExporter, counts: SpanCounts, log: Logger) {
    this.#exporter = exporter;
    this.#counts = counts;
    this.#log = log;
  }

  export(spans: ReadableSpan[], onResult: (result: ExportResult) => void): void {
    this.#counts.queued -= spans.length;
    this.#exporter.export(spans, (result) => {
      const isTaken = result.code === ExportResultCode.SUCCESS;
      this.#counts.add(isTaken ? "exported" : "failed", spans.length);
      this.#note(isTaken, result.error);
      onResult(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #note(isTaken: boolean, err: Error | undefined): void {
    if (this.#isFailing !== isTaken) return;
    this.#isFailing = !isTaken;
    if (isTaken) this.#log.info("traces are exported again");
    else this.#log.warn({ err }, "traces cannot be exported");
  }
}

/** Drops spans, and counts them, where too many wait for their export. */
export class BoundedProcessor implements SpanProcessor {
  readonly #batches: SpanProcessor;
  readonly #counts: SpanCounts;
  readonly #maxQueued: number;

  constructor(batches: SpanProcessor, counts: SpanCounts, maxQueued: number) {
    this.#batches = batches;
    this.#counts = counts;
    this.#maxQueued = maxQueued;
  }

  onStart(span: Span, parent: Context): void {
    this.#batches.onStart(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    if (this.#counts.queued >= this.#maxQueued) {
      this.#counts.add("dropped", 1);
      return;
    }
    this.#counts.queued += 1;
    this.#batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#batches.shutdown();
  }
}
