type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A span that remembers what it was told. */
export class MemorySpan {
  readonly name: string;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  attributes: Attributes;
  /** What it ended with; `isEnded` without one: well. */
  failure: unknown = undefined;
  isEnded = false;
  readonly #spans: MemorySpan[];

  /** @param spans it adds itself to them */
  constructor(
    about: { readonly name: string; readonly kind: string; readonly traceId: string },
    attributes: Attributes,
    spans: MemorySpan[],
  ) {
    this.name = about.name;
    this.kind = about.kind;
    this.traceId = about.traceId;
    this.spanId = String(spans.length + 1).padStart(16, "0");
    this.attributes = attributes;
    this.#spans = spans;
    spans.push(this);
  }

  get traceparent(): string {
    return `00-${this.traceId}-${this.spanId}-01`;
  }

  startChild(name: string, kind: string, attributes: Attributes = {}): MemorySpan {
    return new MemorySpan({ name, kind, traceId: this.traceId }, attributes, this.#spans);
  }

  setAttributes(attributes: Attributes): void {
    this.attributes = { ...this.attributes, ...attributes };
  }

  end(failure?: unknown): void {
    if (this.isEnded) throw new Error(`span ${this.name} has ended already`);
    this.isEnded = true;
    this.failure = failure;
  }
}

/** Behind the tracing port: keeps the traces that callers keep, and no others, in memory. */
export class MemoryTracer {
  readonly spans: MemorySpan[] = [];

  keep(traceparent?: string): this | undefined {
    return traceparent?.endsWith("-01") === true ? this : undefined;
  }

  start(
    name: string,
    kind: string,
    {
      attributes = {},
      traceparent = "",
    }: { attributes?: Attributes; traceparent?: string | undefined },
  ): MemorySpan {
    const traceId = traceparent.split("-")[1] ?? "";
    return new MemorySpan({ name, kind, traceId }, attributes, this.spans);
  }
}
