import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A span as a collector sees it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of its trace. */
  readonly parentSpanId: string;
  readonly name: string;
  /** OTLP's number: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Span ids. */
  readonly links: readonly string[];
  /** OTLP's number: 2 is an error. */
  readonly statusCode: number;
}

/** What the receiver does with exports: takes them, answers 400, or never answers. */
export type OtlpMode = "accept" | "refuse" | "hang";

/** A collector: OTLP over HTTP, as JSON. */
export interface OtlpReceiver {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  mode: OtlpMode;
  /** All that were taken. */
  readonly spans: readonly ReceivedSpan[];
  /** Content types of the exports that came, in whatever mode. */
  readonly contentTypes: readonly string[];
  close(): Promise<void>;
}

interface OtlpValue {
  readonly [kind: string]: unknown;
}
interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes?: readonly OtlpAttribute[];
  readonly links?: readonly { readonly spanId: string }[];
  readonly status?: { readonly code?: number };
}
interface OtlpExport {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** Starts a collector on a free port of this machine. Exports that are not JSON are taken and not looked into. */
export async function startOtlpReceiver(mode: OtlpMode = "accept"): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const contentTypes: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const receiver = {
    url: "",
    mode,
    spans,
    contentTypes,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const contentType = request.headers["content-type"] ?? "";
    contentTypes.push(contentType);
    const body = Buffer.concat(await request.toArray());
    if (receiver.mode === "hang") return;
    if (receiver.mode === "refuse" || request.url !== "/v1/traces") {
      response.writeHead(400).end();
      return;
    }
    if (contentType === "application/json") {
      spans.push(...spansOf(JSON.parse(body.toString()) as OtlpExport));
    }
    response.writeHead(200, { "content-type": contentType }).end();
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return receiver;
}

function spansOf({ resourceSpans }: OtlpExport): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(attributesOf(resource.attributes)["service.name"]);
    return scopeSpans.flatMap((scope) => scope.spans.map((span) => spanOf(service, span)));
  });
}

function spanOf(service: string, span: OtlpSpan): ReceivedSpan {
  return {
    service,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? "",
    name: span.name,
    kind: span.kind,
    attributes: attributesOf(span.attributes ?? []),
    links: (span.links ?? []).map(({ spanId }) => spanId),
    statusCode: span.status?.code ?? 0,
  };
}

function attributesOf(list: readonly OtlpAttribute[]): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
}
